import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answerText, chat, chats } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openFile, select } from '../support/workspace';

const code = 'const first = 1;\n';
const cart = 'export function total() {\n  return 0;\n}\n';

let folder: vscode.Uri;

/** Writes files into a new folder, so that their names are its own. */
async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), bytes);
  }
  return vscode.workspace.asRelativePath(folder);
}

async function ask(question: string): Promise<void> {
  await select(await openFile(code), 'const first = 1;');
  await answerText('Fine.');
  ui.willType(question);
  await run('quillet.ask');
}

async function sentQuestion(index = 0): Promise<string> {
  return (await chat(index)).json.messages.at(-1)?.content ?? '';
}

async function assertRefused(question: string, message: RegExp): Promise<void> {
  ui.clear();
  await ask(question);
  assert.match(ui.texts.at(-1) ?? '', message);
  assert.deepEqual(await chats(), []);
}

describe('References in a question', () => {
  useQuillet();

  let count = 0;
  beforeEach(async () => {
    count += 1;
    folder = inWorkspace(`references${count}`);
    await vscode.workspace.fs.createDirectory(folder);
  });
  afterEach(() => vscode.workspace.fs.delete(folder, { recursive: true }));

  it('send a file and lines of a file after the question, exactly once', async () => {
    const path = await write({ 'cart.ts': cart, 'other.py': 'one\r\ntwo\r\nthree\r\n' });
    const question = `Is @${path}/cart.ts like @${path}/other.py:2-3?`;
    await ask(question);
    const sent = await sentQuestion();
    assert.ok(
      sent.endsWith(
        `\n\n@${path}/cart.ts:\n\`\`\`ts\n${cart}\`\`\`\n\n@${path}/other.py:2-3:\n\`\`\`py\ntwo\nthree\n\`\`\``,
      ),
      sent,
    );
    assert.equal(sent.split(cart).length, 2);
    assert.equal(commentText(0), question.replaceAll('@', '&#64;'));
    assert.deepEqual(ui.shown, []);
  });

  it('find a file by its name, and send what the editor shows', async () => {
    await write({ 'onlyOnce.ts': cart });
    const uri = vscode.Uri.joinPath(folder, 'onlyOnce.ts');
    const editor = await vscode.window.showTextDocument(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// not saved\n'));
    await ask('Why @onlyOnce.ts?');
    assert.match(await sentQuestion(), /@onlyOnce\.ts:\n```ts\n\/\/ not saved\nexport function total/);
    await vscode.window.showTextDocument(editor.document);
    await run('workbench.action.files.revert');
  });

  it('go along with a follow-up, and only again if they have changed', async () => {
    const path = await write({ 'cart.ts': cart });
    await ask('What is it?');
    await answerText('A cart.');
    await reply(`And @${path}/cart.ts?`);
    assert.ok((await sentQuestion(1)).endsWith(`?\n\n@${path}/cart.ts:\n\`\`\`ts\n${cart}\`\`\``));
    await answerText('Still.');
    await reply(`Again: @${path}/cart.ts`);
    assert.equal(await sentQuestion(2), `Again: @${path}/cart.ts`);
    await write({ 'cart.ts': '// new\n' });
    await answerText('New.');
    await reply(`Once more: @${path}/cart.ts`);
    assert.match(await sentQuestion(3), /^Once more: .*\n\n.*\n```ts\n\/\/ new\n```$/);
  });

  it('send a symbol as the declaration that the language server reports', async () => {
    const path = await write({ 'shop.ts': `const a = 1;\n${cart}`, 'store.ts': cart });
    const nameAt = (file: string, line: number) =>
      new vscode.SymbolInformation(
        'total',
        vscode.SymbolKind.Function,
        '',
        new vscode.Location(vscode.Uri.joinPath(folder, file), new vscode.Range(line, 16, line, 21)),
      );
    const symbols = [nameAt('shop.ts', 1)];
    const outside = new vscode.Location(vscode.Uri.file('/somewhere/else.ts'), new vscode.Position(0, 0));
    const registered = [
      vscode.languages.registerWorkspaceSymbolProvider({
        provideWorkspaceSymbols: () => [
          ...symbols,
          new vscode.SymbolInformation('total', vscode.SymbolKind.Function, '', outside),
        ],
      }),
      vscode.languages.registerDocumentSymbolProvider(
        { pattern: '**/{shop,store}.ts' },
        {
          provideDocumentSymbols: (document) => {
            const first = document.getText().startsWith('const') ? 1 : 0;
            const range = new vscode.Range(first, 0, first + 2, 1);
            return [new vscode.DocumentSymbol('total', '', vscode.SymbolKind.Function, range, range)];
          },
        },
      ),
    ];
    try {
      await ask('What does @symbol:total do?');
      assert.ok(
        (await sentQuestion()).endsWith(
          `\n\n@symbol:total (${path}/shop.ts:2-4):\n\`\`\`ts\n${cart.trimEnd()}\n\`\`\``,
        ),
      );
      symbols.push(nameAt('store.ts', 0));
      await ask('What does @symbol:total do?');
      assert.match(
        ui.texts.at(-1) ?? '',
        /^@symbol:total has several matches: .*shop\.ts, .*store\.ts\. Add the path\.$/,
      );
      await ask('What does @symbol:store.ts#total do?');
      assert.match(await sentQuestion(1), /store\.ts:1-3\):/);
    } finally {
      for (const registration of registered) registration.dispose();
    }
  });

  it('send the problems of the file', async () => {
    const editor = await openFile(code);
    const reported = vscode.languages.createDiagnosticCollection('references');
    reported.set(editor.document.uri, [new vscode.Diagnostic(new vscode.Range(0, 6, 0, 11), 'Never read.')]);
    await select(editor, 'const first = 1;');
    await answerText('Fine.');
    ui.willType('Fix @problems');
    await run('quillet.ask');
    reported.dispose();
    assert.match(await sentQuestion(), /\n\n@problems:\n```\nLine 1: Never read\.\n {2}in: const first = 1;\n```$/);
  });

  it('that cannot be read are refused, and nothing is sent', async () => {
    const path = await write({
      'a/same.ts': 'a',
      'b/same.ts': 'b',
      'picture.png': new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13]),
      'empty.ts': ' \n',
      'big.txt': 'x'.repeat(1_000_001),
      'huge.txt': new Uint8Array(20_000_001).fill(120),
    });
    await assertRefused('@same.ts', /^@same\.ts has several matches: .*a\/same\.ts, .*b\/same\.ts\. Add the path\.$/);
    await assertRefused('@../secret.txt', /^@\.\.\/secret\.txt is outside the workspace/);
    await assertRefused('@/etc/hosts.txt', /outside the workspace/);
    await assertRefused(`@${path}/picture.png`, /picture\.png is not a text file/);
    await assertRefused(`@${path}/empty.ts`, /empty\.ts is empty/);
    await assertRefused(`@${path}/big.txt`, /big\.txt is too large to send/);
    await assertRefused(`@${path}/huge.txt:1-2`, /huge\.txt:1-2 is too large to send/);
    await assertRefused(`@${path}/a/same.ts:1-9`, /has lines that don't exist\. The file has 1 lines\./);
    await assertRefused('@terminal', /^@terminal has no output yet/);
    const many = Array.from({ length: 30 }, (_, index) => `@file${index}.ts`).join(' ');
    await assertRefused(many, /^A question can have up to 20 references\.$/);
  });

  it('that nothing is found for are sent as text only if the user agrees', async () => {
    await assertRefused('Why @app.route here?', /^Can't find @app\.route in the workspace\.$/);
    assert.deepEqual(ui.shown[0]?.buttons, ['Send as Text']);
    ui.willPress('Send as Text');
    await ask('Why @app.route here?');
    assert.match(await sentQuestion(), /Why @app\.route here\?/);
  });

  it('that cannot be read leave a follow-up unsent, and Regenerate sends it', async () => {
    await ask('What is it?');
    const path = await write({ 'later.ts': ' ' });
    await reply(`And @${path}/later.ts?`);
    assert.equal(thread().comments.at(-1)?.label, 'not sent');
    assert.match(ui.texts.at(-1) ?? '', /later\.ts is empty/);
    await write({ 'later.ts': 'now();\n' });
    await answerText('Now.');
    await run('quillet.regenerate', thread());
    assert.match(await sentQuestion(1), /```ts\nnow\(\);\n```$/);
  });

  it('are checked for secrets', async () => {
    const path = await write({ 'config.ts': `const key = 'ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}';\n` });
    await ask(`Explain @${path}/config.ts`);
    assert.match(ui.texts.at(-1) ?? '', /may contain a secret/);
    assert.deepEqual(await chats(), []);
  });
});

