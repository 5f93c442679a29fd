import { type Disposable, EventEmitter, window } from 'vscode';
import type { RunPhase } from '../core/run';
import { setContext } from './commands';

/** A run that has not ended. */
export interface ActiveRun {
  readonly id: number;
  readonly title: string;
  readonly modelName: string;
  readonly documentUri: string;
  readonly phase: RunPhase;
  /** When the phase began, by the monotonic clock: a wait is shown as what is left of it. */
  readonly phaseStart: number;
  stop(): void;
}

/** Knows what is running, so that it can be shown and stopped, and keeps the context keys that say so. */
export class ActiveRuns implements Disposable {
  private readonly runs = new Map<number, ActiveRun>();
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscription = window.onDidChangeActiveTextEditor(() => this.updateContext());
  private lastId = 0;

  get all(): readonly ActiveRun[] {
    return [...this.runs.values()];
  }

  /** Enters a run; the caller must end it whatever happens. */
  begin(run: Omit<ActiveRun, 'id' | 'phase' | 'phaseStart'>): number {
    this.lastId += 1;
    const id = this.lastId;
    this.runs.set(id, { ...run, id, phase: { kind: 'connecting', attempt: 1 }, phaseStart: performance.now() });
    this.announce();
    return id;
  }

  update(id: number, phase: RunPhase): void {
    const run = this.runs.get(id);
    if (run === undefined) return;
    this.runs.set(id, { ...run, phase, phaseStart: performance.now() });
    this.changed.fire();
  }

  end(id: number): void {
    if (this.runs.delete(id)) this.announce();
  }

  /** Stops the newest run of the focused editor, or the newest of all where that editor has none. */
  stopOne(): boolean {
    const run = this.all.filter((candidate) => candidate.documentUri === focusedUri()).at(-1) ?? this.all.at(-1);
    run?.stop();
    return run !== undefined;
  }

  stopAll(): void {
    for (const run of this.all) run.stop();
  }

  dispose(): void {
    this.stopAll();
    this.subscription.dispose();
    this.changed.dispose();
  }

  private announce(): void {
    this.updateContext();
    this.changed.fire();
  }

  private updateContext(): void {
    setContext('quillet.running', this.runs.size > 0);
    setContext(
      'quillet.runningHere',
      this.all.some((run) => run.documentUri === focusedUri()),
    );
  }
}

function focusedUri(): string | undefined {
  return window.activeTextEditor?.document.uri.toString();
}
