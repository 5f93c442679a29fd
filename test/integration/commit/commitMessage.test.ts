import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, deltaFrame, send, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  answerWith,
  chat,
  continueAnswer,
  inTwoParts,
} from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { inWorkspace } from '../support/workspace';

const diff = 'diff --git a/cart.ts b/cart.ts\n@@ -1 +1 @@\n-old\n+new\n';
const message = 'Count every line\n\nOne was left out.';

let repositoryCount = 0;

/** A repository as provided by VS Code's Git extension, with a real SCM input box. */
class FakeRepository {
  staged = diff;
  unstaged = '';
  readonly rootUri: vscode.Uri;
  readonly control: vscode.SourceControl;
  /** All values written to the input box. */
  readonly values: string[] = [];
  readonly inputBox: { value: string };

  constructor(name: string) {
    // VS Code restores the value of an input box for the same root, so every repository has a new one.
    repositoryCount += 1;
    this.rootUri = inWorkspace(`repository${repositoryCount}/${name}`);
    this.control = vscode.scm.createSourceControl('git', name, this.rootUri);
    const { control, values } = this;
    this.inputBox = {
      get value() {
        return control.inputBox.value;
      },
      set value(value) {
        values.push(value);
        control.inputBox.value = value;
      },
    };
  }

  async diff(isStaged: boolean): Promise<string> {
    return isStaged ? this.staged : this.unstaged;
  }
}

