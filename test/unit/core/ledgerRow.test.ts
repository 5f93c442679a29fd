import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type LedgerRow, ledgerLine, parseLedgerLine } from '../../../src/core/ledgerRow';
import { LedgerScanner } from '../../../src/core/ledgerScan';
import { LedgerTable } from '../../../src/core/ledgerTable';
import { anyRow } from '../../support/anyLedgerRow';
import { bytesOf, sampleRow } from '../../support/ledgerSamples';
import { checkProperty } from '../../support/properties';

function scanned(text: string | Uint8Array<ArrayBuffer>): LedgerTable {
  const table = new LedgerTable();
  new LedgerScanner(table).scan(typeof text === 'string' ? bytesOf(text) : text);
  return table;
}

function rowsOf(table: LedgerTable) {
  return Array.from({ length: table.length }, (_, index) => table.row(index));
}

/** An assumption of nothing is none. */
function withoutEmpty({ assumed, ...row }: LedgerRow): LedgerRow {
  return assumed === undefined || Object.keys(assumed).length === 0 ? row : { ...row, assumed };
}

describe('a row of the ledger', () => {
  it('is the same after it was written and read, by the parser and from its bytes (property)', () => {
    checkProperty(
      fc.property(fc.array(anyRow, { maxLength: 8 }), (rows) => {
        const lines = rows.map(ledgerLine);
        assert.deepEqual(lines.map(parseLedgerLine), rows);
        const table = scanned(lines.map((line) => `${line}\n`).join(''));
        assert.deepEqual(rowsOf(table), rows);
        assert.equal(table.skipped, 0);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('Q07: a damaged line says the same to both readers (property)', () => {
    const damage = fc.record({ at: fc.nat(), length: fc.nat(3), text: fc.string({ maxLength: 3 }) });
    checkProperty(
      fc.property(anyRow, fc.array(damage, { minLength: 1, maxLength: 3 }), (row, damages) => {
        let line = ledgerLine(row);
        for (const { at, length, text } of damages) {
          const from = at % line.length;
          line = line.slice(0, from) + text.replaceAll('\n', ' ') + line.slice(from + length);
        }
        const parsed = parseLedgerLine(new TextDecoder().decode(bytesOf(line)));
        const table = scanned(`${line}\n`);
        assert.deepEqual(rowsOf(table), parsed === undefined ? [] : [withoutEmpty(parsed)]);
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  it('R25: is one line of characters that can be seen, whatever the names are', () => {
    const evil = 'a\nb\r\u{1b}[31m\u{202e}\u{2028}\u{feff}\u{e0041}"\\';
    const line = ledgerLine(sampleRow({ model: evil, reportedModel: evil, workspace: evil, prompt: evil }));
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u{2028}\u{2029}]/u);
    assert.equal(parseLedgerLine(line)?.model, evil);
    assert.equal(scanned(`${line}\n`).row(0).model, evil);
  });

  it('Q07: fields of a newer Quillet are passed over, and rows of a newer version are counted', () => {
    const later = JSON.stringify({ ...sampleRow(), colour: 'green', tokens: { input: 1, audio: 2 } });
    const newer = JSON.stringify({ ...sampleRow(), v: 2 });
    const table = scanned(`${later}\n${newer}\n${ledgerLine(sampleRow())}\n`);
    assert.deepEqual(
      rowsOf(table).map(({ tokens }) => tokens),
      [{ input: 1 }, sampleRow().tokens],
    );
    assert.equal(table.skipped, 1);
  });

  const damaged: readonly [string, string | Uint8Array<ArrayBuffer>, number][] = [
    ['nothing', '', 0],
    ['empty lines', '\n\n\n', 0],
    ['a line without its end, whole or not', ledgerLine(sampleRow()), 1],
    ['half a line', `${ledgerLine(sampleRow()).slice(0, 90)}\n`, 1],
    ['two lines in one', `${ledgerLine(sampleRow())}${ledgerLine(sampleRow())}\n`, 1],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0, 1, 0x0a, 0x80, 0x0a]), 2],
    ['zeros, as after a power failure', new Uint8Array(4096), 1],
    ['a line of ten megabytes', `{"v":1,"id":"${'x'.repeat(10_000_000)}"}\n`, 1],
    ['other JSON', 'null\n[]\n42\n"v"\n{}\n', 5],
    ['a time that never was', `${ledgerLine(sampleRow({ time: '2026-13-45T05:45:05.123Z' }))}\n`, 1],
    ['counts below nothing', `${JSON.stringify({ ...sampleRow(), attempts: -1 })}\n`, 1],
    ['an outcome nobody knows', `${JSON.stringify({ ...sampleRow(), outcome: 'great' })}\n`, 1],
  ];
  for (const [what, text, skipped] of damaged) {
    it(`Q07: ${what}: ${skipped} lines are skipped, and the next row is read`, () => {
      const table = scanned(text);
      assert.deepEqual([table.length, table.skipped], [0, skipped]);
      if (typeof text !== 'string' || !text.endsWith('\n')) return;
      assert.deepEqual(rowsOf(scanned(`${text}${ledgerLine(sampleRow())}\n`)), [sampleRow()]);
    });
  }

  it('Q07: clocks that were in 1970 or in 2099 are taken as they were', () => {
    const rows = ['1970-01-01T00:00:00.000Z', '2099-12-31T23:59:59.999Z'].map((time) => sampleRow({ time }));
    assert.deepEqual(rowsOf(scanned(rows.map((row) => `${ledgerLine(row)}\n`).join(''))), rows);
  });
});
