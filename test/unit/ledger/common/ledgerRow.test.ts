import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LedgerScanner } from '../../../../src/ledger/common/ledgerParser';
import { formatLedgerLine, parseLedgerLine } from '../../../../src/ledger/common/ledgerRow';
import { LedgerTable } from '../../../../src/ledger/common/ledgerTable';
import { arbitraryRow } from '../../../support/anyLedgerRow';
import { bytesOf, sampleRow } from '../../../support/ledgerSamples';
import { checkProperty } from '../../../support/properties';

function scanned(text: string | Uint8Array<ArrayBuffer>): LedgerTable {
  const table = new LedgerTable();
  new LedgerScanner(table).scan(typeof text === 'string' ? bytesOf(text) : text);
  return table;
}

function rowsOf(table: LedgerTable) {
  return Array.from({ length: table.length }, (_, index) => table.row(index));
}

/** Reads a file with the full parser only. */
function parsed(bytes: Uint8Array<ArrayBuffer>): LedgerTable {
  const table = new LedgerTable();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    const line = bytes.subarray(start, end === -1 ? undefined : end);
    const row = end === -1 ? undefined : parseLedgerLine(textOf(decoder, line));
    if (row !== undefined) table.add(row);
    else if (line.length > 0) table.skipped += 1;
    start = end === -1 ? bytes.length : end + 1;
  }
  return table;
}

function textOf(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return '';
  }
}

/** Checks that the scanner and the full parser agree, including the parts of IDs. */
function assertSameToBoth(bytes: Uint8Array<ArrayBuffer>): void {
  const [actual, expected] = [scanned(bytes), parsed(bytes)].map((table) => ({
    skipped: table.skipped,
    rows: rowsOf(table),
    serials: rowsOf(table).map((_, row) => [table.names[table.code(row, 'owner')], table.number(row, 'serial')]),
  }));
  assert.deepEqual(actual, expected);
}

