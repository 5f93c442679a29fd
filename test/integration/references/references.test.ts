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
  assert.deepEqual(ui.errors, []);
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
    const blocks = `@${path}/cart.ts:\n\`\`\`ts\n${cart}\`\`\`\n\n@${path}/other.py:2-3:\n\`\`\`py\ntwo\nthree\n\`\`\``;
    assert.ok(sent.startsWith(`${question}\n\n${blocks}\n\nThe question is about this code`), sent);
    assert.equal(sent.split(cart).length, 2);
    assert.equal(commentText(0), question);
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
        (await sentQuestion()).includes(
          `\n\n@symbol:total (${path}/shop.ts:2-4):\n\`\`\`ts\n${cart.trimEnd()}\n\`\`\`\n\n`,
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

  it('send the definitions that the selection refers to, two levels deep and once each', async () => {
    const path = await write({
      'main.ts': "import { total } from './total';\ntotal(items);\n",
      'total.ts': 'export function total(items: Item[]) {\n  return tax(items);\n}\n',
      'types.ts': 'export interface Item {\n  price: Deep;\n}\n',
      'deep.ts': 'export type Deep = TooDeep;\n',
      'tooDeep.ts': 'export type TooDeep = number;\n',
      '.aiignore': 'tax.ts\n',
      'tax.ts': 'export function tax() {}\n',
      'node_modules/lib.ts': 'export const lib = 1;\n',
    });
    const places: Readonly<Record<string, string>> = {
      total: 'total.ts',
      items: 'main.ts',
      Item: 'types.ts',
      Deep: 'deep.ts',
      TooDeep: 'tooDeep.ts',
      tax: 'tax.ts',
      price: 'node_modules/lib.ts',
    };
    const provide = (document: vscode.TextDocument, position: vscode.Position) => {
      const file = places[document.getText(document.getWordRangeAtPosition(position))];
      const range = new vscode.Range(0, 0, 0, 5);
      return file === undefined ? undefined : new vscode.Location(vscode.Uri.joinPath(folder, file), range);
    };
    const selector = { pattern: '**/*.ts' };
    const registered = [
      vscode.languages.registerDefinitionProvider(selector, { provideDefinition: provide }),
      vscode.languages.registerTypeDefinitionProvider(selector, { provideTypeDefinition: provide }),
      vscode.languages.registerDocumentSymbolProvider(selector, {
        provideDocumentSymbols: (document) => {
          const range = new vscode.Range(0, 0, document.lineCount - 2, 1);
          const isWhole = document.lineAt(0).text.endsWith('{');
          return isWhole ? [new vscode.DocumentSymbol('whole', '', vscode.SymbolKind.Function, range, range)] : [];
        },
      }),
    ];
    try {
      const editor = await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, 'main.ts'));
      await select(editor, 'total(items);');
      await answerText('Fine.');
      ui.willType('How does it work with @definitions?');
      await run('quillet.ask');
      const sent = await sentQuestion();
      assert.deepEqual(
        [...sent.slice(sent.indexOf('@definitions:')).matchAll(/^(\S+):\n```ts\n(.*)$/gm)].map(([, label, first]) => [
          label?.replace(`${path}/`, ''),
          first,
        ]),
        [
          ['total.ts:1-3', 'export function total(items: Item[]) {'],
          ['main.ts:1-1', "import { total } from './total';"],
          ['types.ts:1-3', 'export interface Item {'],
        ],
      );
      assert.match(
        sent,
        /@definitions:\n\n\S+total\.ts:1-3:\n```ts\nexport function total.*\n {2}return tax\(items\);\n\}\n```/,
      );
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
    assert.match(
      await sentQuestion(),
      /\n\n@problems:\n```\nLine 1: Never read\.\n {2}in: const first = 1;\n```\n\nThe question/,
    );
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
    await assertRefused(`@${path}/a/same.ts:1-9`, /a\/same\.ts:1-9 is out of range\. The last line is 1\.$/);
    const many = Array.from({ length: 30 }, (_, index) => `@file${index}.ts`).join(' ');
    await assertRefused(many, /^A question can have up to 20 references\.$/);
  });

  it('that nothing is found for are sent as text only if the user agrees', async () => {
    await assertRefused('Why @app.route here?', /^Can't find @app\.route in the workspace\.$/);
    assert.deepEqual(ui.shown[0]?.buttons, ['Edit Question', 'Send as Text']);
    ui.willPress('Send as Text');
    await ask('Why @app.route here?');
    assert.match(await sentQuestion(), /Why @app\.route here\?/);
  });

  it('that cannot be read leave the question in the box', async () => {
    const path = await write({ 'empty.ts': ' ', 'cart.ts': cart });
    const question = (file: string) => `What is @${path}/${file}?`;
    await select(await openFile(code), 'const first = 1;');
    await answerText('Fine.');
    ui.willType(question('empty.ts'));
    ui.willType(({ value }) => {
      assert.equal(value, question('empty.ts'));
      return question('cart.ts');
    });
    await run('quillet.ask');
    assert.match(ui.texts.at(-1) ?? '', /empty\.ts is empty/);
    assert.ok((await sentQuestion()).includes(`\n\`\`\`ts\n${cart}\`\`\`\n\n`));
    assert.equal((await chats()).length, 1);
  });

  it('are read only where the user has typed them', async () => {
    const path = await write({ 'cart.ts': cart });
    await select(await openFile(code), 'const first = 1;');
    await answerText('Fine.');
    ui.willPick(`@${path}/cart.ts`);
    ui.willType('Why?');
    await run('quillet.run', { text: `\${pick:which:@${path}/cart.ts|none} \${input:question}` });
    assert.equal(await sentQuestion(), `@${path}/cart.ts Why?`);
  });

  it('that cannot be read leave a follow-up unsent, and Regenerate sends it', async () => {
    await ask('What is it?');
    const path = await write({ 'later.ts': ' ' });
    await reply(`And @${path}/later.ts?`);
    assert.equal(thread().comments.at(-1)?.label, 'not sent');
    assert.match(ui.texts.at(-1) ?? '', /later\.ts is empty/);
    assert.equal(thread().comments.at(-1)?.mode, vscode.CommentMode.Editing);
    await write({ 'later.ts': 'now();\n' });
    await answerText('Now.');
    await run('quillet.regenerate', thread());
    assert.match(await sentQuestion(1), /```ts\nnow\(\);\n```$/);
    assert.ok(thread().comments.every(({ mode }) => mode === vscode.CommentMode.Preview));
  });

  it('are checked for secrets', async () => {
    const path = await write({ 'config.ts': `const key = 'ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}';\n` });
    await ask(`Explain @${path}/config.ts`);
    assert.match(ui.texts.at(-1) ?? '', /may contain a secret/);
    assert.deepEqual(await chats(), []);
  });
});