describe('Completions of references', () => {
  useQuillet();

  it('offer open files, files by fuzzy name and symbols, with their tokens', async () => {
    folder = inWorkspace('completions');
    const path = await write({ 'shopCart.ts': cart, 'with space.ts': cart });
    const registered = vscode.languages.registerWorkspaceSymbolProvider({
      provideWorkspaceSymbols: (query) => {
        const location = new vscode.Location(vscode.Uri.joinPath(folder, 'shopCart.ts'), new vscode.Range(0, 0, 2, 1));
        return query === ''
          ? []
          : [new vscode.SymbolInformation('shopTotal', vscode.SymbolKind.Function, '', location)];
      },
    });
    await openFile(code);
    await run('quillet.explain');
    const box = await vscode.workspace.openTextDocument(vscode.Uri.parse('comment://quillet/x/commentinput-1.md'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(box.uri, new vscode.Position(0, 0), 'Why @sho and @with');
    assert.ok(await vscode.workspace.applyEdit(edit));
    const complete = async (character: number) => {
      const position = new vscode.Position(0, character);
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        box.uri,
        position,
        undefined,
        50,
      );
      return list.items.map(({ label, detail }) =>
        typeof label === 'string' ? [label] : [label.label, label.description ?? detail],
      );
    };
    const offered = await complete('Why @sho'.length);
    registered.dispose();
    assert.deepEqual(
      offered.filter(([label]) => label?.includes('shop')),
      [
        [`@${path}/shopCart.ts`, '≈ 10 tokens'],
        ['@symbol:shopTotal', '≈ 32 tokens'],
      ],
    );
    assert.ok((await complete('Why @sho and @with'.length)).some(([label]) => label === `@"${path}/with space.ts"`));
    assert.deepEqual(
      (await complete('Why'.length)).filter(([label]) => label?.startsWith('@')),
      [],
    );
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });
});
