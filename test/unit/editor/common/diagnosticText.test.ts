import * as assert from 'node:assert/strict';
import { diagnosticText } from '../../../../src/editor/common/diagnosticText';
import { assertLinear } from '../../../support/growth';

describe('diagnosticText', () => {
  it('includes the line number, message, source, code and line text', () => {
    const diagnostic = {
      line: 11,
      lineText: '\tlet x = y;',
      message: "Cannot find name 'y'.",
      source: 'ts',
      code: '2304',
    };
    assert.equal(diagnosticText([diagnostic]), "Line 12: Cannot find name 'y'. (ts 2304)\n  in: let x = y;");
  });

  it('omits missing fields', () => {
    assert.equal(diagnosticText([{ line: 0, lineText: '', message: 'Empty.' }]), 'Line 1: Empty.');
    assert.equal(diagnosticText([{ line: 0, lineText: 'a', message: 'No.', code: '7' }]), 'Line 1: No. (7)\n  in: a');
    assert.equal(diagnosticText([]), '');
  });

  it('separates diagnostics and indents the lines of a multi-line message', () => {
    const text = diagnosticText([
      { line: 0, lineText: 'a', message: 'One:\r\n  two\n\nthree\n', source: 'x' },
      { line: 0, lineText: 'a', message: 'Four.', source: '' },
    ]);
    assert.equal(text, 'Line 1: One:\n  two\n  three (x)\n  in: a\nLine 1: Four.\n  in: a');
  });

  it('omits line text that is too long', () => {
    assert.equal(diagnosticText([{ line: 0, lineText: 'x'.repeat(301), message: 'Long.' }]), 'Line 1: Long.');
  });

  it('handles megabytes of whitespace and line breaks in linear time [E22]', async () => {
    for (const text of ['\n', ' ', ' \r', '\r\n ', '\t']) {
      await assertLinear((size) => {
        diagnosticText([{ line: 0, lineText: text, message: `a${text.repeat(size)}b` }]);
      }, 75_000);
    }
  });
});