describe('Variables for other files', () => {
  useQuillet();

  afterEach(() => vscode.workspace.fs.delete(folder, { recursive: true }));

  it('have the content of a file, the other open files and the instructions of the workspace', async () => {
    folder = inWorkspace('variables');
    const path = await write({ 'cart.ts': cart, 'open.ts': 'opened();\n', 'excluded.ts': 'no();\n' });
    await write({ '.aiignore': 'excluded.ts\n' });
    const instructions = inWorkspace('AGENTS.md');
    await vscode.workspace.fs.writeFile(instructions, new TextEncoder().encode('Use tabs.\n'));
    for (const name of ['open.ts', 'excluded.ts']) {
      await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, name), { preview: false });
    }
    await select(await openFile(code), 'const first = 1;');
    await answerText('Fine.');
    await run('quillet.run', { text: `\${file:${path}/cart.ts}|\${openFiles}|\${instructions}|\${file}` });
    await vscode.workspace.fs.delete(instructions);
    const [content, open, rules, file] = (await sentQuestion()).split('|');
    assert.deepEqual([content, open, rules], [cart, `${path}/open.ts:\n\`\`\`ts\nopened();\n\`\`\``, 'Use tabs.\n']);
    assert.match(file ?? '', /^file\d+\.ts$/);
  });

  it('are named if they have no value, and nothing is sent', async () => {
    folder = inWorkspace('variables');
    await write({ '.aiignore': 'excluded.ts\n', 'excluded.ts': 'no();\n' });
    await select(await openFile(code), 'const first = 1;');
    for (const [text, message] of [
      ['${file:nothing/here.ts}', /^Can't find nothing\/here\.ts, or it is empty\.$/],
      ['${file:../x.ts:=none}', /^\.\.\/x\.ts is outside the workspace/],
      ['${file:variables/excluded.ts}', /^excluded\.ts is excluded by variables\/\.aiignore, line 1/],
      ['${openFiles} ${instructions} ${definitions}', /openFiles \(.*\), instructions \(.*\), definitions \(.*\)/],
    ] as const) {
      ui.clear();
      await run('quillet.run', { text });
      assert.match(ui.texts.at(-1) ?? '', message);
    }
    assert.deepEqual(await chats(), []);
  });
});

describe('Completions of references', () => {
  useQuillet();

  it('offer open files, files by fuzzy name and symbols, with their tokens', async () => {
    folder = inWorkspace('completions');
    const path = await write({
      'shopCart.ts': cart,
      'shopNo.ts': cart,
      'with space.ts': cart,
      '.aiignore': 'shopNo.ts',
    });
    const registered = vscode.languages.registerWorkspaceSymbolProvider({
      provideWorkspaceSymbols: (query) => {
        const location = new vscode.Location(vscode.Uri.joinPath(folder, 'shopCart.ts'), new vscode.Range(0, 0, 2, 1));
        const names = query === '' ? [] : ['shopTotal', '# shop total'];
        return names.map((name) => new vscode.SymbolInformation(name, vscode.SymbolKind.Function, '', location));
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
        typeof label === 'string' ? [label, detail] : [label.label, label.description],
      );
    };
    const offered = await complete('Why @sho'.length);
    registered.dispose();
    assert.deepEqual(
      offered.filter(([label]) => label?.includes('shop')),
      [
        [`@${path}/shopCart.ts`, '≈ 10 tokens'],
        ['@symbol:shopTotal', `${path}/shopCart.ts · ≈ 32 tokens`],
      ],
    );
    assert.ok((await complete('Why @sho and @with'.length)).some(([label]) => label === `@"${path}/with space.ts"`));
    assert.deepEqual(
      (await complete('Why'.length)).filter(([label]) => label?.startsWith('@')),
      [],
    );
    // The document stays open, and text in it counts as the draft of a reply.
    const clear = new vscode.WorkspaceEdit();
    clear.delete(box.uri, new vscode.Range(0, 0, 1, 0));
    assert.ok(await vscode.workspace.applyEdit(clear));
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });
});
