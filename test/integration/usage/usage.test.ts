import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type AnswerOptions, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerWith, chats } from '../support/modelServer';
import { commentText, reply, run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const selected = 'const first = 1;';
const usage = { prompt_tokens: 1000, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 800 } };
const price = { input: 3, cachedInput: 0.3, output: 15, date: '2026-11-01' };

async function explain(options: AnswerOptions = {}): Promise<void> {
  const editor = await openFile(`${selected}\n`);
  await select(editor, selected);
  await answerWith(streamed(['An answer.'], options));
  await run('quillet.explain');
}

function tooltip(): vscode.MarkdownString {
  const shown = ui.status?.tooltip;
  assert.ok(shown instanceof vscode.MarkdownString, `a tooltip with links, not ${shown}`);
  return shown;
}

/** The text of the tooltip once it includes this month's totals. */
async function tooltipText(): Promise<string> {
  return eventually(() => {
    const text = tooltip().value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
    return text.includes('This month') && text;
  }, 'what was used this month');
}

/** The number of today's requests in the usage log of this host. */
async function requestsToday(): Promise<number> {
  await setSettings({ budget: { daily: { hard: { runs: 1_000_000 } } } });
  await explain();
  const text = await eventually(async () => {
    const found = /Today's budget: ([\d,.\s]+) of 1,000,000 requests/.exec(await tooltipText());
    return found?.[1];
  }, 'the budget in the tooltip');
  return Number(text.replace(/\D/g, ''));
}

describe('usage in the status bar', () => {
  useQuillet();

  it('shows tokens and estimated cost after a run, with the rates in the tooltip', async () => {
    await setSettings({ prices: { 'test/quillet-test': price } });
    await explain({ usage });
    await eventually(() => ui.statusText.includes('≈$0.00159'));
    assert.match(ui.statusText, /1,050 tokens · ≈\$0\.00159/);
    const text = await tooltipText();
    assert.match(text, /1,050 tokens \(1,000 input including 800 cached, 50 output\)/);
    assert.match(text, /estimated from your prices as of 2026-11-01/);
    assert.match(text, /per million tokens: \$3\.00 input, \$0\.30 cached, \$15\.00 output/);
    assert.match(text, /Today: [\d,]+ requests? /);
  });

  it('prefers the cost reported by the server to the user’s price', async () => {
    await setSettings({ prices: { 'quillet-test': price } });
    await explain({ usage: { ...usage, cost: 0.95 } });
    await eventually(() => ui.statusText.includes('$0.95'));
    assert.doesNotMatch(ui.statusText, /≈/);
    assert.match(await tooltipText(), /reported by the server/);
  });

  it('shows tokens but no cost without a price', async () => {
    await explain({ usage });
    await eventually(async () => /prices missing for \d/.test(await tooltipText()));
    assert.match(ui.statusText, /1,050 tokens$/);
    const [ofTheRun = ''] = (await tooltipText()).split('---');
    assert.doesNotMatch(ofTheRun, /cost|\$/i);
  });

  it('says that the token count is unavailable instead of showing 0', async () => {
    await setSettings({ prices: { 'quillet-test': price } });
    await explain({ usage: null });
    await eventually(async () => /token counts missing for \d/.test(await tooltipText()));
    assert.match(ui.statusText, /token count unavailable$/);
  });

  it('logs two short lines per run, however long the answer is [Q14]', async () => {
    ui.logged = [];
    const editor = await openFile(`${selected}\n`);
    await select(editor, selected);
    await answerWith(streamed(Array.from({ length: 2000 }, (_, index) => `word ${index} `)));
    await run('quillet.explain');
    await tooltipText();
    assert.equal(ui.logged.length, 2, ui.logged.join('\n'));
    assert.ok(ui.logged.every((line) => line.length < 500));
  });

  it('links only to own commands, and never renders names as markup [R13]', async () => {
    const evil =
      'm](command:workbench.action.quit) ![x](http://127.0.0.1:1/x) <img src=x> $(zap) ` https://a.b www.a.b a@b.c';
    await setSettings({ model: `test/${evil}` });
    await explain();
    await tooltipText();
    const { value, isTrusted, supportHtml, supportThemeIcons } = tooltip();
    assert.deepEqual(isTrusted, { enabledCommands: ['quillet.showUsage', 'quillet.selectModel'] });
    assert.deepEqual([supportHtml ?? false, supportThemeIcons ?? false], [false, false]);
    assert.deepEqual(value.match(/\]\([^)]*\)/g), ['](command:quillet.showUsage)', '](command:quillet.selectModel)']);
    assert.doesNotMatch(value, /[<`$]\(?(?:img|zap)|:\/\/|www\.|a@b/);
  });
});

describe('a budget', () => {
  useQuillet();

  it('blocks runs and follow-ups at the hard limit before anything is sent, and says when it resets [E19]', async () => {
    const used = await requestsToday();
    await setSettings({ budget: { daily: { hard: { runs: used + 1 } } } });
    // A server can't get around the limit by reporting nothing.
    await explain({ usage: null });
    const before = (await chats()).length;
    ui.shown = [];
    await reply('And then?');
    await explain();
    assert.equal((await chats()).length, before);
    assert.match(ui.errors[0] ?? '', /Today's budget is used up .*nothing was sent\. It resets on .*20\d\d/);
    assert.deepEqual(ui.shown[0]?.buttons, ['Open Settings', 'Show Log']);
    assert.match(commentText(-1, ui.threads.at(-1)), /budget/);
    await setSettings({ budget: {} });
    await explain();
    assert.equal((await chats()).length, before + 1);
  });

  it('counts estimates for unreported tokens and cost [E19]', async () => {
    await requestsToday();
    await setSettings({ budget: { daily: { hard: { tokens: 1 } } } });
    await explain();
    assert.match(ui.errors[0] ?? '', /≈?[\d,]+ of 1 tokens/);
  });

  it('warns once per period at the soft limit, and keeps sending', async () => {
    await setSettings({ budget: { monthly: { soft: { runs: 1 } } } });
    await explain();
    await eventually(() => ui.texts.some((text) => text.includes('soft limit')));
    await explain();
    await tooltipText();
    assert.equal(ui.texts.filter((text) => text.includes('soft limit')).length, 1);
    assert.equal((await chats()).length, 2);
  });

  for (const parallel of [1, 6]) {
    it(`sends no more than the hard limit allows of six concurrent runs, ${parallel} at a time [Q01, E19]`, async () => {
      const used = await requestsToday();
      const before = (await chats()).length;
      await setSettings({ budget: { daily: { hard: { runs: used + 2 } } }, 'limits.parallel': parallel });
      const editor = await openFile(Array.from({ length: 6 }, (_, index) => `line ${index}`).join('\n'));
      editor.selections = Array.from({ length: 6 }, (_, index) => new vscode.Selection(index, 0, index, 6));
      await answerWith(streamed(['line']));
      ui.willPick('Each Selection Separately');
      ui.willType('Shorter.');
      await run('quillet.rewriteInPlace');
      const sent = (await chats()).length - before;
      // The tooltip may not include the most recent run yet.
      assert.ok(sent === 1 || sent === 2, `${sent} were sent`);
    });
  }
});
