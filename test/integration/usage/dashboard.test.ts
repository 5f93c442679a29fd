import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as vscode from 'vscode';
import { Notifier } from '../../../src/notifications/notifier';
import { Log } from '../../../src/platform/log';
import { Redactor } from '../../../src/sanitize/redactor';
import { UsageReader } from '../../../src/usage/common/usageReader';
import type { UsageRow } from '../../../src/usage/common/usageRow';
import type { DashboardView } from '../../../src/usage/dashboard/common/viewModel';
import { UsageDashboard } from '../../../src/usage/dashboard/dashboard';
import type { RecordedRun } from '../../../src/usage/usageRecorder';
import { forgedMessages } from '../../support/forgedMessages';
import { streamed } from '../../support/scenario';
import { sampleRows, usageFileTexts } from '../../support/usageRows';
import { MemoryUsageFiles } from '../../support/usageSamples';
import { eventually } from '../support/eventually';
import { MemoryFiles } from '../support/memoryFiles';
import { allRequests, answerNext } from '../support/modelServer';
import { quillet, run, ui, useQuillet } from '../support/quillet';
import type { ShownPanel } from '../support/ui';
import { openFile, select } from '../support/workspace';

function panel(): ShownPanel {
  const shown = ui.panels.at(-1);
  assert.ok(shown, 'No panel was opened.');
  return shown;
}

function lastView(shown = panel()): DashboardView | undefined {
  return (shown.posted.at(-1) as { readonly view: DashboardView } | undefined)?.view;
}

function seeView(what: string, holds: (view: DashboardView) => boolean = () => true): Promise<DashboardView> {
  return eventually(() => {
    const view = lastView();
    return view !== undefined && holds(view) && view;
  }, what);
}

function cardOf(view: DashboardView, label: string): string {
  return view.cards.find((card) => card.label === label)?.value ?? '';
}

/** A recorder with in-memory files that tests can modify. */
class FakeRecorder {
  readonly files = new MemoryUsageFiles();
  private rows: readonly UsageRow[] = [];
  private readonly recorded = new vscode.EventEmitter<RecordedRun>();
  readonly onDidRecordRun = this.recorded.event;
  reads = 0;
  /** Awaited before reading and deleting. */
  pause: Promise<void> = Promise.resolve();

  constructor(rows: readonly UsageRow[]) {
    this.fill(rows);
  }

  fill(rows: readonly UsageRow[], rest = ''): void {
    this.rows = rows;
    this.files.files.clear();
    for (const [name, text] of usageFileTexts(rows, rest)) this.files.add(name, text);
  }

  add(row: UsageRow): void {
    this.fill([...this.rows, row]);
    this.recorded.fire({ runId: 1, cost: undefined });
  }

  createReader() {
    const reader = new UsageReader(this.files);
    return async (since: number) => {
      this.reads += 1;
      await this.pause;
      return reader.read(since, []);
    };
  }

  async deleteAll(): Promise<void> {
    await this.pause;
    this.fill([]);
  }
}

const now = new Date();
const rows = sampleRows(120, now);

