// The reference of `npm run bench`: what a request through the SDK costs without anything of ours, and the least that puts
// an answer into the text or into a thread.
const vscode = require('vscode');

/** An editor paints nothing when a thread is drawn more often. */
const REDRAW_MS = 150;

exports.activate = (context) => {
  const controller = vscode.comments.createCommentController('bare', 'bare');
  context.subscriptions.push(
    controller,
    vscode.commands.registerCommand('bare.run', () => ask(() => {})),
    vscode.commands.registerCommand('bare.insert', insert),
    vscode.commands.registerCommand('bare.thread', () => thread(controller)),
  );
};

async function ask(onText) {
  // @ts-expect-error scripts/bench.mjs puts the file beside this one.
  const { OpenAI } = require('./openai.js');
  const baseURL = vscode.workspace.getConfiguration('bench').get('url');
  const client = new OpenAI({ baseURL, apiKey: 'none', dangerouslyAllowBrowser: true });
  const editor = vscode.window.activeTextEditor;
  const content = editor?.document.getText(editor.selection) ?? '';
  const messages = [{ role: 'user', content }];
  const stream = await client.chat.completions.create({ model: 'bare', stream: true, messages });
  for await (const chunk of stream) {
    onText(chunk.choices[0]?.delta?.content ?? '');
  }
}

/** One edit in flight, with whatever arrived since the last. */
async function insert() {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  let place = editor.selection.end;
  let pending = '';
  let writing = Promise.resolve();
  let isWriting = false;
  const write = async () => {
    isWriting = true;
    while (pending !== '') {
      const text = pending;
      pending = '';
      const at = editor.document.offsetAt(place);
      await editor.edit((builder) => builder.insert(place, text));
      place = editor.document.positionAt(at + text.length);
    }
    isWriting = false;
  };
  await ask((text) => {
    pending += text;
    if (!isWriting) {
      writing = write();
    }
  });
  await writing;
}

async function thread(controller) {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  const comment = { body: new vscode.MarkdownString('…'), mode: 1, author: { name: 'bare' } };
  const shown = controller.createCommentThread(editor.document.uri, editor.selection, [comment]);
  shown.label = 'bare';
  shown.collapsibleState = 1;
  let text = '';
  let timer;
  const draw = () => {
    timer = undefined;
    comment.body = new vscode.MarkdownString(text);
    shown.comments = [comment];
  };
  await ask((piece) => {
    text += piece;
    timer ??= setTimeout(draw, REDRAW_MS);
  });
  clearTimeout(timer);
  draw();
  // Long enough to be seen, and gone before the next.
  setTimeout(() => shown.dispose(), 1500);
}
