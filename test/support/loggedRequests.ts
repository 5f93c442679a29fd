import { QuilletError } from '../../src/core/errors';
import { ReviewDecisions } from '../../src/core/outboundText';
import type { LoggedRequest } from '../../src/runs/common/requestHistory';

/** A request that succeeded on its second attempt. `key` is added to the raw response. */
export function loggedRequest(
  id: number,
  sentAt: number,
  { asked = 'Why?', answer = 'So.', key = '' } = {},
): LoggedRequest {
  const wire = { method: 'POST', url: 'https://a.test/v1/chat/completions', headers: { 'x-team': 'a' } } as const;
  const request = {
    api: 'chat',
    wire: { ...wire, body: { model: 'm', messages: [{ role: 'user', content: asked }] } },
  } as const;
  const body = { text: `data: ${answer}${key}`, end: '', omitted: 0, bytes: 6 + answer.length };
  const error = new QuilletError('http.5xx', { status: 503, serverMessage: 'busy' });
  return {
    id,
    sentAt,
    plan: {
      promptId: 'explain',
      title: 'Explain',
      destination: 'thread',
      endpoint: {
        providerId: 'p',
        label: 'P',
        baseUrl: 'https://a.test/v1',
        api: 'chat',
        headers: { 'x-team': 'a' },
        needsKey: false,
        apiKeyCommand: ['pass', 'show', 'work'],
        parameters: { temperature: 0 },
      },
      model: 'm',
      messages: [{ role: 'user', content: asked }],
      parameters: { maxOutputTokens: 9 },
      languageId: 'typescript',
      documentUri: 'file:///secret/place.ts',
      group: { id, selectionCount: 1 },
      reviewDecisions: new ReviewDecisions(),
    },
    attempts: [
      { attempt: 1, request, hasKey: true, startMs: 0, endMs: 1, error, next: { kind: 'retry', waitMs: 5 } },
      {
        attempt: 2,
        request,
        hasKey: true,
        startMs: 6,
        headersMs: 7,
        endMs: 9,
        response: { status: 200, headers: [['a', 'b']], body },
      },
    ],
    end: {
      record: {
        id,
        groupId: id,
        promptId: 'explain',
        destination: 'thread',
        modelRef: { providerId: 'p', model: 'm' },
        outcome: 'ok',
        usage: { inputTokens: 3, outputTokens: 2 },
        attempts: 2,
        charactersIn: asked.length,
        charactersOut: answer.length,
        totalMs: 9,
        origin: 'https://a.test',
        warnings: key === '' ? [] : [{ kind: 'text.key' }],
      },
      answer,
    },
  };
}