describe('the dashboard', () => {
  useQuillet();
  let opened: UsageDashboard | undefined;
  afterEach(() => {
    opened?.dispose();
    opened = undefined;
  });

  function dashboardOf(recorder: FakeRecorder): UsageDashboard {
    const redactor = new Redactor();
    const log = new Log(redactor);
    const context = { extensionUri: quillet().extensionUri } as vscode.ExtensionContext;
    opened = new UsageDashboard({ context, recorder, notifier: new Notifier(log, redactor), log });
    return opened;
  }

  function open(recorder: FakeRecorder): Promise<void> | void {
    return dashboardOf(recorder).commands()['quillet.showUsage'](undefined);
  }

  /** Requests a view like the page, and again if the real page, which may load at this time, has requested another. */
  async function show(period = 'all', page = 0): Promise<DashboardView> {
    let posted = -1;
    return eventually(() => {
      const view = lastView();
      if (posted >= 0 && view?.period === period && view.runs.page === page) return view;
      if (panel().posted.length === posted) return undefined;
      posted = panel().posted.length;
      panel().receive({ kind: 'show', period, page });
      return undefined;
    }, `page ${page} of ${period}`);
  }

  it('has a page that may only run its own script [R31]', async () => {
    await open(new FakeRecorder(rows));
    await open(new FakeRecorder(rows));
    const [first, second] = ui.panels;
    assert.ok(first && second);
    const { localResourceRoots, ...options } = first.options;
    assert.deepEqual(options, { enableScripts: true, enableForms: false, enableCommandUris: false });
    assert.deepEqual(
      localResourceRoots?.map(({ path }) => path),
      [vscode.Uri.joinPath(quillet().extensionUri, 'dist/media/usage').path],
    );
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(first.html) ?? [];
    const directives = policy
      .replaceAll('&#39;', "'")
      .split('; ')
      .map((directive) => directive.split(' '));
    const names = directives.map(([name]) => name);
    assert.deepEqual(names, ['default-src', 'script-src', 'style-src', 'form-action', 'base-uri']);
    const nonces = [first, second].map(({ html }) => /<script nonce="([0-9a-f]{32})" src=/.exec(html)?.[1]);
    assert.ok(nonces[0] && nonces[1] && nonces[0] !== nonces[1]);
    assert.ok(policy.includes(`nonce-${nonces[0]}`));
    for (const none of ['default-src', 'form-action', 'base-uri']) {
      assert.deepEqual(directives.find(([name]) => name === none)?.slice(1), ["'none'"]);
    }
    assert.doesNotMatch(policy, /unsafe|data:|connect|img/);
    assert.equal(first.html.match(/<script/g)?.length, 1);
    assert.doesNotMatch(first.html, /gpt-5|explain/, 'the page contains no usage data');
  });

  it('reads while its page loads, and posts nothing before the page asks [Q08]', async () => {
    const recorder = new FakeRecorder(rows);
    void open(recorder);
    await eventually(() => recorder.reads === 1, 'the first read');
    assert.equal(panel().posted.length, 0);
    assert.ok(Number(cardOf(await show('30d'), 'Requests')) > 30);
    assert.equal(recorder.reads, 1);
  });

  for (const [when, message] of [
    ['reading', { kind: 'show', period: 'all', page: 0 }],
    ['deleting', { kind: 'deleteAll' }],
  ] as const) {
    it(`can be closed while ${when} without an error`, async () => {
      const recorder = new FakeRecorder(rows);
      let goOn: () => void = () => undefined;
      if (message.kind === 'deleteAll') {
        await open(recorder);
        await show();
        ui.willPress('Delete All');
      }
      recorder.pause = new Promise((resolve) => {
        goOn = resolve;
      });
      if (message.kind === 'show') void open(recorder);
      const shown = panel();
      shown.receive(message);
      await new Promise((resolve) => setTimeout(resolve, 20));
      opened?.dispose();
      const posted = shown.posted.length;
      goOn();
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(ui.errors, []);
      assert.equal(shown.posted.length, posted);
    });
  }

  it('reports that the usage log can’t be read when the page asks, and shows it once it can [Q06]', async () => {
    const recorder = new FakeRecorder(rows);
    recorder.files.fault = (call) => (call === 'list' ? new Error('EIO') : undefined);
    void open(recorder);
    // The page asks some time after the failure.
    await new Promise((resolve) => setTimeout(resolve, 100));
    panel().receive({ kind: 'show', period: 'all', page: 0 });
    await eventually(() => ui.errors.length > 0, 'the failure');
    await new Promise((resolve) => setTimeout(resolve, 100));
    // Once per request; the real page may have sent one too.
    assert.ok(ui.errors.length <= 2, ui.errors.join('\n'));
    assert.deepEqual(panel().posted, []);
    recorder.files.fault = () => undefined;
    assert.equal(cardOf(await show(), 'Requests'), '120');
  });

  it('opens only one panel', async () => {
    await open(new FakeRecorder(rows));
    await opened?.commands()['quillet.showUsage'](undefined);
    assert.equal(ui.panels.length, 1);
  });

  it('adopts a restored panel, and keeps at most one', async () => {
    const recorder = new FakeRecorder(rows);
    const panels = [1, 2].map(() =>
      vscode.window.createWebviewPanel('quillet.usage', 'Quillet: Usage', vscode.ViewColumn.Active),
    );
    const [first, second] = panels;
    assert.ok(first && second);
    const dashboard = dashboardOf(recorder);
    dashboard.restore(first);
    let isDisposed = false;
    second.onDidDispose(() => {
      isDisposed = true;
    });
    dashboard.restore(second);
    await eventually(() => isDisposed, 'the end of the second panel');
    const [shown] = ui.panels;
    assert.ok(shown);
    assert.match(shown.html, /http-equiv="Content-Security-Policy"/);
    shown.receive({ kind: 'show', period: 'all', page: 1 });
    await eventually(() => lastView(shown)?.runs.page === 1, 'the remembered page');
    await dashboard.commands()['quillet.showUsage'](undefined);
    assert.equal(ui.panels.length, 2, 'no third panel');
  });

  it('pages through all runs, and those of a period', async () => {
    await open(new FakeRecorder(rows));
    const pages = [await show('all', 0), await show('all', 1), await show('all', 2)];
    assert.deepEqual(
      pages.map((view) => view.runs.table.rows.length),
      [50, 50, 20],
    );
    assert.deepEqual([pages[0]?.runs.pageCount, pages[2]?.runs.range], [3, '101–120 of 120']);
    assert.deepEqual(
      pages[0]?.labels.periods.map(({ value }) => value),
      ['7d', '30d', '90d', '12m', 'all'],
    );
    const since = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 29).toISOString();
    const ofPeriod = await show('30d');
    assert.equal(cardOf(ofPeriod, 'Requests'), String(rows.filter(({ time }) => time >= since).length));
    // A page past the end is replaced by the last one.
    panel().receive({ kind: 'show', period: 'all', page: 99 });
    await seeView('the last page', (view) => view.period === 'all' && view.runs.page === 2);
  });

  it('rejects and logs every message the page would not send [E12, R33]', async () => {
    const recorder = new FakeRecorder(rows);
    await open(recorder);
    await show();
    const posted = panel().posted.length;
    for (const message of forgedMessages) panel().receive(message);
    assert.equal(ui.logged.filter((line) => line.includes('message.refused')).length, forgedMessages.length);
    assert.equal(panel().posted.length, posted);
    assert.deepEqual(ui.shown, []);
    assert.equal(cardOf(await show(), 'Requests'), '120');
  });

  it('adds a completed run once, without leaving the current page', async () => {
    const recorder = new FakeRecorder(rows);
    await open(recorder);
    await show('all', 1);
    const [last] = rows.slice(-1);
    assert.ok(last);
    recorder.add({ ...last, id: 'sample-new', time: new Date().toISOString() });
    const view = await seeView('the new run', (shown) => cardOf(shown, 'Requests') === '121');
    assert.equal(view.runs.page, 1);
  });

  it('says how many lines could not be read [Q07]', async () => {
    const recorder = new FakeRecorder([]);
    recorder.fill(rows.slice(-3), '{"v":99,"id":"x"}\n{"v":1,"torn\n');
    await open(recorder);
    const view = await show();
    assert.ok(
      view.notes.some((note) => note.endsWith(': 2')),
      view.notes.join(),
    );
    assert.equal(cardOf(view, 'Requests'), '3');
  });

  it('explains itself while there are no runs', async () => {
    await open(new FakeRecorder([]));
    const view = await show();
    assert.match(view.empty ?? '', /^No requests yet\./);
  });

  it('exports CSV and JSON only to the file the user chooses [R33]', async () => {
    const files = new MemoryFiles(true);
    const registration = files.register('quillet-export');
    await open(new FakeRecorder(rows));
    await show();
    panel().receive({ kind: 'export', format: 'csv' });
    await eventually(() => ui.saveQuestions === 1, 'the save dialog');
    for (const format of ['json', 'csv']) {
      const target = vscode.Uri.parse(`quillet-export:/usage.${format}`);
      ui.saveTarget = target;
      panel().receive({ kind: 'export', format });
      await eventually(() => files.text(target) !== '', `the file as ${format}`);
    }
    const text = files.text(vscode.Uri.parse('quillet-export:/usage.json'));
    assert.deepEqual(JSON.parse(text), rows.toReversed());
    const lines = files.text(vscode.Uri.parse('quillet-export:/usage.csv')).trimEnd().split('\r\n');
    assert.equal(lines.length, rows.length + 1);
    await eventually(() => ui.texts.length === 2, 'the confirmation');
    assert.deepEqual([...new Set(ui.texts)], ['Exported 120 requests.']);
    registration.dispose();
  });

  it('exports the shown runs once each while others complete [Q09]', async () => {
    const files = new MemoryFiles(true);
    const registration = files.register('quillet-export');
    const [newest, ...older] = sampleRows(5000, now).toReversed();
    assert.ok(newest);
    const recorder = new FakeRecorder(older.toReversed());
    await open(recorder);
    await show();
    const target = vscode.Uri.parse('quillet-export:/usage.json');
    ui.beforeSaving = () => recorder.add(newest);
    ui.saveTarget = target;
    panel().receive({ kind: 'export', format: 'json' });
    await eventually(() => files.text(target) !== '', 'the file');
    assert.deepEqual(JSON.parse(files.text(target)), older);
    registration.dispose();
  });

  it('deletes everything only after confirmation', async () => {
    const recorder = new FakeRecorder(rows);
    await open(recorder);
    await show();
    panel().receive({ kind: 'deleteAll' });
    await eventually(() => ui.shown.length === 1, 'the confirmation');
    assert.equal(ui.shown[0]?.isModal, true);
    assert.equal(cardOf(await show(), 'Requests'), '120');
    ui.willPress('Delete All');
    panel().receive({ kind: 'deleteAll' });
    await seeView('an empty usage log', (view) => view.empty !== undefined);
  });

  it('leaves the extension host to others while it reads many runs [R34]', async () => {
    const recorder = new FakeRecorder(sampleRows(20_000, now));
    await open(recorder);
    let [turns, isOpen] = [0, true];
    const count = (): void => {
      turns += 1;
      if (isOpen) setTimeout(count);
    };
    count();
    const view = await show();
    isOpen = false;
    assert.equal(cardOf(view, 'Requests'), '20,000');
    assert.ok(turns > 10, `${turns} turns`);
  });
});

