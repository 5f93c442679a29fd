import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as vscode from 'vscode';
import type { DashboardView } from '../../../src/dashboard/common/viewModel';
import { UsageDashboard } from '../../../src/dashboard/dashboard';
import type { LedgerFolder } from '../../../src/ledger/common/ledgerFiles';
import type { LedgerRow } from '../../../src/ledger/common/ledgerRow';
import { Notifier } from '../../../src/notifications/notifier';
import { Log } from '../../../src/platform/log';
import { Redactor } from '../../../src/sanitize/redactor';
import { summarizeLedger } from '../../../src/usage/common/ledgerSummarizer';
import type { LedgerSummary } from '../../../src/usage/common/ledgerSummary';
import type { RecordedRun } from '../../../src/usage/usageRecorder';
import { forgedMessages } from '../../support/forgedMessages';
import { largeLedger, ledgerFiles, sampleRows } from '../../support/ledgerRows';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { MemoryFiles } from '../support/memoryFiles';
import { allRequests, answerNext } from '../support/modelServer';
import { quillet, run, ui, useQuillet } from '../support/quillet';
import type { ShownPanel } from '../support/ui';
import { openFile, select } from '../support/workspace';

/** The panel that was opened last. */
function panel(): ShownPanel {
  const shown = ui.panels.at(-1);
  assert.ok(shown, 'No panel was opened.');
  return shown;
}

