import fs from 'node:fs/promises';
import path from 'node:path';
import type { LedgerFolder } from '../../src/ledger/common/ledgerFiles';
import type { LedgerRow } from '../../src/ledger/common/ledgerRow';
import type { FileStat } from '../../src/util/fileStat';

/** A row with all fields, overridden by `fields`. */
export function sampleRow(fields: Partial<LedgerRow> = {}): LedgerRow {
  return {
    v: 1,
    id: 'window1-0',
    time: '2026-11-28T05:45:05.123Z',
    provider: 'openai',
    model: 'gpt-5-mini',
    reportedModel: 'gpt-5-mini-2025-08-07',
    prompt: 'explain',
    destination: 'thread',
    workspace: 'project',
    outcome: 'ok',
    attempts: 1,
    tokens: { input: 1000, cached: 800, output: 50, reasoning: 0 },
    cost: { usd: 0.00017, source: 'prices', isEstimate: true },
    firstTextMs: 300,
    totalMs: 2000,
    ...fields,
  };
}

/** Rows `0` to `count - 1` of a window, one per second. */
export function sampleRows(window: string, count: number, fields: Partial<LedgerRow> = {}): LedgerRow[] {
  const start = Date.parse(fields.time ?? '2026-11-28T05:45:05.123Z');
  return Array.from({ length: count }, (_, index) =>
    sampleRow({
      ...fields,
      id: `${window}-${index.toString(36)}`,
      time: new Date(start + 1000 * index).toISOString(),
    }),
  );
}

/** Fails a call, or fails a write after some bytes, as on a full disk. */
export type FolderFault = Error | { readonly tornAt: number };

export class MemoryFolder implements LedgerFolder {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Defaults to a time long ago. */
  readonly modified = new Map<string, number>();
  readonly calls: string[] = [];
  fault: (call: 'list' | 'read' | 'stat' | 'write' | 'delete', name: string) => FolderFault | undefined = () =>
    undefined;

  async list(): Promise<readonly string[]> {
    this.check('list', '');
    return [...this.files.keys()];
  }

  async read(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.check('read', file);
    return this.files.get(file);
  }

  async stat(file: string): Promise<FileStat | undefined> {
    this.check('stat', file);
    const bytes = this.files.get(file);
    return bytes === undefined ? undefined : { size: bytes.length, mtime: this.modified.get(file) ?? 0 };
  }

  async write(file: string, bytes: Uint8Array): Promise<void> {
    const fault = this.fault('write', file);
    if (fault !== undefined && 'tornAt' in fault) this.files.set(file, bytes.slice(0, fault.tornAt));
    this.check('write', file);
    this.files.set(file, bytes.slice());
  }

  async delete(file: string): Promise<void> {
    this.check('delete', file);
    this.files.delete(file);
  }

  private check(call: Parameters<MemoryFolder['fault']>[0], file: string): void {
    this.calls.push(`${call} ${file}`.trim());
    const fault = this.fault(call, file);
    if (fault !== undefined) throw fault instanceof Error ? fault : new Error('ENOSPC');
  }
}

/** Writes like VS Code's file service: opens, truncates, writes. */
export function nodeFolder(folder: string): LedgerFolder {
  const unlessMissing = async <Result>(work: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw thrown;
    }
  };
  return {
    list: async () => (await unlessMissing(fs.readdir(folder))) ?? [],
    async read(file) {
      const buffer = await unlessMissing(fs.readFile(path.join(folder, file)));
      return buffer === undefined ? undefined : new Uint8Array(buffer);
    },
    async stat(file) {
      const facts = await unlessMissing(fs.stat(path.join(folder, file)));
      return facts === undefined ? undefined : { size: facts.size, mtime: Math.floor(facts.mtimeMs) };
    },
    async write(file, bytes) {
      await fs.mkdir(folder, { recursive: true });
      await fs.writeFile(path.join(folder, file), bytes);
    },
    async delete(file) {
      await unlessMissing(fs.unlink(path.join(folder, file)));
    },
  };
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
