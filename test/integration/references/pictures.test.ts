import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { png, svg } from '../../support/pictures';
import { eventually } from '../support/eventually';
import { answerText, baseUrl, chat, chats } from '../support/modelServer';
import { findBox, seeBox, send } from '../support/questionBox';
import { commentText, reply, run, ui, useQuillet } from '../support/quillet';
import { setSettings, setUserSetting } from '../support/settings';
import { inWorkspace, openFile, select } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\n';
// VS Code decodes pictures: red, 2×2 pixels.
const REAL_PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mP4z8AARAwQCgAf7gP9Y167WwAAAABJRU5ErkJggg==';
const token = new vscode.CancellationTokenSource().token;
const replyBox = boxOf('comment://quillet-thread/reply');

function boxOf(uri: string, text = ''): vscode.TextDocument {
  return { uri: vscode.Uri.parse(uri), getText: () => text } as vscode.TextDocument;
}

interface Item {
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly name?: string;
  readonly uri?: vscode.Uri;
}

function transferOf(items: Readonly<Record<string, Item>>): vscode.DataTransfer {
  const transfer = new vscode.DataTransfer();
  for (const [type, { text = '', bytes, name = 'image.png', uri }] of Object.entries(items)) {
    const file = bytes && { name, data: () => Promise.resolve(bytes), ...(uri && { uri }) };
    const item = { value: text, asString: () => Promise.resolve(text), asFile: () => file };
    transfer.set(type, item as vscode.DataTransferItem);
  }
  return transfer;
}

/** What VS Code would insert. Undefined if it pastes as usual. */
async function paste(items: Readonly<Record<string, Item>>, box = replyBox): Promise<unknown> {
  const context = { only: undefined, triggerKind: vscode.DocumentPasteTriggerKind.Automatic };
  const ranges = [new vscode.Range(0, 0, 0, 0)];
  const edits = await ui.pasteProvider?.provideDocumentPasteEdits?.(box, ranges, transferOf(items), context, token);
  return edits?.[0]?.insertText;
}

async function drop(items: Readonly<Record<string, Item>>): Promise<unknown> {
  const position = new vscode.Position(0, 0);
  const edit = await ui.dropProvider?.provideDocumentDropEdits(replyBox, position, transferOf(items), token);
  return (edit as vscode.DocumentDropEdit | undefined)?.insertText;
}

async function sentImages(index: number): Promise<readonly (readonly string[])[]> {
  const { messages } = (await chat(index)).json;
  return messages.map(({ content }) =>
    Array.isArray(content)
      ? content.flatMap((part: { image_url?: { url: string } }) => part.image_url?.url ?? [])
      : ([] as string[]),
  );
}

function asMarkdown(text: string): string {
  return text.replaceAll('[', '&#91;').replaceAll(']', '&#93;');
}

function dataUrl(bytes: Uint8Array): string {
  return `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}`;
}

