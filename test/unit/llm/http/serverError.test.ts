import assert from 'node:assert/strict';
import { readServerError, serverMessage } from '../../../../src/llm/http/serverError';
import { Redactor } from '../../../../src/sanitize/redactor';
import { assertLinear } from '../../../support/growth';

const raw = (body: unknown) => ({ message: 'Provider returned error', code: 400, metadata: { raw: body } });

describe('the words of a server', () => {
  const messages: readonly [unknown, string | undefined][] = [
    [{ error: { message: 'a' } }, 'a'],
    [{ message: 'a', error: 'b' }, 'a'],
    [{ detail: 'a' }, 'a'],
    [
      { detail: [{ loc: ['body', 'messages', 0, 'content'], msg: 'Field required' }] },
      'messages.0.content: Field required',
    ],
    [{ detail: [{ msg: 'Field required' }] }, 'Field required'],
    [{ error: 'a' }, 'a'],
    [{ error: { error: { message: 'a' } } }, 'a'],
    ['<html><body><h1>Bad\n  Gateway</h1></body></html>', 'Bad Gateway'],
    [[{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } }], 'API key not valid.'],
    [{ base_resp: { status_code: 1004, status_msg: 'login fail' } }, 'login fail'],
    [{ code: 20_012, msg: 'Model does not exist.' }, 'Model does not exist.'],
    [{ errors: [{ code: 10_000, message: 'Authentication error' }], messages: [] }, 'Authentication error'],
    [{ errors: ['a', 'b'] }, 'a'],
    [{ error: 'invalid_grant', error_description: 'The token has expired.' }, 'The token has expired.'],
    [{ error_code: 336_003, error_msg: 'the length of messages must be odd' }, 'the length of messages must be odd'],
    [{ Message: 'User is not authorized.' }, 'User is not authorized.'],
    [{ fault: { faultstring: 'Quota exceeded' } }, 'Quota exceeded'],
    [{ type: 'about:blank', title: 'Bad Request', status: 400 }, 'Bad Request'],
    [{ detail: '{"code":50508,"message":"System is too busy now."}' }, 'System is too busy now.'],
    [{ choices: [{ error: { code: 502, message: 'Upstream failed' }, finish_reason: 'error' }] }, 'Upstream failed'],
    [{ error: raw('error code: 1015') }, 'Provider returned error: error code: 1015'],
    [{ error: raw('{"error":{"message":"At most 1 image."}}') }, 'Provider returned error: At most 1 image.'],
    [{ error: raw({ detail: 'No such model.' }) }, 'Provider returned error: No such model.'],
    [{ error: raw(null) }, 'Provider returned error'],
    ...['data', 'result', 'response', 'output', 'header', 'ResponseMetadata'].map((name): [unknown, string] => [
      { [name]: { error: { message: 'a' } } },
      'a',
    ]),
    [{ err: 'a' }, 'a'],
    [{ response: 'a', data: 'b', output: ['c'] }, undefined],
    [{ code: 0, msg: 'success', data: {} }, undefined],
    [
      '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr>nginx</body>',
      '502 Bad Gateway nginx',
    ],
    ['<!doctype html><title>Sign in</title><header>Corp</header>', 'Sign in Corp'],
    [
      '<html><style>p { color: red }</style><script>if (1 < 2) go()</script><p>Down for maintenance</p>',
      'Down for maintenance',
    ],
    ['', undefined],
    ['<br>', undefined],
    [{}, undefined],
    [[], undefined],
    [null, undefined],
    [42, undefined],
  ];
  for (const [body, expected] of messages) {
    it(`reads the message of ${JSON.stringify(body)} as ${expected}`, () =>
      assert.equal(serverMessage(body), expected));
  }

  it('limits a message, and reads a huge one in linear time [E22]', async () => {
    for (const unit of ['a', '<', '<a', ' ', '<p>x</p>', '<title>', '<script></script>', '{"error":']) {
      const read = (count: number): void => {
        assert.ok((serverMessage(unit.repeat(count)) ?? '').length <= 4000, unit);
      };
      await assertLinear(read, 250_000, unit);
    }
  });

  it('does not cut a message inside a word, which may be a key [R18]', () => {
    for (let before = 3950; before < 4010; before += 1) {
      const message = serverMessage(`${'a'.repeat(before)} KEY0123456789 ${'b'.repeat(4000)}`) ?? '';
      assert.match(message, /^a+ KEY0123456789$|^a+$/);
    }
  });

  it('is shortened after keys are redacted [R18]', () => {
    const redactor = new Redactor();
    const key = `key-${'x1'.repeat(300)}`;
    redactor.addSecret(key);
    const message = serverMessage({ error: { message: `{"sent":"${key}"}${'.'.repeat(400)}` } }) ?? '';
    const shown = redactor.excerpt(message);
    assert.ok(shown.length <= 300 && !shown.includes('x1'), shown);
  });

  const fields: readonly [unknown, readonly string[], string?][] = [
    [{ error: { code: 'invalid_value', type: 'x', param: 'max_tokens' } }, ['invalid_value', 'x'], 'max_tokens'],
    [{ code: 'InvalidParameter', message: 'x' }, ['invalidparameter']],
    [[{ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }], ['429', 'resource_exhausted']],
    [{ detail: [{ type: 'missing', loc: ['body', 'messages', 0, 'role'], msg: 'x' }] }, ['missing'], 'messages.0.role'],
    [{ error: { code: 400, metadata: { raw: '{"error":{"param":"seed"}}' } } }, ['400'], 'seed'],
    ['text', []],
  ];
  for (const [body, codes, parameter] of fields) {
    it(`names codes and the parameter of ${JSON.stringify(body)}`, () => {
      const found = readServerError(body);
      assert.deepEqual([found.codes, found.parameter], [codes, parameter]);
    });
  }
});
