import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { OutboundDecisions } from '../../../src/core/outboundText';
import type { RunPlan } from '../../../src/core/run';
import type { RunRecord } from '../../../src/core/runRecord';
import type { Notifier } from '../../../src/notifications/notifier';
import { Log } from '../../../src/platform/log';
import { Redactor } from '../../../src/sanitize/redactor';
import { Configuration } from '../../../src/settings/configuration';
import { BudgetGuard } from '../../../src/usage/budgetGuard';
import { periodRange, sumSpending } from '../../../src/usage/common/budget';
import type { UsageContent } from '../../../src/usage/common/usageReader';
import { createReport } from '../../../src/usage/common/usageReport';
import type { UsageEstimate } from '../../../src/usage/common/usageRow';
import { UsageRecorder } from '../../../src/usage/usageRecorder';
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
  outboundDecisions: new OutboundDecisions(),
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

describe('the usage log in VS Code’s storage', () => {
  let folders = 0;
  let storage: vscode.Uri;
  const recorders: UsageRecorder[] = [];
  let failures = 0;

  function open(): UsageRecorder {
    const redactor = new Redactor();
    const recorder = new UsageRecorder({
      context: { globalStorageUri: storage },
      settings: new Configuration(() => undefined),
      redactor,
      log: new Log(redactor),
      onWriteFailure: () => {
        failures += 1;
      },
    });
    recorders.push(recorder);
    return recorder;
  }

  function enter(recorder: UsageRecorder, count: number): void {
    for (let run = 0; run < count; run += 1) {
      const entry = recorder.createEntry();
      recorder.recordSent(entry, plan, 10, undefined);
      recorder.recordCompleted(entry, plan, record);
    }
  }

  beforeEach(() => {
    folders += 1;
    failures = 0;
    storage = inWorkspace(`storage${folders}`);
  });
  afterEach(async () => {
    for (const recorder of recorders.splice(0)) {
      await recorder.close();
      recorder.dispose();
    }
  });

  it('contains the priced runs of two windows [Q04]', async () => {
    const [one, two] = [open(), open()];
    enter(one, 20);
    enter(two, 30);
    await Promise.all([one.close(), two.close()]);
    const recorder = open();
    const content = await readAll(recorder);
    const { total } = await createReport(content.rows);
    assert.deepEqual(
      [total.runs, total.input, total.output, total.runsWithoutPrice, content.skipped, content.running.length],
      [50, 50_000, 2500, 0, 0, 0],
    );
    assert.equal(total.usd.toFixed(6), (50 * 0.00017).toFixed(6));
    assert.equal(new Set(content.rows.map(({ id }) => id)).size, 50);
    assert.equal(await runsOfMonth(open()), 50);
  });

  it('counts a run before it is written to a file', async () => {
    const recorder = open();
    enter(recorder, 3);
    assert.equal(await runsOfMonth(recorder), 3);
    enter(recorder, 1);
    assert.equal(await runsIn(recorder), 4);
  });

  it('deletes the runs of all windows for good', async () => {
    const [one, two] = [open(), open()];
    enter(one, 2);
    enter(two, 2);
    await Promise.all([one.close(), two.close()]);
    await one.deleteAll();
    assert.equal(await runsIn(two), 0);
    enter(two, 1);
    await two.close();
    assert.equal(await runsIn(one), 1);
  });

  it('reserves budget for runs in progress, in this window and in others [E19]', async () => {
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
    const admit = (window: 0 | 1, onSent: (held: UsageEstimate | undefined) => void = () => undefined) =>
      guards[window].admit({ plan: long, time: entry.time, charactersIn: 3000 }, onSent);
    const notSent = () => assert.fail('It was sent.');
    const first = await admit(0, (amount) => {
      held.push(amount);
      one.recordSent(entry, long, 3000, amount);
    });
    assert.equal(first, undefined);
    assert.deepEqual(held, [{ tokens: 5000, usd: 0.009 }]);
    // At once in its own window; in the other one when the run has been written.
    assert.deepEqual((await admit(0, notSent))?.details.budget?.used, 5000);
    await eventually(async () => (await two.readMonth()).running.length === 1, 'the start of the run');
    assert.equal((await admit(1, notSent))?.kind, 'budget.hard');
    one.recordCompleted(entry, long, record);
    assert.equal(await admit(0), undefined, 'a completed run counts with its actual usage');
    await one.close();
    await eventually(async () => (await admit(1)) === undefined, 'room in the other window');
    assert.equal(await runsIn(two), 1);
  });

  it('reports once that the folder can’t be created, and writes the rows later [Q06]', async () => {
    const inTheWay = vscode.Uri.joinPath(storage, 'usage');
    await vscode.workspace.fs.writeFile(inTheWay, new Uint8Array([1]));
    const recorder = open();
    enter(recorder, 2);
    assert.equal(await runsOfMonth(recorder), 2, 'budgets include them');
    await assert.rejects(readAll(recorder));
    assert.equal(failures, 1);
    await vscode.workspace.fs.delete(inTheWay);
    await recorder.close();
    assert.equal(await runsIn(open()), 2);
  });
});

function readAll(recorder: UsageRecorder): Promise<UsageContent> {
  return recorder.createReader()(0);
}

async function runsIn(recorder: UsageRecorder): Promise<number> {
  return (await readAll(recorder)).rows.length;
}

async function runsOfMonth(recorder: UsageRecorder): Promise<number> {
  return sumSpending((await recorder.readMonth()).rows, periodRange('monthly', Date.now())).runs;
}