describe('the command Show Usage', () => {
  useQuillet();

  it('shows the sum of what the server reported (property) [Q09]', async () => {
    await run('quillet.showUsage');
    panel().receive({ kind: 'show', period: 'all', page: 0 });
    await seeView('the dashboard');
    ui.willPress('Delete All');
    panel().receive({ kind: 'deleteAll' });
    await seeView('an empty usage log', (view) => view.empty !== undefined);
    const tokens = fc.nat({ max: 100_000 });
    const reports = fc.sample(fc.option(fc.tuple(tokens, tokens), { freq: 3 }), { seed: 3, numRuns: 8 });
    const editor = await openFile('let one = 1;\n');
    await select(editor, 'let one = 1;');
    for (const report of reports) {
      const usage = report === null ? null : { prompt_tokens: report[0] + 1, completion_tokens: report[1] + 1 };
      await answerNext(streamed(['One.'], { usage }));
      await run('quillet.explain');
    }
    assert.equal((await allRequests()).length, reports.length);
    const sum = reports.reduce((all, report) => all + (report === null ? 0 : report[0] + report[1] + 2), 0);
    await run('quillet.showUsage');
    await eventually(() => panel().isVisible, 'the dashboard in view');
    panel().receive({ kind: 'show', period: 'all', page: 0 });
    const view = await seeView('every run', (shown) => cardOf(shown, 'Requests') === String(reports.length));
    assert.equal(cardOf(view, 'Tokens'), sum.toLocaleString('en'));
    const unknown = reports.filter((report) => report === null).length;
    assert.ok(unknown > 0);
    const detail = view.cards.find(({ label }) => label === 'Tokens')?.detail;
    assert.equal(detail, `No token counts for ${unknown} of ${reports.length} requests`);
    const [newest] = view.runs.table.rows;
    assert.deepEqual(newest?.cells.slice(2, 5), ['Explain', 'thread', 'Succeeded']);
    const listed = view.runs.table.rows.map(({ cells }) => cells[5]);
    assert.deepEqual(
      listed.toReversed(),
      reports.map((report) => (report === null ? 'unknown' : (report[0] + 1).toLocaleString('en'))),
    );
  });
});