/** The view that was posted last, if the ledger was whole then. */
function lastView(shown = panel()): DashboardView | undefined {
  const view = (shown.posted.at(-1) as { readonly view: DashboardView } | undefined)?.view;
  return view?.progress === undefined ? view : undefined;
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

/** A book with rows of its own, which a test can add to. */
class FakeRecorder {
  private rows: readonly LedgerRow[] = [];
  private files: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map();
  private readonly recorded = new vscode.EventEmitter<RecordedRun>();
  readonly onDidRecordRun = this.recorded.event;
  reads = 0;
  /** Whether files were deleted since they were read. */
  isGone = false;

  constructor(rows: readonly LedgerRow[]) {
    this.fill(rows);
  }

  fill(rows: readonly LedgerRow[], rest = ''): void {
    this.rows = rows;
    this.useFiles(ledgerFiles(rows, rest));
  }

  useFiles(files: ReadonlyMap<string, string>): void {
    const encoder = new TextEncoder();
    this.files = new Map([...files].map(([name, text]) => [name, encoder.encode(text)]));
  }

  add(row: LedgerRow): void {
    this.fill([...this.rows, row]);
    this.recorded.fire({ runId: 1, cost: undefined, row });
  }

  /** When its files were written: those of just now are read into memory, and no digest is made of them. */
  modified = Date.now();
  /** What the folder says instead of its files. */
  failure: Error | undefined;
  /** What reading and deleting wait for. */
  pause: Promise<void> = Promise.resolve();
  readonly folder: LedgerFolder = {
    list: async () => {
      if (this.failure !== undefined) throw this.failure;
      return [...this.files.keys()];
    },
    read: async (name) => (this.isGone ? undefined : this.files.get(name)),
    stat: async (name) => ({ size: this.files.get(name)?.length ?? 0, mtime: this.modified }),
    write: async (name) => assert.ok(name.endsWith('.digest.json'), 'The dashboard writes nothing else.'),
    delete: async () => assert.fail('The dashboard deletes nothing by itself.'),
  };

  async *summarize(summary: LedgerSummary): AsyncGenerator<number> {
    this.reads += 1;
    await this.pause;
    yield* summarizeLedger(this.folder, summary);
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

  function dashboardOf(book: FakeRecorder): UsageDashboard {
    const redactor = new Redactor();
    const log = new Log(redactor);
    const context = { extensionUri: quillet().extensionUri } as vscode.ExtensionContext;
    opened = new UsageDashboard({ context, recorder: book, notifier: new Notifier(log, redactor), log });
    return opened;
  }

  function open(book: FakeRecorder): Promise<void> | void {
    return dashboardOf(book).commands()['quillet.showUsage'](undefined);
  }

  /** Asks as the page does, since nobody can tell when the real one has come up. */
  async function show(period = 'all', page = 0): Promise<DashboardView> {
    panel().receive({ kind: 'show', period, page });
    return seeView(`page ${page} of ${period}`, (view) => view.period === period && view.runs.page === page);
  }

  it('R31: has a page that may do nothing but run its own script', async () => {
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
    assert.doesNotMatch(first.html, /gpt-5|explain/, 'no text of the ledger is in the page itself');
  });

  it('Q08: is read while its page is being made, and nothing is sent to a page that has not asked', async () => {
    const book = new FakeRecorder(rows);
    void open(book);
    assert.deepEqual([book.reads, panel().posted.length], [1, 0]);
    assert.equal(cardOf(await show(), 'Requests'), '120');
    assert.equal(book.reads, 1);
  });

  for (const [when, message] of [
    ['it reads', { kind: 'show', period: 'all', page: 0 }],
    ['it deletes', { kind: 'deleteAll' }],
  ] as const) {
    it(`is closed while ${when} without a word`, async () => {
      const book = new FakeRecorder(rows);
      let goOn: () => void = () => undefined;
      if (message.kind === 'deleteAll') {
        await open(book);
        await show();
        ui.willPress('Delete All');
      }
      book.pause = new Promise((resolve) => {
        goOn = resolve;
      });
      if (message.kind === 'show') void open(book);
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

  it('Q06: says to a page that asks that the ledger cannot be read, shows nothing of it meanwhile, and all of it when it can', async () => {
    const book = new FakeRecorder(rows);
    book.failure = new Error('EIO');
    void open(book);
    // The page asks some time after the files could not be read.
    await new Promise((resolve) => setTimeout(resolve, 100));
    panel().receive({ kind: 'show', period: 'all', page: 0 });
    await eventually(() => ui.errors.length > 0, 'the failure');
    await new Promise((resolve) => setTimeout(resolve, 100));
    // Once for each time that a page asks, as the real one may have done too by now.
    assert.ok(ui.errors.length <= 2, ui.errors.join('\n'));
    assert.deepEqual(panel().posted, []);
    book.failure = undefined;
    assert.equal(cardOf(await show(), 'Requests'), '120');
  });

  it('is one panel, however often it is asked for', async () => {
    await open(new FakeRecorder(rows));
    await opened?.commands()['quillet.showUsage'](undefined);
    assert.equal(ui.panels.length, 1);
  });

  it('takes over a panel that VS Code brings back, and has one at most', async () => {
    const book = new FakeRecorder(rows);
    const panels = [1, 2].map(() =>
      vscode.window.createWebviewPanel('quillet.usage', 'Quillet: Usage', vscode.ViewColumn.Active),
    );
    const [first, second] = panels;
    assert.ok(first && second);
    const dashboard = dashboardOf(book);
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
    await eventually(() => lastView(shown)?.runs.page === 1, 'the page that it remembers');
    await dashboard.commands()['quillet.showUsage'](undefined);
    assert.equal(ui.panels.length, 2, 'no third one');
  });

  it('pages through all runs, and through those of one month', async () => {
    await open(new FakeRecorder(rows));
    const pages = [await show('all', 0), await show('all', 1), await show('all', 2)];
    assert.deepEqual(
      pages.map((view) => view.runs.table.rows.length),
      [50, 50, 20],
    );
    assert.deepEqual([pages[0]?.runs.pageCount, pages[2]?.runs.range], [3, '101–120 of 120']);
    const month = pages[0]?.periods[1]?.value ?? '';
    const ofMonth = await show(month);
    assert.equal(cardOf(ofMonth, 'Requests'), ofMonth.runs.range.split(' of ')[1] ?? cardOf(ofMonth, 'Requests'));
    // A page that is not there any more is the last one.
    panel().receive({ kind: 'show', period: 'all', page: 99 });
    await seeView('the last page', (view) => view.period === 'all' && view.runs.page === 2);
  });

  it('E12, R33: takes no message that is not one of its page, and logs each', async () => {
    const book = new FakeRecorder(rows);
    await open(book);
    await show();
    const posted = panel().posted.length;
    for (const message of forgedMessages) panel().receive(message);
    assert.equal(ui.logged.filter((line) => line.includes('message.refused')).length, forgedMessages.length);
    assert.equal(panel().posted.length, posted);
    assert.deepEqual(ui.shown, []);
    assert.equal(cardOf(await show(), 'Requests'), '120');
  });

  it('shows a run as soon as it ended, once, on the page that is shown', async () => {
    const book = new FakeRecorder(rows);
    await open(book);
    await show('all', 1);
    const [last] = rows.slice(-1);
    assert.ok(last);
    book.add({ ...last, id: 'sample-new', time: new Date().toISOString() });
    const view = await seeView('the new run', (one) => cardOf(one, 'Requests') === '121');
    assert.equal(view.runs.page, 1);
    assert.equal(book.reads, 1, 'one more run is no reason to read the ledger again');
  });

  it('Q07: says how many lines it could not read', async () => {
    const book = new FakeRecorder([]);
    book.fill(rows.slice(-3), '{"v":99,"id":"x"}\n{"v":1,"torn\n');
    await open(book);
    const view = await show();
    assert.ok(
      view.notes.some((note) => note.endsWith(': 2')),
      view.notes.join(),
    );
    assert.equal(cardOf(view, 'Requests'), '3');
  });

  it('says what to expect while there is nothing', async () => {
    await open(new FakeRecorder([]));
    const view = await show();
    assert.match(view.empty ?? '', /^No requests yet\./);
  });

  it('R33: exports where the user says, as CSV and as JSON, and nowhere else', async () => {
    const files = new MemoryFiles(true);
    const registration = files.register('quillet-export');
    await open(new FakeRecorder(rows));
    await show();
    panel().receive({ kind: 'export', format: 'csv' });
    await eventually(() => ui.saveQuestions === 1, 'the question where to');
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
    await eventually(() => ui.texts.length === 2, 'what was exported');
    assert.deepEqual([...new Set(ui.texts)], ['Exported requests: 120']);
    registration.dispose();
  });

  it('Q09: exports the runs that it shows, each once, while others end; and nothing where some are gone', async () => {
    const files = new MemoryFiles(true);
    const registration = files.register('quillet-export');
    const [newest, ...older] = sampleRows(5000, now).toReversed();
    assert.ok(newest);
    const book = new FakeRecorder(older.toReversed());
    book.modified = 0;
    await open(book);
    await show();
    const target = vscode.Uri.parse('quillet-export:/usage.json');
    ui.beforeSaving = () => book.add(newest);
    ui.saveTarget = target;
    panel().receive({ kind: 'export', format: 'json' });
    await eventually(() => files.text(target) !== '', 'the file');
    assert.deepEqual(JSON.parse(files.text(target)), older);
    const other = vscode.Uri.parse('quillet-export:/other.json');
    ui.beforeSaving = () => {
      book.isGone = true;
    };
    ui.saveTarget = other;
    panel().receive({ kind: 'export', format: 'json' });
    await eventually(() => ui.texts.some((text) => text.startsWith("Couldn't export")), 'the warning');
    assert.equal(files.text(other), '');
    registration.dispose();
  });

  it('deletes everything only after a question', async () => {
    const book = new FakeRecorder(rows);
    await open(book);
    await show();
    panel().receive({ kind: 'deleteAll' });
    await eventually(() => ui.shown.length === 1, 'the question');
    assert.equal(ui.shown[0]?.isModal, true);
    assert.equal(cardOf(await show(), 'Requests'), '120');
    ui.willPress('Delete All');
    panel().receive({ kind: 'deleteAll' });
    await seeView('an empty ledger', (view) => view.empty !== undefined);
  });

  it('R34: opens a ledger of 100,000 runs in less than two seconds, without keeping others waiting', async () => {
    const book = new FakeRecorder([]);
    book.useFiles(largeLedger(100_000, now));
    await open(book);
    let [last, longest, isOpen] = [performance.now(), 0, true];
    const watch = (): void => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      if (isOpen) setTimeout(watch);
    };
    const start = performance.now();
    watch();
    const view = await show();
    isOpen = false;
    const taken = performance.now() - start;
    assert.equal(cardOf(view, 'Requests'), '100,000');
    assert.ok(taken < 2000, `${Math.round(taken)} ms`);
    assert.ok(longest < 500, `others waited ${Math.round(longest)} ms`);
  });
});

describe('Show Usage', () => {
  useQuillet();

  it('Q09: says in sum what the server reported (property)', async () => {
    await run('quillet.showUsage');
    panel().receive({ kind: 'show', period: 'all', page: 0 });
    await seeView('the dashboard');
    ui.willPress('Delete All');
    panel().receive({ kind: 'deleteAll' });
    await seeView('an empty ledger', (view) => view.empty !== undefined);
    const tokens = fc.nat({ max: 100_000 });
    const reports = fc.sample(fc.option(fc.tuple(tokens, tokens), { freq: 3 }), { seed: 3, numRuns: 8 });
    const editor = await openFile('let one = 1;\n');
    select(editor, 'let one = 1;');
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
    const view = await seeView('every run', (one) => cardOf(one, 'Requests') === String(reports.length));
    assert.equal(cardOf(view, 'Tokens'), sum.toLocaleString('en'));
    const unknown = reports.filter((report) => report === null).length;
    assert.ok(unknown > 0);
    const detail = view.cards.find(({ label }) => label === 'Tokens')?.detail;
    assert.equal(detail, `No token counts for ${unknown} of ${reports.length} requests`);
    const listed = view.runs.table.rows.map(({ cells }) => cells[5]);
    assert.deepEqual(
      listed.toReversed(),
      reports.map((report) => (report === null ? 'unknown' : (report[0] + 1).toLocaleString('en'))),
    );
  });

  it('is what a click on the status bar shows after a run', async () => {
    const editor = await openFile('let one = 1;\n');
    select(editor, 'let one = 1;');
    await run('quillet.explain');
    assert.equal(ui.status?.command, 'quillet.showUsage');
  });
});
