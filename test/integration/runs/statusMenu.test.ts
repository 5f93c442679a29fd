import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerWith, chat, continueAnswer, inTwoParts } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'let one = 1;';

async function explain(): Promise<void> {
  await select(await openFile(`${code}\n`), code);
  await run('quillet.explain');
}

function labels(): readonly string[] {
  return (ui.lists[0]?.items ?? []).map(({ label }) => label.replace(/^\$\([\w-]+\) /, ''));
}

describe('the menu of the status bar item', () => {
  useQuillet();

  const commands = [
    'Run Prompt…',
    'Select Model…',
    'Set API Key…',
    'Show Usage',
    'Show Requests',
    'Show Log',
    'Open Settings',
  ];

  it('offers what users need before and after a run', async () => {
    assert.equal(ui.status?.command, 'quillet.showMenu');
    await run('quillet.showMenu');
    assert.deepEqual(labels(), commands);
    assert.equal(ui.lists[0]?.items[1]?.description, 'test/quillet-test');
  });

  it('stops a running request, with Stop in the first place', async () => {
    await answerWith(inTwoParts(['It is '], ['one.']));
    const done = explain();
    await chat();
    ui.willPick(/Stop$/);
    await run('quillet.showMenu');
    assert.deepEqual(labels(), ['Stop', ...commands]);
    await done;
    assert.match(ui.statusText, /stopped/);
    await continueAnswer();
  });

  it('starts the set-up if no model is selected', async () => {
    await setSettings({ model: undefined, providers: {} });
    const done = run('quillet.showMenu');
    const picker = await eventually(() => ui.pickers[0]);
    assert.equal(picker.title, 'Where should Quillet send prompts?');
    picker.hide();
    await done;
    assert.deepEqual(ui.lists, []);
  });
});

describe('the tooltip of the status bar item', () => {
  useQuillet();

  function tooltipText(): string {
    const { tooltip } = ui.status ?? {};
    return tooltip instanceof vscode.MarkdownString ? tooltip.value.replaceAll('&nbsp;', ' ') : '';
  }

  it('leaves out prices and token counts that a local server never reports', async () => {
    await answerWith(streamed(['Fine.'], { usage: null }));
    await setSettings({ model: 'test/never-counted' });
    await explain();
    await eventually(() => tooltipText().includes('This month'), 'the totals of this month');
    await eventually(() => /^test\/never-counted *\n\d/.test(tooltipText()), 'no line about tokens');
    assert.doesNotMatch(tooltipText(), /never-counted: .*missing/);
  });
});
