import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ReviewDecisions } from '../../../src/core/outboundText';
import type { RunPlan } from '../../../src/core/run';
import type { RunRecord } from '../../../src/core/runRecord';
import type { LedgerEstimate } from '../../../src/ledger/common/ledgerRow';
import type { Notifier } from '../../../src/notifications/notifier';
import { Log } from '../../../src/platform/log';
import { Redactor } from '../../../src/sanitize/redactor';
import { Configuration } from '../../../src/settings/configuration';
import { BudgetGuard } from '../../../src/usage/budgetGuard';
import { monthRange } from '../../../src/usage/common/aggregate';
import { sumSpending } from '../../../src/usage/common/budget';
import { LedgerSummary } from '../../../src/usage/common/ledgerSummary';
import { RunList } from '../../../src/usage/common/runList';
import { ALL_TIME } from '../../../src/usage/common/usageReport';
import { UsageRecorder } from '../../../src/usage/usageRecorder';
import { ledgerFiles, sampleRows } from '../../support/ledgerRows';
import { eventually } from '../support/eventually';
import { inWorkspace } from '../support/workspace';

const plan: RunPlan = {
  promptId: 'explain',
  title: 'Explain',
  destination: 'thread',
  endpoint: {
    providerId: 'openai',
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    api: 'chat',
    headers: {},
    needsKey: false,
    parameters: {},
  },
  model: 'gpt-5-mini',
  messages: [],
  parameters: {},
  languageId: 'plaintext',
  documentUri: 'file:///place.txt',
  group: { id: 1, selectionCount: 1 },
  reviewDecisions: new ReviewDecisions(),
};

const record: RunRecord = {
  id: 1,
  groupId: 1,
  promptId: 'explain',
  destination: 'thread',
  modelRef: { providerId: 'openai', model: 'gpt-5-mini' },
  outcome: 'ok',
  usage: { inputTokens: 1000, cachedTokens: 800, outputTokens: 50 },
  attempts: 1,
  charactersIn: 10,
  charactersOut: 10,
  totalMs: 5,
  origin: 'https://api.openai.com',
  warnings: [],
};

