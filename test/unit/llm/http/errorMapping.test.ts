import assert from 'node:assert/strict';
import { type ErrorKind, QuilletError } from '../../../../src/core/errors';
import { hostAndPath, toRequestError, toResponseError } from '../../../../src/llm/http/errorMapping';

const requestDetails = { host: 'llm.example.com:443', path: '/v1/chat/completions' };

// A failure as the SDK throws it: its own error around fetch's around the socket's.
function connectionFailure(code: string): Error {
  const inner = Object.assign(new Error(`inner ${code}`), { code });
  const fetchFailed = new TypeError('fetch failed', { cause: inner });
  const fields = { status: undefined, headers: undefined, error: undefined, code: undefined };
  return Object.assign(new Error('Connection error.', { cause: fetchFailed }), fields);
}

describe('errorMapping', () => {
  const codes: readonly [string, ErrorKind][] = [
    ['ECONNREFUSED', 'net.refused'],
    ['EHOSTUNREACH', 'net.refused'],
    ['ENETUNREACH', 'net.refused'],
    ['ENOTFOUND', 'net.dns'],
    ['EAI_AGAIN', 'net.dns'],
    ['ECONNRESET', 'net.reset'],
    ['EPIPE', 'net.reset'],
    ['UND_ERR_SOCKET', 'net.reset'],
    ['ETIMEDOUT', 'time.headers'],
    ['UND_ERR_CONNECT_TIMEOUT', 'time.headers'],
    ['UND_ERR_HEADERS_TIMEOUT', 'time.headers'],
    ['UND_ERR_BODY_TIMEOUT', 'time.idle'],
    ['UND_ERR_HEADERS_OVERFLOW', 'net.protocol'],
    ['HPE_INVALID_CONSTANT', 'net.protocol'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'net.tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'net.tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'net.tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'net.tls'],
    ['CERT_HAS_EXPIRED', 'net.tls'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'net.tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'net.tls'],
    ['Z_DATA_ERROR', 'body.encoding'],
    ['ERR__ERROR_FORMAT_PADDING_1', 'body.encoding'],
    ['EWHATEVER', 'net.other'],
  ];
  // Limits of Node's own fetch. Users cannot set them, so the message has to name them.
  const fetchTimeouts: Readonly<Record<string, number>> = {
    UND_ERR_CONNECT_TIMEOUT: 10_000,
    UND_ERR_HEADERS_TIMEOUT: 300_000,
    UND_ERR_BODY_TIMEOUT: 300_000,
  };
  for (const [code, kind] of codes) {
    it(`maps ${code} behind "Connection error." to ${kind} [R49]`, () => {
      const error = toRequestError(connectionFailure(code), requestDetails, false);
      const limitMs = fetchTimeouts[code];
      assert.deepEqual([error.kind, error.details], [kind, { ...requestDetails, code, ...(limitMs && { limitMs }) }]);
    });
  }

  const proxies: readonly [string, object, string | undefined][] = [
    ['another port', { code: 'ECONNREFUSED', address: '10.0.0.1', port: 3128 }, '10.0.0.1:3128'],
    ['another port, after a timeout', { code: 'ETIMEDOUT', address: '10.0.0.1', port: 8080 }, '10.0.0.1:8080'],
    [
      'both addresses of another port',
      {
        code: 'ECONNREFUSED',
        errors: [
          { address: '::1', port: 3128 },
          { address: '127.0.0.1', port: 3128 },
        ],
      },
      '::1:3128',
    ],
    ['another name', { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'proxy.corp' }, 'proxy.corp'],
    ["the server's port", { code: 'ECONNREFUSED', address: '10.0.0.1', port: 443 }, undefined],
    ["the server's name", { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'llm.example.com' }, undefined],
    ['no address', { code: 'ECONNREFUSED' }, undefined],
  ];
  for (const [name, fields, proxy] of proxies) {
    it(`names ${proxy ?? 'no proxy'} for a failed connection to ${name} [N21]`, () => {
      const thrown = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), fields) });
      const { kind, details } = toRequestError(thrown, requestDetails, false);
      assert.deepEqual([kind === 'net.proxy', details.subject], [proxy !== undefined, proxy]);
    });
  }

  it('maps a lost connection to net.midstream once the answer has begun [R49]', () => {
    for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'EWHATEVER']) {
      const error = toRequestError(
        new TypeError('terminated', { cause: Object.assign(new Error(), { code }) }),
        requestDetails,
        true,
      );
      assert.deepEqual([error.kind, error.details.code], ['net.midstream', code]);
    }
    assert.equal(toRequestError(new TypeError('terminated'), requestDetails, true).kind, 'net.midstream');
    assert.equal(toRequestError(connectionFailure('UND_ERR_BODY_TIMEOUT'), requestDetails, true).kind, 'time.idle');
  });

  it('finds our own error inside the wrapper of the SDK', () => {
    const own = new QuilletError('http.redirect', { status: 307, path: '/other' });
    const wrapped = new Error('Connection error.', { cause: new Error('again', { cause: own }) });
    const error = toRequestError(wrapped, requestDetails, false);
    assert.deepEqual(
      [error.kind, error.details],
      ['http.redirect', { ...requestDetails, status: 307, path: '/other' }],
    );
  });

  it('maps the aborts of fetch and of the SDK to a cancellation', async () => {
    const { APIUserAbortError } = await import('openai');
    for (const abort of [new DOMException('aborted', 'AbortError'), new APIUserAbortError()]) {
      assert.equal(toRequestError(abort, requestDetails, false).kind, 'cancelled');
    }
  });

  it('survives values that are not errors, and circular causes', () => {
    for (const thrown of [undefined, null, 'text', 42, {}]) {
      assert.equal(toRequestError(thrown, requestDetails, false).kind, 'net.other');
    }
    const circular = new Error('a');
    circular.cause = circular;
    assert.equal(toRequestError(circular, requestDetails, false).kind, 'net.other');
  });

  const statuses: readonly [number, object, ErrorKind][] = [
    [307, {}, 'http.redirect'],
    [400, {}, 'http.400'],
    [402, {}, 'http.4xx'],
    [403, {}, 'http.403'],
    [418, {}, 'http.4xx'],
    [429, {}, 'http.429'],
    [429, { error: { code: 'insufficient_quota' } }, 'http.quota'],
    [429, { error: { type: 'insufficient_quota' } }, 'http.quota'],
    [503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 'http.loading'],
    [503, { error: 'Model meta-llama/Llama-2-7b is currently loading', estimated_time: 20 }, 'http.loading'],
    [500, { error: 'llm server loading model' }, 'http.loading'],
    [503, { message: 'Model is warming up' }, 'http.loading'],
    [503, { detail: 'The model is not ready yet' }, 'http.loading'],
    [503, { error: { message: 'litellm.ServiceUnavailableError: OpenAIException - Loading model' } }, 'http.loading'],
    [503, { error: { message: "Error code: 503 - {'message': 'Loading model', 'code': 503}" } }, 'http.loading'],
    [500, { error: { message: 'litellm.InternalServerError: error loading model' } }, 'http.5xx'],
    [503, { error: 'Overloaded' }, 'http.5xx'],
    [500, { error: 'error loading model /m.gguf: out of memory' }, 'http.5xx'],
    [500, { error: 'failed to load model' }, 'http.5xx'],
    [404, { error: 'Model x is not loaded' }, 'http.404'],
    [413, {}, 'http.413'],
    [413, { error: { type: 'tokens', code: 'rate_limit_exceeded' } }, 'http.429'],
    [413, { error: { type: 'rate_limit_error' } }, 'http.429'],
    [400, { error: { code: 'content_filter' } }, 'finish.filter'],
    [400, { error: { code: '400', innererror: { code: 'ResponsibleAIPolicyViolation' } } }, 'finish.filter'],
    [400, { code: 'DataInspectionFailed', message: 'x' }, 'finish.filter'],
    [500, {}, 'http.5xx'],
    [599, {}, 'http.5xx'],
  ];
  for (const [status, body, kind] of statuses) {
    it(`maps ${status} ${JSON.stringify(body)} to ${kind}`, () => {
      const response = new Response('', { status, headers: { 'x-request-id': 'req-1', 'retry-after': '2' } });
      const { kind: seen, details } = toResponseError(response, body, requestDetails);
      assert.equal(seen, kind);
      assert.deepEqual([details.status, details.requestId, details.retryAfterMs], [status, 'req-1', 2000]);
    });
  }

  it('splits a URL into host, port and path', () => {
    const table = [
      ['https://llm.example.com/v1/models?key=secret', 'llm.example.com:443', '/v1/models'],
      ['http://127.0.0.1/v1', '127.0.0.1:80', '/v1'],
      ['http://[::1]:1234/v1', '[::1]:1234', '/v1'],
      ['https://user:secret@llm.example.com/v1', 'llm.example.com:443', '/v1'],
    ] as const;
    for (const [url, host, path] of table) assert.deepEqual(hostAndPath(url), { host, path });
  });
});