describe('Write Commit Message', () => {
  useQuillet();
  const original = vscode.extensions.getExtension;
  let repositories: FakeRepository[] = [];
  let repository: FakeRepository;

  beforeEach(() => {
    repository = new FakeRepository('one');
    repositories = [repository];
    const git = { activate: async () => ({ getAPI: () => ({ repositories, getRepository: () => null }) }) };
    const getExtension = (id: string) => (id === 'vscode.git' ? git : original(id));
    Object.assign(vscode.extensions, { getExtension });
  });
  afterEach(() => {
    Object.assign(vscode.extensions, { getExtension: original });
    for (const { control } of repositories) control.dispose();
  });

  const write = (target = repository) => run('quillet.commitMessage', target.control);

  it('sends the staged diff and streams the message into the input box, with one undo step', async () => {
    await answerWith(inTwoParts(['```\nCount every'], [' line\n\nOne was left out.\n```']));
    repository.unstaged = 'not this';
    repository.inputBox.value = 'wip';
    const done = write();
    await eventually(() => repository.inputBox.value === 'Count every', 'the beginning of the message');
    await continueAnswer();
    await done;
    assert.equal(repository.inputBox.value, message);
    assert.deepEqual(repository.values.slice(-2), ['wip', message], 'one undo leads to what was there');
    const user = (await chat()).json.messages.at(-1)?.content ?? '';
    assert.ok(user.endsWith(diff.trimEnd()) || user.endsWith(diff), user);
    assert.ok(!user.includes('not this'));
    assert.match((await chat()).json.messages[0]?.content ?? '', /Write in English\./);
    assert.deepEqual(ui.texts, []);
    assert.ok(ui.logged.some((line) => /^info end .*prompt=commit .*outcome=ok/.test(line)));
    assert.ok(!ui.logged.some((line) => line.includes('Count') || line.includes('diff --git')));
  });

  it('sends the unstaged diff if nothing is staged', async () => {
    Object.assign(repository, { staged: '', unstaged: diff });
    await answerText(message);
    await write();
    assert.ok(((await chat()).json.messages.at(-1)?.content ?? '').includes('+new'));
    assert.equal(repository.inputBox.value, message);
  });

  it('leaves out excluded files and says so, and sends nothing if no other file is left', async () => {
    const secret =
      'diff --git a/cart.ts b/secrets/cart.ts\nrename from cart.ts\nrename to secrets/cart.ts\n-old\n+new secret\n';
    const ignoreFile = vscode.Uri.joinPath(repository.rootUri, '.aiignore');
    await vscode.workspace.fs.writeFile(ignoreFile, new TextEncoder().encode('# Keys\nsecrets/\n'));
    try {
      repository.staged = `${secret}${diff}`;
      await answerText(message);
      await write();
      const sent = JSON.stringify((await chat()).json);
      assert.ok(sent.includes('+new') && !sent.includes('secret'), sent);
      assert.equal(repository.inputBox.value, message);
      const name = vscode.workspace.asRelativePath(ignoreFile, false);
      assert.deepEqual(ui.texts, [`Left out of the changes: secrets/cart.ts (${name}, line 2).`]);
      assert.deepEqual(ui.shown[0]?.buttons, ['Open Rule']);
      ui.clear();
      repository.staged = secret;
      await write();
      assert.deepEqual(ui.texts, [`secrets/cart.ts is excluded by ${name}, line 2: secrets/.`]);
      repository.staged = 'cart.ts --- TypeScript\n1 const secret = 1;\n';
      await write();
      assert.deepEqual(ui.texts.slice(1), [
        `The changes don't say which files they come from, so Quillet can't apply ${name}.`,
      ]);
      assert.equal((await allRequests()).length, 1);
    } finally {
      await vscode.workspace.fs.delete(ignoreFile);
    }
  });

  it('reports missing changes, a missing repository and missing Git', async () => {
    repository.staged = ' \n';
    await write();
    repositories = [];
    await run('quillet.commitMessage');
    await write();
    Object.assign(vscode.extensions, { getExtension: () => undefined });
    await run('quillet.commitMessage');
    assert.deepEqual(ui.texts, [
      'There are no changes to describe. Stage new files first.',
      'There is no Git repository here. Open a folder that contains one.',
      'There is no Git repository here. Open a folder that contains one.',
      "VS Code's Git extension isn't available. It may be disabled, unable to find Git, or running on a different machine than Quillet.",
    ]);
    assert.deepEqual(await allRequests(), []);
    repository.control.dispose();
  });

  it('uses the repository of the pressed button, and otherwise asks', async () => {
    const otherRepository = new FakeRepository('two');
    repositories.push(otherRepository);
    await answerText(message);
    await write(otherRepository);
    assert.equal(repository.inputBox.value, '');
    assert.equal(otherRepository.inputBox.value, message);
    ui.willPick('one');
    await run('quillet.commitMessage');
    assert.equal(repository.inputBox.value, message);
    assert.deepEqual(
      ui.lists.map(({ items }) => items.map(({ label }) => label)),
      [['one', 'two']],
    );
    otherRepository.inputBox.value = '';
    await run('quillet.commitMessage');
    assert.equal((await allRequests()).length, 2, 'sent although the picker was dismissed');
  });

  for (const [what, stop] of [
    ['its own command', () => run('quillet.stopCommitMessage')],
    ['the button', () => run('quillet.stopCommitMessage', repository.control)],
    ['Stop', () => run('quillet.stop')],
  ] as const) {
    it(`is stopped by ${what}, which restores the input box`, async () => {
      await answerWith(inTwoParts(['Count every'], [' line']));
      repository.inputBox.value = 'wip';
      const done = write();
      await eventually(() => repository.inputBox.value === 'Count every');
      await stop();
      await done;
      assert.equal(repository.inputBox.value, 'wip');
      assert.deepEqual(ui.texts, []);
    });
  }

  it('stops only its own repository and runs once per repository', async () => {
    const otherRepository = new FakeRepository('two');
    repositories.push(otherRepository);
    await answerWith(inTwoParts(['Count every'], [' line']));
    const done = write();
    await eventually(() => repository.inputBox.value === 'Count every');
    await run('quillet.stopCommitMessage', otherRepository.control);
    await write();
    await continueAnswer();
    await done;
    assert.equal(repository.inputBox.value, 'Count every line');
    assert.equal((await allRequests()).length, 1);
  });

  for (const [what, scenario, sentence] of [
    ['fails', apiError(500, { message: 'broken' }), /returned a server error/],
    ['is interrupted', streamed(['Count every'], { then: [{ do: 'reset' }] }), /was lost|ended early/],
    ['is cut off at the token limit', streamed(['Count every'], { finishReason: 'length' }), /token limit/],
    ['is empty', streamed(['<think>hm</think>']), /reasoning|thought|empty/i],
  ] as const) {
    it(`restores the input box if the answer ${what}`, async () => {
      repository.inputBox.value = 'wip';
      await answerNext(scenario);
      await write();
      assert.equal(repository.inputBox.value, 'wip');
      assert.match(ui.texts.join('\n'), sentence);
    });
  }

  it('has no reasoning', async () => {
    const { steps = [] } = streamed(['Count every line']);
    const [role, ...rest] = steps;
    assert.ok(role);
    await answerNext({ steps: [role, send(deltaFrame({ reasoning_content: 'A quince.' })), ...rest] });
    await write();
    assert.equal(repository.inputBox.value, 'Count every line');
    assert.ok(!repository.values.join().includes('quince') && !ui.logged.join().includes('quince'));
  });

  it('offers to copy a partial message and to try again', async () => {
    // The text must be read before the connection is reset, which discards unread data.
    const broken = streamed(['Count every'], { then: [{ do: 'wait', ms: 300 }, { do: 'reset' }] });
    await answerNext(broken, streamed([message]));
    ui.willPress('Try Again');
    await write();
    await eventually(() => repository.inputBox.value === message, 'the second message');
    assert.deepEqual(ui.shown[0]?.buttons, ['Copy Answer', 'Open Answer', 'Try Again', 'Show Log']);
  });

  it('keeps text typed by the user and offers the message', async () => {
    await answerWith(inTwoParts(['Count every'], [' line']));
    const done = write();
    await eventually(() => repository.inputBox.value === 'Count every');
    // Wait until VS Code has reported the written value before typing.
    for (let trips = 0; trips < 2; trips += 1) await vscode.commands.executeCommand('setContext', 'quilletTest', trips);
    repository.control.inputBox.value = 'My own words';
    await continueAnswer();
    await done;
    assert.equal(repository.inputBox.value, 'My own words');
    assert.deepEqual(ui.texts, ["The commit message was edited, so Quillet didn't overwrite it."]);
    assert.deepEqual(ui.shown[0]?.buttons, ['Copy Answer', 'Open Answer', 'Show Log']);
  });

  it('asks about secrets in the diff before sending it', async () => {
    const key = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cF3hJ6'}`;
    repository.staged = `${diff}+const token = '${key}';\n`;
    await write();
    assert.match(ui.texts[0] ?? '', /may contain a secret/);
    ui.willPress('Show in Editor');
    await write();
    const shown = vscode.window.activeTextEditor;
    assert.equal(shown?.document.getText(shown.selection), key);
    assert.deepEqual(await allRequests(), []);
    await answerText(message);
    ui.willPress('Replace with Placeholders');
    await write();
    const sent = JSON.stringify((await chat()).json);
    assert.ok(!sent.includes(key) && sent.includes('+new'));
    assert.equal(repository.inputBox.value, message);
  });

  it('asks before sending a large diff, and reports what it omits', async () => {
    await setSettings({ 'limits.selection': 5000 });
    repository.staged = diff + '+x\n'.repeat(3000);
    await write();
    assert.match(ui.texts[0] ?? '', /^Send [\d,.]+ characters/);
    assert.deepEqual(await allRequests(), []);
    assert.ok(ui.isIdle);
    ui.clear();
    await setSettings({ 'limits.selection': undefined });
    repository.staged = diff + '+x\n'.repeat(50_000);
    await answerText(message);
    await write();
    assert.match(ui.texts[0] ?? '', /^Some values were truncated.*gitDiff/);
    assert.equal(repository.inputBox.value, message);
  });

  it('shows the request first if quillet.preview is set', async () => {
    await setSettings({ preview: true });
    const done = write();
    const shown = await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'quillet-request' ? document : undefined;
    });
    assert.ok(shown.getText().includes('+new'));
    await answerText(message);
    await run('quillet.sendRequest');
    await done;
    assert.equal(repository.inputBox.value, message);
  });

  it('uses a custom prompt named "commit"', async () => {
    const file = inWorkspace('.quillet/prompts/commit.prompt.md');
    await vscode.workspace.fs.writeFile(
      file,
      new TextEncoder().encode('Only ${workspaceFolderBasename} in ${workspaceFolder}: ${gitDiff}'),
    );
    ui.willPress('Use Prompt');
    await answerText(message);
    await write();
    await vscode.workspace.fs.delete(inWorkspace('.quillet'), { recursive: true, useTrash: false });
    const { scheme, fsPath, path } = repository.rootUri;
    const content = `Only one in ${scheme === 'file' ? fsPath : path}: ${diff}`;
    assert.deepEqual((await chat()).json.messages, [{ role: 'user', content }]);
    assert.equal(repository.inputBox.value, message);
  });

  it('ignores invalid arguments from other extensions', async () => {
    await answerText(message);
    for (const argument of [{ rootUri: 'file:///etc' }, { rootUri: 7 }, 'x', [1]]) {
      repository.inputBox.value = '';
      await run('quillet.commitMessage', argument);
      assert.equal(repository.inputBox.value, message, 'the only repository there is');
    }
    await run('quillet.commitMessage', { rootUri: inWorkspace('other') });
    assert.deepEqual(ui.texts, ['There is no Git repository here. Open a folder that contains one.']);
    await run('quillet.stopCommitMessage', 'x');
  });
});
