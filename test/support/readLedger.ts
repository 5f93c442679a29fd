import { BYTES_PER_ROW, type LedgerFolder, LedgerReader } from '../../src/ledger/common/ledgerFiles';
import { LedgerScanner } from '../../src/ledger/common/ledgerParser';
import { LedgerTable } from '../../src/ledger/common/ledgerTable';

export class WholeLedger extends LedgerTable {
  unreadFiles = 0;
}

/**
 * Reads all rows into one table without digests, as a reference. Lost runs come last, once each, unless they completed.
 */
export async function readLedger(
  folder: LedgerFolder,
  isWanted: (month: string) => boolean = () => true,
): Promise<WholeLedger> {
  const reader = new LedgerReader(folder, isWanted);
  const contents: Uint8Array<ArrayBuffer>[] = [];
  for await (const { bytes } of reader.contents()) contents.push(bytes);
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  const table = new WholeLedger(Math.ceil(size / BYTES_PER_ROW));
  const scanner = new LedgerScanner(table);
  for (const bytes of contents) scanner.scan(bytes);
  table.unreadFiles = reader.unreadFiles;
  const lost = new Map(table.takeLost().map((row) => [row.id, row]));
  for (const row of lost.values()) if (!table.has(row.id)) table.add(row);
  return table;
}