describe('the ledger in VS Code’s own files', () => {
  let folders = 0;
  let storage: vscode.Uri;
  const recorders: UsageRecorder[] = [];
  let troubles = 0;

  function open(): UsageRecorder {
    const redactor = new Redactor();
    const book = new UsageRecorder({
      context: { globalStorageUri: storage },
      settings: new Configuration(() => undefined),
      redactor,
      log: new Log(redactor),
      onWriteFailure: () => {
        troubles += 1;
      },
    });
    recorders.push(book);
    return book;
  }

  function enter(book: UsageRecorder, count: number): void {
    for (let run = 0; run < count; run += 1) {
      const entry = book.createEntry();
      book.recordSent(entry, plan, 10, undefined);
      book.recordCompleted(entry, plan, record);
    }
  }

  beforeEach(() => {
    folders += 1;
    troubles = 0;
    storage = inWorkspace(`storage${folders}`);
  });
  afterEach(async () => {
    for (const book of recorders.splice(0)) {
      await book.close();
      book.dispose();
    }
  });

  it('Q04: two windows enter runs, each sees those of both, and all have their price', async () => {
    const [one, two] = [open(), open()];
    enter(one, 20);
    enter(two, 30);
    await Promise.all([one.close(), two.close()]);
    const book = open();
    const survey = await surveyOf(book);
    const sum = survey.createReport(ALL_TIME).total;
    assert.deepEqual([sum.runs, sum.input, sum.output, sum.runsWithoutPrice, survey.skipped], [50, 50_000, 2500, 0, 0]);
    assert.equal(sum.usd.toFixed(6), (50 * 0.00017).toFixed(6));
    const rows = (await new RunList(book.folder, survey).readNewest(0, 60)) ?? [];
    assert.equal(new Set(rows.map(({ id }) => id)).size, 50);
    const now = Date.now();
    assert.equal(sumSpending(await open().readRecent(monthRange(now)), monthRange(now)).runs, 50);
  });

  it('what was just entered is in every sum before it is in a file', async () => {
    const book = open();
    enter(book, 3);
    const month = monthRange(Date.now());
    assert.equal(sumSpending(await book.readRecent(month), month).runs, 3);
    enter(book, 1);
    assert.equal(await runsIn(book), 4);
  });

  it('Q08: sums up what large files of the past have, some seconds after a run, so that nobody waits for it', async () => {
    const monthsAgo = new Date(Date.now() - 65 * 86_400_000);
    const files = ledgerFiles(sampleRows(3000, monthsAgo, 20));
    const folder = vscode.Uri.joinPath(storage, 'ledger');
    for (const [name, text] of files) {
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), new TextEncoder().encode(text));
    }
    // Two minutes later, since what was just written may still be heard of otherwise.
    const { now } = Date;
    Date.now = () => now() + 120_000;
    try {
      const book = open();
      enter(book, 1);
      const digests = async () => (await book.folder.list()).filter((name) => name.endsWith('.digest.json')).length;
      await eventually(async () => (await digests()) > 0, 'a digest', 15_000);
      assert.equal(await runsIn(book), 3001);
    } finally {
      Date.now = now;
    }
  });

  it('deletes what was entered, by all windows, and nothing of it comes back', async () => {
    const [one, two] = [open(), open()];
    enter(one, 2);
    enter(two, 2);
    await Promise.all([surveyOf(one), surveyOf(two)]);
    await one.deleteAll();
    assert.equal(await runsIn(two), 0);
    enter(two, 1);
    await two.close();
    assert.equal(await runsIn(one), 1);
  });

  it('E19: a budget has no room while what is under way may use it up, in this window or in another one', async () => {
    const [one, two] = [open(), open()];
    const budget = { daily: { hard: { tokens: 5000 } } };
    const settings = new Configuration(() => undefined);
    const prices = { 'gpt-5-mini': { input: 1, output: 2 } };
    const read = () => ({ ...settings.read(), budget, prices });
    const memento = { get: () => undefined, update: async () => undefined };
    const notifier = { warn: () => undefined } as unknown as Notifier;
    const guardOf = (usage: UsageRecorder) =>
      new BudgetGuard({ settings: { read } as unknown as Configuration, usage, notifier, memento });
    const guards = [guardOf(one), guardOf(two)] as const;
    const long = { ...plan, parameters: { maxOutputTokens: 4000 } };
    const held: unknown[] = [];
    const entry = one.createEntry();
    const admit = (window: 0 | 1, onSent: (held: LedgerEstimate | undefined) => void = () => undefined) =>
      guards[window].admit({ plan: long, time: entry.time, charactersIn: 3000 }, onSent);
    const notSent = () => assert.fail('It was sent.');
    const first = await admit(0, (amount) => {
      held.push(amount);
      one.recordSent(entry, long, 3000, amount);
    });
    assert.equal(first, undefined);
    assert.deepEqual(held, [{ tokens: 5000, usd: 0.009 }]);
    // At once in its own window, and in the other one when the run is noted as begun.
    assert.deepEqual((await admit(0, notSent))?.details.budget?.used, 5000);
    await eventually(async () => (await two.readOpenElsewhere()).length === 1, 'the note of the run');
    assert.equal((await admit(1, notSent))?.kind, 'budget.hard');
    one.recordCompleted(entry, long, record);
    assert.equal(await admit(0), undefined, 'when it has ended, it counts with what it used');
    await one.close();
    await eventually(async () => (await admit(1)) === undefined, 'room in the other window');
    assert.equal(await runsIn(two), 1);
  });

  it('Q06: where the folder cannot be, the user is told once, nothing throws, and the rows are written when it can', async () => {
    const inTheWay = vscode.Uri.joinPath(storage, 'ledger');
    await vscode.workspace.fs.writeFile(inTheWay, new Uint8Array([1]));
    const book = open();
    enter(book, 2);
    const month = monthRange(Date.now());
    assert.equal(sumSpending(await book.readRecent(month), month).runs, 2, 'the budget knows them');
    await assert.rejects(surveyOf(book));
    assert.equal(troubles, 1);
    await vscode.workspace.fs.delete(inTheWay);
    await book.close();
    assert.equal(await runsIn(open()), 2);
  });
});

/** Everything in the ledger, as the dashboard sums it up. */
async function surveyOf(book: UsageRecorder): Promise<LedgerSummary> {
  const survey = new LedgerSummary();
  for await (const _ of book.summarize(survey));
  return survey;
}

async function runsIn(book: UsageRecorder): Promise<number> {
  return (await surveyOf(book)).createReport(ALL_TIME).total.runs;
}