describe('a row of the usage log', () => {
  it('survives writing and reading, by the parser and by the scanner (property)', () => {
    checkProperty(
      fc.property(fc.array(arbitraryRow, { maxLength: 8 }), (rows) => {
        const lines = rows.map(formatLedgerLine);
        assert.deepEqual(lines.map(parseLedgerLine), rows);
        const table = scanned(lines.map((line) => `${line}\n`).join(''));
        assert.deepEqual(rowsOf(table), rows);
        assert.equal(table.skipped, 0);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('is read the same by parser and scanner if damaged (property) [Q07]', () => {
    const sign = fc.constantFrom('"', '\\', '-', '0', '.', 'e', '\n', '\\u002d', '\u{7f}', '\u{feff}');
    const text = fc.oneof(
      fc.array(fc.nat(255), { maxLength: 3 }),
      sign.map((character) => [...bytesOf(character)]),
    );
    const damage = fc.record({ at: fc.nat(), length: fc.nat(3), text });
    const rows = fc.array(arbitraryRow, { minLength: 1, maxLength: 3 });
    checkProperty(
      fc.property(rows, fc.array(damage, { minLength: 1, maxLength: 3 }), fc.nat(9), (written, damages, torn) => {
        const bytes = [...bytesOf(written.map((row) => `${formatLedgerLine(row)}\n`).join(''))];
        for (const { at, length, text } of damages) bytes.splice(at % bytes.length, length, ...text);
        bytes.splice(bytes.length - torn);
        assertSameToBoth(new Uint8Array(bytes));
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  it('is skipped if truncated at any byte, even within an escape [Q05, Q07]', () => {
    const name = 'a"b\\c\u{202e}';
    const whole = bytesOf(formatLedgerLine(sampleRow({ id: `${name}-1`, provider: name, workspace: name })));
    for (let length = 1; length <= whole.length; length += 1) {
      const table = scanned(whole.slice(0, length));
      assert.deepEqual([table.length, table.skipped], [0, 1], `${length} bytes`);
    }
  });

  for (const [what, id] of [
    ['of maximum length', `${'x'.repeat(298)}-1`],
    ['one character too long', `${'x'.repeat(299)}-1`],
    ['too long by its number', `${'x'.repeat(300)}-1`],
    ['of maximum length, in multibyte characters', `${'é'.repeat(298)}-1`],
    ['with an escaped hyphen', 'window1\\u002d1'],
    ['with an escape in its number', 'window1-\\u0031'],
    ['without a number', 'window1'],
  ] as const) {
    it(`is read the same by parser and scanner with an ID ${what}, also after one of the same window [Q07]`, () => {
      const line = `${formatLedgerLine(sampleRow({ id: '#' })).replace('#', id)}\n`;
      const before = `${formatLedgerLine(sampleRow({ id: id.replace(/(?:-|\\u002d).*/s, '-0') }))}\n`;
      assertSameToBoth(bytesOf(line));
      assertSameToBoth(bytesOf(before + line));
    });
  }

  it('is a single line of visible characters, whatever the names are [R25]', () => {
    const evil = 'a\nb\r\u{1b}[31m\u{202e}\u{2028}\u{feff}\u{e0041}"\\';
    const line = formatLedgerLine(sampleRow({ model: evil, reportedModel: evil, workspace: evil, prompt: evil }));
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u{2028}\u{2029}]/u);
    assert.equal(parseLedgerLine(line)?.model, evil);
    assert.equal(scanned(`${line}\n`).row(0).model, evil);
  });

  it('may have fields of a newer version; rows of a newer version are counted [Q07]', () => {
    const later = JSON.stringify({ ...sampleRow(), colour: 'green', tokens: { input: 1, audio: 2 } });
    const newer = JSON.stringify({ ...sampleRow(), v: 2 });
    const table = scanned(`${later}\n${newer}\n${formatLedgerLine(sampleRow())}\n`);
    assert.deepEqual(
      rowsOf(table).map(({ tokens }) => tokens),
      [{ input: 1 }, sampleRow().tokens],
    );
    assert.equal(table.skipped, 1);
  });

  const damaged: readonly [string, string | Uint8Array<ArrayBuffer>, number][] = [
    ['nothing', '', 0],
    ['empty lines', '\n\n\n', 0],
    ['a line without a newline', formatLedgerLine(sampleRow()), 1],
    ['half a line', `${formatLedgerLine(sampleRow()).slice(0, 90)}\n`, 1],
    ['two lines in one', `${formatLedgerLine(sampleRow())}${formatLedgerLine(sampleRow())}\n`, 1],
    ['invalid UTF-8', new Uint8Array([0xff, 0xfe, 0, 1, 0x0a, 0x80, 0x0a]), 2],
    ['zeros, as after a power failure', new Uint8Array(4096), 1],
    ['a line of ten megabytes', `{"v":1,"id":"${'x'.repeat(10_000_000)}"}\n`, 1],
    ['other JSON', 'null\n[]\n42\n"v"\n{}\n', 5],
    ['an invalid time', `${formatLedgerLine(sampleRow({ time: '2026-13-45T05:45:05.123Z' }))}\n`, 1],
    ['a negative count', `${JSON.stringify({ ...sampleRow(), attempts: -1 })}\n`, 1],
    ['an unknown outcome', `${JSON.stringify({ ...sampleRow(), outcome: 'great' })}\n`, 1],
  ];
  for (const [what, text, skipped] of damaged) {
    it(`is read after ${what}, with ${skipped} lines skipped [Q07]`, () => {
      const table = scanned(text);
      assert.deepEqual([table.length, table.skipped], [0, skipped]);
      if (typeof text !== 'string' || !text.endsWith('\n')) return;
      assert.deepEqual(rowsOf(scanned(`${text}${formatLedgerLine(sampleRow())}\n`)), [sampleRow()]);
    });
  }

  it('keeps times of 1970 and 2099 [Q07]', () => {
    const rows = ['1970-01-01T00:00:00.000Z', '2099-12-31T23:59:59.999Z'].map((time) => sampleRow({ time }));
    assert.deepEqual(rowsOf(scanned(rows.map((row) => `${formatLedgerLine(row)}\n`).join(''))), rows);
  });
});
