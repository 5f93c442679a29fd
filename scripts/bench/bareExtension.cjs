// Baseline of `npm run bench`: the minimal code that sends a request through the SDK and inserts the answer or shows it in a
// thread.
const vscode = require('vscode');

/** Redrawing a thread more often blocks painting of the editor. */
const REDRAW_MS = 150;

exports.activate = (context) => {
  const controller = vscode.comments.createCommentController('bare', 'bare');
  context.subscriptions.push(
    controller,
    vscode.commands.registerCommand('bare.run', () => sendRequest(() => {})),
    vscode.commands.registerCommand('bare.insert', insert),
    vscode.commands.registerCommand('bare.thread', () => showInThread(controller)),
  );
};

async function sendRequest(onText) {
  // @ts-expect-error scripts/bench.mjs writes this file next to the extension.
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

/** Applies one edit at a time, with all text that has arrived since the previous one. */
async function insert() {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  let position = editor.selection.end;
  let pending = '';
  let writing = Promise.resolve();
  let isWriting = false;
  const write = async () => {
    isWriting = true;
    while (pending !== '') {
      const text = pending;
      pending = '';
      const at = editor.document.offsetAt(position);
      await editor.edit((builder) => builder.insert(position, text));
      position = editor.document.positionAt(at + text.length);
    }
    isWriting = false;
  };
  await sendRequest((text) => {
    pending += text;
    if (!isWriting) {
      writing = write();
    }
  });
  await writing;
}

async function showInThread(controller) {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  const comment = { body: new vscode.MarkdownString('…'), mode: 1, author: { name: 'bare' } };
  const thread = controller.createCommentThread(editor.document.uri, editor.selection, [comment]);
  thread.label = 'bare';
  thread.collapsibleState = 1;
  let text = '';
  let timer;
  const draw = () => {
    timer = undefined;
    comment.body = new vscode.MarkdownString(text);
    thread.comments = [comment];
  };
  await sendRequest((piece) => {
    text += piece;
    timer ??= setTimeout(draw, REDRAW_MS);
  });
  clearTimeout(timer);
  draw();
  // Visible long enough to be measured, and gone before the next round.
  setTimeout(() => thread.dispose(), 1500);
}
