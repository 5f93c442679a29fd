import * as assert from 'node:assert/strict';
import { isQuilletError } from '../../../../src/core/errors';
import { deserializeRequest, MAX_SAVED_BYTES, serializeRequest } from '../../../../src/requests/common/savedRequest';
import type { LoggedRequest } from '../../../../src/runs/common/requestHistory';
import { Redactor } from '../../../../src/sanitize/redactor';
import { loggedRequest } from '../../../support/loggedRequests';

const same = (text: string) => text;

function written(request: LoggedRequest, clean = same): string {
  return new TextDecoder().decode(serializeRequest(request, clean));
}

describe('a saved request', () => {
  it('is restored with everything that is shown, copied or resent, but without earlier review decisions', () => {
    const request = loggedRequest(7, 1000);
    const read = deserializeRequest(serializeRequest(request, same) ?? new Uint8Array(), -3);
    assert.ok(read?.end);
    const { plan, attempts, end } = request;
    const { apiKeyCommand: _, ...endpoint } = plan.endpoint;
    assert.deepEqual([read.id, read.sentAt, read.end.answer], [-3, 1000, end?.answer]);
    assert.deepEqual(read.plan.endpoint, { ...endpoint, needsKey: true });
    assert.deepEqual(
      [read.plan.messages, read.plan.parameters, read.plan.documentUri],
      [plan.messages, plan.parameters, ''],
    );
    assert.equal(read.plan.reviewDecisions.isDecided('Why?'), false);
    const withoutErrors = (all: LoggedRequest['attempts']) => all.map(({ error: _error, ...attempt }) => attempt);
    assert.deepEqual(withoutErrors(read.attempts), withoutErrors(attempts));
    const [first] = read.attempts;
    assert.ok(isQuilletError(first?.error));
    assert.deepEqual([first.error.kind, first.error.details.serverMessage], ['http.5xx', 'busy']);
    assert.deepEqual({ ...read.end.record, id: 7 }, end?.record);
  });

  it('contains no keys, key commands, or local paths [R18, E07]', () => {
    const key = `sk-canary-${'kept'.repeat(8)}`;
    const redactor = new Redactor();
    redactor.addSecret(key);
    const text = written(loggedRequest(1, 1, { asked: `The key ${key}`, answer: key }), (part) =>
      redactor.redact(part),
    );
    assert.ok(text.includes('The key ***'), text);
    for (const absent of [key, 'pass', 'secret/place']) assert.ok(!text.includes(absent), absent);
  });

  it('contains no values that only their name identifies as secret [R18, E07]', () => {
    const redactor = new Redactor();
    const { attempts, ...rest } = loggedRequest(1, 1, { asked: 'sk-0123456789abcdef0123 is old' });
    const [first, second] = attempts;
    assert.ok(first !== undefined && second?.response !== undefined);
    const { request, response } = second;
    const headers = [
      ['set-cookie', '__cf_bm="walrus one"; path=/'],
      ['content-type', 'text/plain'],
    ] as const;
    const wire = { ...request.wire, body: { model: 'm', password: 'walrus "two"', deep: [{ api_key: 'walrus3' }] } };
    const changed = { ...second, request: { ...request, wire }, response: { ...response, headers } };
    const bytes = serializeRequest({ ...rest, attempts: [first, changed] }, (text) => redactor.redact(text));
    const read = deserializeRequest(bytes ?? new Uint8Array(), -1);
    assert.ok(read !== undefined && !new TextDecoder().decode(bytes).includes('walrus'));
    const [, shown] = read.attempts;
    assert.deepEqual(shown?.response?.headers, [
      ['set-cookie', '***'],
      ['content-type', 'text/plain'],
    ]);
    assert.deepEqual(shown?.request.wire.body, { model: 'm', password: '***', deep: [{ api_key: '***' }] });
    assert.equal(read.plan.messages[0]?.content, '*** is old');
  });

  it('omits the response of a server that echoed the key in chunks [E07]', () => {
    const request = loggedRequest(1, 1, { key: 'k-e-y' });
    assert.ok(!written(request).includes('k-e-y'));
    const { attempts } = deserializeRequest(serializeRequest(request, same) ?? new Uint8Array(), -1) ?? {};
    assert.deepEqual(attempts?.[1]?.response?.body, { text: '', end: '', omitted: 9, bytes: 9 });
  });

  it('keeps secret placeholders in the answer', () => {
    const request = loggedRequest(1, 1, { asked: 'hunter22 is it', answer: 'It is hunter22.' });
    const hidden = request.plan.reviewDecisions.replaceSecrets(
      'hunter22 is it',
      [{ start: 0, end: 8, kind: 'password' } as never],
      ['hunter22 is it'],
    );
    assert.ok(!hidden.includes('hunter22'));
    const asSent = {
      ...request,
      plan: { ...request.plan, messages: [{ role: 'user', content: hidden } as const] },
      attempts: [],
    };
    assert.ok(!written(asSent).includes('hunter22'));
  });

  it('is not written while running or if it is too large', () => {
    const { end: _, ...open } = loggedRequest(1, 1);
    assert.equal(serializeRequest(open, same), undefined);
    assert.equal(serializeRequest(loggedRequest(1, 1, { answer: 'x'.repeat(MAX_SAVED_BYTES) }), same), undefined);
  });

  it('is ignored if the file is damaged, of another version, or unrelated [Q07]', () => {
    const text = written(loggedRequest(1, 1));
    const others = [
      text.slice(0, -1),
      text.replace('"v":1', '"v":2'),
      text.replace('https://a.test/v1"', 'x"'),
      '',
      'null',
      '[]',
      '{}',
    ];
    for (const other of others)
      assert.equal(deserializeRequest(new TextEncoder().encode(other), -1), undefined, other.slice(0, 40));
  });
});
