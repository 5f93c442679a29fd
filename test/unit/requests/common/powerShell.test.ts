import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { toPowerShell } from '../../../../src/requests/common/curl';
import { type ParsedProgram, powerShellParser } from '../../../support/powerShellParser';
import { checkProperty } from '../../../support/properties';

/** Characters that need quoting, and any other text. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '\\', '`', '$', '$(', ')', '@"', '\n', '‘', '’', '“', '#', ';', '{', '%'),
      fc.string({ unit: 'grapheme' }),
    ),
  )
  .map((parts) => parts.join(''));
const anyLine = anyText.map((text) => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ''));

describe('a request copied for PowerShell, parsed as PowerShell', () => {
  let parse: (program: string) => ParsedProgram;
  before(async () => {
    parse = await powerShellParser();
  });

  it('is checked by a parser that detects errors', () => {
    assert.ok(parse("curl.exe 'a' 'b\n").hasError);
    assert.deepEqual(parse("curl.exe 'it''s' \"$env:X\"\n"), {
      hasError: false,
      texts: ["it's"],
      variables: ['$env:X'],
      commands: ['curl.exe'],
    });
  });

  it('contains the exact request and runs curl for any text (property)', () => {
    const check = fc.property(anyText, anyLine, (content, header) => {
      const body = { model: 'm', messages: [{ role: 'user', content }], stream: true };
      const url = 'https://llm.example.com/v1/chat/completions';
      const wire = { method: 'POST', url, headers: { 'x-a': header }, body } as const;
      const credential = { variable: 'MY_KEY' };
      const program = toPowerShell({ api: 'chat', wire, baseUrl: 'https://llm.example.com/v1', credential });
      const { hasError, texts, variables, commands } = parse(program);
      assert.equal(hasError, false, program);
      assert.ok(texts.includes(JSON.stringify(body)), program);
      assert.ok(texts.includes(url), program);
      assert.ok(texts.includes(header.trim() === '' ? 'x-a;' : `x-a: ${header}`), program);
      assert.deepEqual(new Set(variables.filter((name) => name !== '$headers')), new Set(['$body', '${env:MY_KEY}']));
      assert.deepEqual(commands, ['curl.exe', 'Remove-Item']);
    });
    checkProperty(check, { seed: 8 });
  });
});
