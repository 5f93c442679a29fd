import type { UsageFiles } from '../../src/usage/common/usageFiles';
import { type UsageContent, UsageReader } from '../../src/usage/common/usageReader';
import type { UsageRow } from '../../src/usage/common/usageRow';
import type { FileStat } from '../../src/util/fileStat';

/** A row with all fields, overridden by `fields`. */
export function sampleRow(fields: Partial<UsageRow> = {}): UsageRow {
  return {
    v: 1,
    outcome: 'ok',
    id: 'window1-0',
    time: '2026-11-28T05:45:05.123Z',
    provider: 'openai',
    model: 'gpt-5-mini',
    reportedModel: 'gpt-5-mini-2025-08-07',
    prompt: 'Explain',
    destination: 'thread',
    workspace: 'project',
    attempts: 1,
    tokens: { input: 1000, cached: 800, output: 50, reasoning: 0 },
    cost: { usd: 0.00017, source: 'prices', isEstimate: true },
    firstTextMs: 300,
    totalMs: 2000,
    ...fields,
  };
}

/** Rows `0` to `count - 1` of a window, one per second. */
export function rowsOfWindow(window: string, count: number, fields: Partial<UsageRow> = {}): UsageRow[] {
  const start = Date.parse(fields.time ?? '2026-11-28T05:45:05.123Z');
  return Array.from({ length: count }, (_, index) =>
    sampleRow({ ...fields, id: `${window}-${index}`, time: new Date(start + 1000 * index).toISOString() }),
  );
}

/** The row of the start of a run. */
export function startOf({ tokens: _tokens, cost: _cost, totalMs: _ms, ...row }: UsageRow): UsageRow {
  return { ...row, outcome: 'started', tokens: {}, estimated: { tokens: 3000, usd: 0.03 } };
}

/** Reads all rows with a new reader. */
export function readAll(files: UsageFiles, since = 0, pending: readonly UsageRow[] = []): Promise<UsageContent> {
  return new UsageReader(files).read(since, pending);
}

/** Fails a call, or fails an append after some bytes, as on a full disk. */
export type FileFault = Error | { readonly tornAt: number };

export class MemoryUsageFiles implements UsageFiles {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly calls: string[] = [];
  fault: (call: 'list' | 'stat' | 'read' | 'append' | 'delete', name: string) => FileFault | undefined = () =>
    undefined;

  async list(): Promise<readonly string[]> {
    this.check('list', '');
    return [...this.files.keys()];
  }

  async stat(name: string): Promise<FileStat | undefined> {
    this.check('stat', name);
    const bytes = this.files.get(name);
    return bytes === undefined ? undefined : { size: bytes.length, mtime: 0 };
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.check('read', name);
    return this.files.get(name);
  }

  async append(month: string, text: string): Promise<void> {
    const name = `${month}.jsonl`;
    const fault = this.fault('append', name);
    if (fault !== undefined && 'tornAt' in fault) this.add(name, text.slice(0, fault.tornAt));
    this.check('append', name);
    this.add(name, text);
  }

  async delete(name: string): Promise<void> {
    this.check('delete', name);
    this.files.delete(name);
  }

  /** Adds text or bytes to a file. */
  add(name: string, added: string | Uint8Array): void {
    const bytes = typeof added === 'string' ? new TextEncoder().encode(added) : added;
    this.files.set(name, new Uint8Array([...(this.files.get(name) ?? []), ...bytes]));
  }

  private check(call: Parameters<MemoryUsageFiles['fault']>[0], name: string): void {
    this.calls.push(`${call} ${name}`.trim());
    const fault = this.fault(call, name);
    if (fault !== undefined) throw fault instanceof Error ? fault : new Error('ENOSPC');
  }
}
