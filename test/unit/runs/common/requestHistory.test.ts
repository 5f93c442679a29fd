import assert from 'node:assert/strict';
import type { AttemptTrace } from '../../../../src/core/attemptTrace';
import { OutboundDecisions } from '../../../../src/core/outboundText';
import type { RunPlan } from '../../../../src/core/run';
import type { RunRecord } from '../../../../src/core/runRecord';
import { RequestHistory } from '../../../../src/runs/common/requestHistory';

const limits = { maxRequests: 3, maxBytes: 1000, maxAnswerLength: 50 };

function plan(content: string): RunPlan {
  return {
    promptId: 'explain',
    title: 'Explain',
    destination: 'thread',
    endpoint: {
      providerId: 'p',
      label: 'P',
      baseUrl: 'http://127.0.0.1:1/v1',
      api: 'chat',
      headers: {},
      needsKey: false,
      parameters: {},
    },
    model: 'm',
    messages: [{ role: 'user', content }],
    parameters: {},
    languageId: 'typescript',
    documentUri: 'file:///a.ts',
    group: { id: 1, selectionCount: 1 },
    outboundDecisions: new OutboundDecisions(),
  };
}

function attempt(text: string): AttemptTrace {
  const request = { api: 'chat', wire: { method: 'POST', url: 'http://127.0.0.1:1/v1', headers: {} } } as const;
  const body = { text, end: '', omitted: 0, bytes: text.length };
  return { attempt: 1, request, hasKey: false, startMs: 0, endMs: 1, response: { status: 200, headers: [], body } };
}

const record: RunRecord = {
  id: 1,
  groupId: 1,
  promptId: 'explain',
  destination: 'thread',
  modelRef: { providerId: 'p', model: 'm' },
  outcome: 'ok',
  attempts: 1,
  charactersIn: 1,
  charactersOut: 1,
  totalMs: 1,
  origin: 'http://127.0.0.1:1',
  warnings: [],
};

const ids = (history: RequestHistory) => history.all.map(({ id }) => id);

describe('RequestHistory', () => {
  it('lists the newest request first, with all its attempts in one entry', () => {
    const history = new RequestHistory();
    for (const id of [1, 2]) history.begin(id, plan('a'), id);
    for (const text of ['one', 'two']) history.addAttempt(1, attempt(text));
    history.end(1, record, 'Hello');
    assert.deepEqual(ids(history), [2, 1]);
    assert.deepEqual(
      history.get(1)?.attempts.map(({ response }) => response?.body.text),
      ['one', 'two'],
    );
    assert.deepEqual(history.get(1)?.end, { record, answer: 'Hello' });
    assert.equal(history.newest?.end, undefined);
  });

  it('keeps at most maxRequests requests', () => {
    const history = new RequestHistory(undefined, limits);
    for (const id of [1, 2, 3, 4, 5]) history.begin(id, plan('a'), id);
    assert.deepEqual(ids(history), [5, 4, 3]);
  });

  it('keeps at most maxBytes, counting messages, bodies and responses', () => {
    const history = new RequestHistory(undefined, limits);
    history.begin(1, plan('x'.repeat(200)), 1);
    history.begin(2, plan('x'.repeat(200)), 2);
    assert.deepEqual(ids(history), [2, 1]);
    history.addAttempt(2, attempt('x'.repeat(120)));
    assert.deepEqual(ids(history), [2]);
    history.begin(3, { ...plan(''), body: { prompt: ['y'.repeat(200)] } }, 3);
    assert.deepEqual(ids(history), [3]);
    history.begin(4, plan('z'), 4);
    const attemptTrace = attempt('');
    const wire = { ...attemptTrace.request.wire, body: { prompt: 'joined '.repeat(50) } };
    history.addAttempt(4, { ...attemptTrace, request: { ...attemptTrace.request, wire } });
    assert.deepEqual(ids(history), [4]);
  });

  it('keeps the newest request whatever its size, and truncates its answer', () => {
    const history = new RequestHistory(undefined, limits);
    history.begin(1, plan('x'.repeat(5000)), 1);
    history.end(1, record, 'y'.repeat(51));
    assert.equal(history.newest?.end?.answer.length, 50);
  });

  it('ignores updates of cleared requests', () => {
    const ended: number[] = [];
    const history = new RequestHistory(({ id }) => ended.push(id));
    for (const id of [1, 2]) history.begin(id, plan('a'), id);
    history.end(2, record, 'a');
    history.clear();
    history.addAttempt(1, attempt('a'));
    history.end(1, record, 'a');
    assert.deepEqual([ids(history), history.newest, ended], [[], undefined, [2]]);
  });
});
