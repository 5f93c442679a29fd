import assert from 'node:assert/strict';
import { checkHeader, type HeaderProblem, partitionHeaders } from '../../../../src/settings/common/headerRules';

describe('headerRules', () => {
  const table: readonly [string, string, HeaderProblem | undefined][] = [
    ['X-Team', 'a', undefined],
    ['HTTP-Referer', 'https://example.com', undefined],
    ['User-Agent', 'Team A', undefined],
    ['X-Empty', '', undefined],
    ['X-Latin', 'é\t~', undefined],
    ['Authorization', 'Bearer x', 'forbidden'],
    ['aUTHORIZATION', 'x', 'forbidden'],
    ['api-key', 'x', 'forbidden'],
    ['X-API-Key', 'x', 'forbidden'],
    ['Cookie', 'a=b', 'forbidden'],
    ['Host', 'h', 'forbidden'],
    ['Content-Length', '1', 'forbidden'],
    ['Transfer-Encoding', 'chunked', 'forbidden'],
    ['', 'x', 'name'],
    ['X Team', 'x', 'name'],
    ['X-Team:', 'x', 'name'],
    ['X-T\u00e9am', 'x', 'name'],
    ['X-Team\r\nHost', 'x', 'name'],
    ['X-Team', 'a\r\nX-Other: b', 'value'],
    ['X-Team', 'a\0', 'value'],
    ['X-Team', '\u0430', 'value'],
    ['X-Team', '\u007f', 'value'],
  ];
  for (const [name, value, expected] of table) {
    it(`checks ${JSON.stringify(name)}: ${JSON.stringify(value)} (${expected ?? 'allowed'}) [C18]`, () => {
      assert.equal(checkHeader(name, value), expected);
    });
  }

  it('allows only headers that fetch accepts', () => {
    for (const [name, value, problem] of table) {
      if (problem === undefined) assert.doesNotThrow(() => new Headers({ [name]: value }));
    }
  });

  it('limits the number of headers [C18]', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`X-${index}`, 'a']));
    const { allowed, rejected } = partitionHeaders(many);
    assert.equal(Object.keys(allowed).length, 20);
    assert.deepEqual(rejected[0], { name: 'X-20', problem: 'tooMany' });
    assert.equal(rejected.length, 80);
  });
});