describe('A picture in a question', () => {
  useQuillet({ 'ask.location': 'editor' });

  async function openBox() {
    const editor = await openFile(code);
    await select(editor, 'two');
    const done = run('quillet.ask');
    await seeBox(editor);
    const box = findBox();
    assert.ok(box);
    return { editor, done, box };
  }

  it('is sent with it, and stays in the conversation', async () => {
    await answerText('A button.');
    const { done, box } = await openBox();
    const [first, second] = [png(640, 400), png(30, 20)];
    const marker = await paste({ 'image/png': { bytes: first } }, box);
    assert.match(String(marker), /^\[picture \d+ · 640×400 · ≈ 425 tokens\]$/);
    await send(`What is ${marker}?`);
    await done;
    assert.deepEqual(await sentImages(0), [[], [dataUrl(first)]]);
    assert.equal(commentText(0, ui.threads[1]), asMarkdown(`What is ${marker}?`));

    const other = await drop({ 'image/png': { bytes: second } });
    await reply(`Is it like ${other} or ${marker}?`, ui.threads[1]);
    assert.deepEqual(await sentImages(1), [[], [dataUrl(first)], [], [dataUrl(second)]]);
    await reply('Sure?', ui.threads[1]);
    assert.deepEqual(await sentImages(2), [[], [dataUrl(first)], [], [dataUrl(second)], [], []]);
    assert.deepEqual(ui.shown, []);
  });

  it("is sent to VS Code's own models", async () => {
    await setUserSetting('chat.disableAIFeatures', false);
    await setSettings({ model: 'vscode/test/answers' });
    await run('testModels.takeRequests');
    const { done, box } = await openBox();
    const picture = Uint8Array.from(atob(REAL_PNG), (character) => character.charCodeAt(0));
    await send(`What is ${await paste({ 'image/png': { bytes: picture } }, box)}?`);
    await done;
    const [request] =
      await vscode.commands.executeCommand<{ messages: { content: unknown[] }[] }[]>('testModels.takeRequests');
    assert.deepEqual(request?.messages.at(-1)?.content[1], { mimeType: 'image/png', bytes: picture.length });
    assert.equal(commentText(1, ui.threads[1]), 'It adds one and two.');
  });

  it('keeps the question open if the API style takes none', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', api: 'completions' } } });
    const { editor, done, box } = await openBox();
    const marker = await paste({ 'image/png': { bytes: png(5, 5) } }, box);
    await send(`What is ${marker}?`);
    const label = '"Test Server" uses the API style completions, which takes no pictures.';
    await eventually(() => String(ui.threads.at(-1)?.comments[0]?.label).startsWith(label), 'the reason');
    await seeBox(editor);
    assert.equal(findBox()?.getText(), `What is ${marker}?`);
    await run('quillet.cancelInput');
    await done;
    assert.deepEqual(await chats(), []);
  });

  it('is refused in a follow-up if the API style takes none', async () => {
    await answerText('It is 2.');
    const { done } = await openBox();
    await send('What is it?');
    await done;
    const marker = await paste({ 'image/png': { bytes: png(6, 6) } });
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', api: 'completions' } } });
    await reply(`What is ${marker}?`, ui.threads[1]);
    await eventually(() => ui.texts.some((text) => text.includes('takes no pictures')), 'the reason');
    assert.equal((await chats()).length, 1);
    assert.equal(commentText(2, ui.threads[1]), asMarkdown(`What is ${marker}?`));
  });

  it('that cannot be used is refused in a sentence, and nothing is inserted', async () => {
    const refused: readonly [Item, RegExp][] = [
      [{ bytes: new Uint8Array() }, /^The picture is empty\.$/],
      [{ bytes: png(9, 9, 40_000_000) }, /^A picture can have up to 10 MB\.$/],
      [{ bytes: svg }, /^Only PNG, JPEG and WebP pictures can be sent\.$/],
      [{ bytes: new TextEncoder().encode('no picture') }, /^Only PNG/],
    ];
    for (const [item, message] of refused) {
      ui.clear();
      assert.equal(await paste({ 'image/png': item }), '');
      assert.match(ui.texts.join(), message);
      assert.equal(await drop({ 'image/png': item }), '');
    }
    ui.clear();
    const ten = Array.from({ length: 10 }, (_, index) => `[picture ${index + 90} · 1×1 · ≈ 255 tokens]`).join('');
    assert.equal(await paste({ 'image/png': { bytes: png(9, 9) } }, boxOf('comment://quillet-thread/a', ten)), '');
    assert.deepEqual(ui.texts, ['A question can have up to 10 pictures.']);
  });

  it('is read from a file of the workspace, unless the file is excluded', async () => {
    const folder = inWorkspace('pictures');
    const write = (name: string, bytes: Uint8Array) =>
      vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), bytes);
    await write('.aiignore', new TextEncoder().encode('secret.png\n'));
    await write('shown.png', png(7, 7));
    await write('secret.png', png(8, 8));
    const [shown, secret] = ['shown.png', 'secret.png'].map((name) => vscode.Uri.joinPath(folder, name));
    try {
      assert.match(String(await drop({ 'text/uri-list': { text: `${shown}` } })), /^\[picture \d+ · 7×7 /);
      assert.equal(await drop({ 'text/uri-list': { text: `${secret}` } }), '');
      assert.match(ui.texts.at(-1) ?? '', /secret\.png is excluded by .*\.aiignore, line 1/);
      const file = { bytes: png(8, 8), name: 'secret.png', ...(secret && { uri: secret }) };
      assert.equal(await paste({ 'image/png': file }), '');
    } finally {
      await vscode.workspace.fs.delete(folder, { recursive: true });
    }
  });

  it('is left to VS Code in other boxes, and beside text', async () => {
    const image = { bytes: png(9, 9) };
    assert.equal(await paste({ 'image/png': image }, boxOf('comment://other-extension/a')), undefined);
    assert.equal(await paste({ 'image/png': image, 'text/plain': { text: 'a\tb' } }), undefined);
    assert.equal(await paste({ 'text/plain': { text: 'a.png' } }), undefined);
    assert.equal(await drop({ 'text/uri-list': { text: 'file:///a.ts' } }), undefined);
    const named = { ...image, name: 'a.png' };
    assert.match(String(await paste({ 'image/png': named, 'text/plain': { text: '/b/a.png' } })), /^\[picture /);
    assert.deepEqual(ui.shown, []);
  });

  it('that was pasted in another window is named, and nothing is sent', async () => {
    const editor = await openFile(code);
    await select(editor, 'two');
    const marker = '[picture 99 · 9×9 · ≈ 255 tokens]';
    await run('quillet.run', { prompt: 'ask', input: { question: `What is ${marker}?` } });
    assert.deepEqual(ui.texts, [`${marker} is no longer in memory. Paste the picture again.`]);
    assert.deepEqual(await chats(), []);
  });
});
