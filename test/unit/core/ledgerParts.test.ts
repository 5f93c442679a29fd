import * as assert from 'node:assert/strict';
import { readLedger, readLedgerInParts } from '../../../src/core/ledgerFiles';
import type { LedgerRow } from '../../../src/core/ledgerRow';
import { LedgerTable } from '../../../src/core/ledgerTable';
import { LedgerWriter } from '../../../src/core/ledgerWriter';
import { ledgerFiles, sampleRows } from '../../support/ledgerRows';
import { bytesOf, MemoryFolder } from '../../support/ledgerSamples';

async function filled(rows: readonly LedgerRow[], rest = ''): Promise<MemoryFolder> {
  const folder = new MemoryFolder();
  for (const [name, text] of ledgerFiles(rows, rest)) await folder.write(name, bytesOf(text));
  return folder;
}

async function readParts(folder: MemoryFolder): Promise<{ table: LedgerTable; shares: number[] }> {
  const table = new LedgerTable();
  const shares: number[] = [];
  for await (const share of readLedgerInParts(folder, table)) shares.push(share);
  return { table, shares };
}

function idsOf(table: LedgerTable): string[] {
  return Array.from({ length: table.length }, (_, index) => table.row(index).id);
}

describe('the ledger read in parts', () => {
  const rows = sampleRows(9000, new Date('2026-11-28T12:00:00Z'));

  it('has the rows and the damage that it has when read at once', async () => {
    const folder = await filled(rows, '{"v":99}\n{"torn');
    const { table, shares } = await readParts(folder);
    const whole = await readLedger(folder);
    assert.deepEqual(idsOf(table).sort(), idsOf(whole).sort());
    assert.equal(table.length, rows.length);
    assert.equal(table.skipped, whole.skipped);
    assert.ok(table.skipped > 0);
    assert.deepEqual(
      shares,
      shares.toSorted((one, other) => one - other),
    );
    assert.equal(shares.at(-1), 1);
  });

  it('R34: comes in parts that end with a line, the newest month first', async () => {
    const folder = await filled(rows);
    const table = new LedgerTable();
    const parts = readLedgerInParts(folder, table);
    await parts.next();
    const first = table.length;
    assert.ok(first > 0 && first < rows.length / 2, `${first} rows`);
    assert.equal(table.row(0).time.slice(0, 7), '2026-11');
    assert.equal(table.skipped, 0);
    await parts.return(undefined);
  });

  it('Q10: leaves out a run that was taken for lost and ended after all', async () => {
    const [lost, other] = rows;
    assert.ok(lost && other);
    const folder = await filled([{ ...lost, outcome: 'lost', tokens: {} }, other]);
    await new LedgerWriter(folder, 'later').write(lost.time.slice(0, 7), [lost]);
    const { table } = await readParts(folder);
    assert.deepEqual(idsOf(table).sort(), [lost.id, other.id].sort());
  });

  it('of nothing is nothing', async () => {
    const { table, shares } = await readParts(new MemoryFolder());
    assert.deepEqual([table.length, shares], [0, []]);
  });
});
