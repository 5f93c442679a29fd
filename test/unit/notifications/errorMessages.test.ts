import * as assert from 'node:assert/strict';
import { type ErrorDetails, type ErrorKind, QuilletError } from '../../../src/core/errors';
import { messageFor } from '../../../src/notifications/errorMessages';
import { Redactor } from '../../../src/sanitize/redactor';

const server: ErrorDetails = { providerLabel: 'Test Server', host: '127.0.0.1:1234' };

const messages: readonly (readonly [ErrorKind, ErrorDetails, string])[] = [
  ['http.400', { serverMessage: 'Bad model.' }, '"Test Server" rejected the request: Bad model.'],
  ['http.403', { serverMessage: 'Forbidden' }, '"Test Server" doesn\'t allow this request: Forbidden.'],
  [
    'http.404',
    { path: '/v1/chat/completions', serverMessage: 'Not Found' },
    '127.0.0.1:1234 has no endpoint at /v1/chat/completions. Is /v1 missing or repeated in the base URL? (Not Found.)',
  ],
  [
    'doc.excluded',
    {
      subject: 'cart.ts',
      exclusion: { source: '.aiignore', file: 'file:///a/.aiignore', line: 3, rule: 'secrets/**' },
    },
    'cart.ts is excluded by .aiignore, line 3: secrets/**.',
  ],
  [
    'doc.excluded',
    { subject: 'cart.ts', exclusion: { source: 'quillet.ignore', line: 1, rule: '*.ts' } },
    'cart.ts is excluded by the setting quillet.ignore: *.ts.',
  ],
  [
    'doc.excluded',
    { subject: 'cart.ts', exclusion: { source: 'a/.aiignore', file: 'file:///a/.aiignore' } },
    "cart.ts can't be sent: a/.aiignore is unreadable or too complex.",
  ],
  [
    'doc.excluded',
    { subject: '', exclusion: { source: '.aiignore', file: 'file:///a/.aiignore' } },
    "The changes don't say which files they come from, so Quillet can't apply .aiignore.",
  ],
  [
    'doc.excluded',
    { subject: 'cart.ts', exclusion: { source: 'chat.disableAIFeatures' } },
    'This workspace turns off AI features (chat.disableAIFeatures).',
  ],
  ['picture.toolarge', { max: 10 }, 'A picture can have up to 10 MB.'],
  [
    'picture.gone',
    { subject: '[picture 1 · 1×1 · ≈ 255 tokens]' },
    '[picture 1 · 1×1 · ≈ 255 tokens] is no longer in memory. Paste the picture again.',
  ],
  [
    'picture.style',
    { subject: 'completions' },
    '"Test Server" uses the API style completions, which takes no pictures. Remove them, or select another model.',
  ],
  ['lm.missing', { model: 'copilot/gpt-x' }, 'VS Code has no model "copilot/gpt-x". Select another model.'],
  [
    'lm.blocked',
    { model: 'copilot/gpt-x', serverMessage: 'Too many requests' },
    'VS Code blocked the request to "copilot/gpt-x": Too many requests.',
  ],
  ['http.413', {}, 'The request is too large for "Test Server". Send less text.'],
  [
    'http.422',
    { serverMessage: 'model: field required' },
    '"Test Server" couldn\'t process the request: model: field required.',
  ],
  ['http.429', { serverMessage: 'Slow down.' }, '"Test Server" is limiting requests: Slow down.'],
  [
    'http.quota',
    { serverMessage: 'Quota.' },
    '"Test Server" reports that your credit is used up. API credit is separate from a chat subscription. (Quota.)',
  ],
  ['http.5xx', { status: 502, serverMessage: 'Bad' }, '"Test Server" returned a server error (502): Bad.'],
  [
    'http.redirect',
    { subject: 'http://localhost:9' },
    "127.0.0.1:1234 redirects to http://localhost:9. Quillet didn't follow the redirect, so your code and API key stay with the server you chose.",
  ],
  [
    'body.html',
    {},
    '127.0.0.1:1234 sent a web page instead of an API response. Is a sign-in page or a proxy in the way?',
  ],
  ['body.ndjson', {}, '127.0.0.1:1234 responded in its own format (JSON lines). Use the address that ends in /v1.'],
  ['body.error', { serverMessage: 'n_ctx is too small' }, '"Test Server" returned an error: n_ctx is too small.'],
  ['body.empty', { subject: 'reasoning' }, 'The model returned only reasoning and no answer.'],
  ['body.empty', {}, "The answer was empty (finish reason: none). The model's context window may be too small."],
  ['sse.malformed', {}, "Can't read the response from 127.0.0.1:1234: the stream is corrupted."],
  ['sse.truncated', {}, 'The response from 127.0.0.1:1234 ended early; it may be incomplete.'],
  ['sse.error', { serverMessage: 'GPU lost' }, '"Test Server" stopped with an error: GPU lost.'],
  ['finish.length', {}, 'The answer was cut off at the token limit.'],
  [
    'finish.length',
    { subject: 'reasoning' },
    'The model used the whole token limit for reasoning. Increase maxOutputTokens to get an answer.',
  ],
  ['finish.filter', {}, "The provider's content filter stopped the answer."],
  [
    'finish.unknown',
    { subject: 'weird' },
    'The server stopped for an unknown reason (weird). The answer may be incomplete.',
  ],
  ['finish.refusal', { serverMessage: 'I will not.' }, 'The model refused to answer: I will not.'],
  [
    'time.firstToken',
    { limitMs: 300 },
    '127.0.0.1:1234 accepted the request but sent no text within 0.3 seconds (quillet.timeouts.firstToken). The model may still be loading or reasoning.',
  ],
  ['cfg.field', { providerId: 'p', subject: 'body', code: 'notJson' }, '"body" of provider "p" must be a JSON object.'],
  [
    'cfg.field',
    { providerId: 'p', subject: 'models.m.body', code: 'protected', parameter: 'model' },
    '"models.m.body" of provider "p" can\'t set "model".',
  ],
  ['time.total', { limitMs: 1000 }, "The response wasn't complete after 1 seconds (quillet.timeouts.total)."],
];

describe('the message for an error', () => {
  for (const [kind, details, message] of messages) {
    it(`of the kind ${kind} is "${message.slice(0, 50)}…"`, () => {
      assert.equal(messageFor(new QuilletError(kind, { ...server, ...details }), new Redactor()), message);
    });
  }

  it('says when a rate limit ends', () => {
    const error = new QuilletError('http.429', { ...server, retryAfterMs: 3_600_000 });
    assert.match(messageFor(error, new Redactor()), /^"Test Server" is limiting requests\. Try again at \d+:\d\d.*\.$/);
  });

  it('shortens what the server says [H14]', () => {
    const error = new QuilletError('http.5xx', { ...server, serverMessage: 'Bad gateway '.repeat(400) });
    assert.ok(messageFor(error, new Redactor()).length <= 400);
  });
});
