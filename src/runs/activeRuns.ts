import { type Disposable, EventEmitter, window, workspace } from 'vscode';
import type { RunGroup, RunPhase } from '../core/run';
import { DocumentTracker } from '../editor/documentTracker';
import { setContext } from '../platform/commands';

export interface ActiveRun {
  readonly id: number;
  readonly title: string;
  readonly modelName: string;
  readonly documentUri: string;
  readonly group: RunGroup;
  readonly phase: RunPhase;
  readonly phaseStart: number;
  stop(): void;
}

export interface GroupProgress {
  readonly started: number;
  readonly completed: number;
}

export class ActiveRuns implements Disposable {
  private readonly runs = new Map<number, ActiveRun>();
  private readonly startedCounts = new Map<number, number>();
  private readonly trackers = new Map<number, DocumentTracker>();
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly dismissed = new EventEmitter<number>();
  /** Fires with the ID of a group whose answers are gone. */
  readonly onDidDismiss = this.dismissed.event;
  private readonly subscription = window.onDidChangeActiveTextEditor(() => this.updateContext());
  private lastId = 0;
  private lastGroupId = 0;

  get all(): readonly ActiveRun[] {
    return [...this.runs.values()];
  }

  createGroup(selectionCount: number): RunGroup {
    this.lastGroupId += 1;
    const id = this.lastGroupId;
    return { id, selectionCount, dismiss: () => this.dismissed.fire(id) };
  }

  getProgress({ id }: Pick<RunGroup, 'id'>): GroupProgress | undefined {
    const started = this.startedCounts.get(id);
    return started === undefined ? undefined : { started, completed: started - this.getGroupRuns(id).length };
  }

  /** The caller must call `end`, whatever happens. */
  begin(run: Omit<ActiveRun, 'id' | 'phase' | 'phaseStart'>): number {
    this.lastId += 1;
    const id = this.lastId;
    this.runs.set(id, { ...run, id, phase: { kind: 'connecting', attempt: 1 }, phaseStart: performance.now() });
    this.startedCounts.set(run.group.id, (this.startedCounts.get(run.group.id) ?? 0) + 1);
    this.trackDocument(id, run.documentUri);
    this.notifyChange();
    return id;
  }

  update(id: number, phase: RunPhase): void {
    const run = this.runs.get(id);
    if (run === undefined) return;
    this.runs.set(id, { ...run, phase, phaseStart: performance.now() });
    this.changed.fire();
  }

  end(id: number): void {
    const run = this.runs.get(id);
    if (run === undefined) return;
    this.runs.delete(id);
    this.trackers.get(id)?.dispose();
    this.trackers.delete(id);
    if (this.getGroupRuns(run.group.id).length === 0) this.startedCounts.delete(run.group.id);
    this.notifyChange();
  }

  get newest(): ActiveRun | undefined {
    return this.all.filter(isInFocus).at(-1) ?? this.all.at(-1);
  }

  stopNewest(): void {
    const { newest } = this;
    if (newest === undefined) return;
    for (const member of this.getGroupRuns(newest.group.id)) member.stop();
  }

  stopAll(): void {
    for (const run of this.all) run.stop();
  }

  dispose(): void {
    this.stopAll();
    for (const document of this.trackers.values()) document.dispose();
    this.subscription.dispose();
    this.changed.dispose();
    this.dismissed.dispose();
  }

  private getGroupRuns(groupId: number): ActiveRun[] {
    return this.all.filter(({ group }) => group.id === groupId);
  }

  private trackDocument(id: number, uri: string): void {
    const document = workspace.textDocuments.find((candidate) => candidate.uri.toString() === uri);
    if (document === undefined) return;
    const tracker = new DocumentTracker(document);
    this.trackers.set(id, tracker);
    tracker.onDidMove(() => {
      const run = this.runs.get(id);
      if (run !== undefined) this.runs.set(id, { ...run, documentUri: tracker.document.uri.toString() });
      this.notifyChange();
    });
  }

  private notifyChange(): void {
    this.updateContext();
    this.changed.fire();
  }

  private updateContext(): void {
    const focusedRuns = this.all.filter(isInFocus);
    setContext('quillet.running', this.runs.size > 0);
    setContext('quillet.runningHere', focusedRuns.length > 0);
    setContext(
      'quillet.runningOnSeveral',
      focusedRuns.some(({ group }) => group.selectionCount > 1),
    );
  }
}

function isInFocus(run: ActiveRun): boolean {
  return run.documentUri === window.activeTextEditor?.document.uri.toString();
}
