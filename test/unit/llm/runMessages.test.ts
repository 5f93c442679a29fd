import assert from 'node:assert/strict';
import type { Usage } from '../../../src/core/chat';
import { messagesEndpoint } from '../../support/dialects';
import { type Expected, expectRun, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import {
  blockDelta,
  blockStart,
  blockStop,
  messageDelta,
  messageStart,
  messagesEvent,
  messagesStream,
  messagesUsage,
  textDelta,
  wholeMessage,
} from '../../support/otherApis';
import { framesOf, json, type Scenario } from '../../support/scenario';

const usage: Usage = { inputTokens: 21, outputTokens: 34 };
const complete: Expected = { outcome: 'ok', text: 'Hello', usage };
const end = [messageDelta(), messagesEvent('message_stop')];
const hello = [blockStart(0), textDelta('Hel'), textDelta('lo'), blockStop()];
const streams: readonly (readonly [name: string, script: Scenario, expected: Expected])[] = [
  ['needs only the deltas of an answer', framesOf(textDelta('Hel'), textDelta('lo'), ...end), complete],
  [
    'reads text in the start of a block',
    framesOf(messageStart(), blockStart(0, { type: 'text', text: 'Hel' }), textDelta('lo'), blockStop(), ...end),
    complete,
  ],
  [
    'joins the text of several blocks, which citations cause',
    framesOf(blockStart(0), textDelta('Hel'), blockStop(0), blockStart(1), textDelta('lo', 1), blockStop(1), ...end),
    complete,
  ],
  [
    'orders the text of blocks that overlap',
    framesOf(
      ...[blockStart(0), textDelta('H'), blockStart(1), textDelta('l', 1), textDelta('el'), textDelta('o', 1)],
      ...[blockStop(1), blockStop(0), ...end],
    ),
    complete,
  ],
  [
    'orders the text of blocks that never stop',
    framesOf(blockStart(0), blockStart(1), textDelta('lo', 1), textDelta('Hel'), ...end),
    complete,
  ],
  [
    'does not wait for an unfinished block of another kind',
    framesOf(blockStart(0, { type: 'thinking', thinking: '' }), blockStart(1), textDelta('Hello', 1), ...end),
    complete,
  ],
  [
    'reads deltas after the stop of their block',
    framesOf(blockStart(0), blockStop(), textDelta('Hello'), ...end),
    complete,
  ],
  [
    'ignores blocks of unknown types with everything in them [S23]',
    framesOf(
      ...[
        blockStart(0, { type: 'hologram', text: 'No' }),
        textDelta('no', 0),
        blockDelta({ type: 'beam', text: 'no' }),
      ],
      ...[blockStop(), blockStart(1), blockDelta({ type: 'beam', text: 'no' }, 1), textDelta('Hello', 1), blockStop(1)],
      ...[messagesEvent('message_note', { text: 'no' }), ...end],
    ),
    complete,
  ],
  [
    'ignores tool calls [S27]',
    framesOf(
      ...hello,
      blockStart(1, { type: 'tool_use', id: 'toolu_1', name: 'get', input: {} }),
      blockDelta({ type: 'input_json_delta', partial_json: '{"a":1}' }, 1),
      blockStop(1),
      ...end,
    ),
    complete,
  ],
  [
    'accepts events without their fields [S22]',
    framesOf(
      messagesEvent('message_start'),
      messagesEvent('content_block_start'),
      blockDelta(null),
      blockDelta({ type: 'text_delta' }),
      messagesEvent('content_block_delta'),
      messagesEvent('content_block_stop'),
      messagesEvent('message_delta'),
      ...hello,
      ...end,
    ),
    complete,
  ],
  [
    'ignores text that is not a string [S24]',
    framesOf(...[42, true, { a: 'no' }].map((text) => blockDelta({ type: 'text_delta', text })), ...hello, ...end),
    { ...complete, warnings: ['sse.odd 3'] },
  ],
  [
    'survives a stop reason of null before the end',
    framesOf(...hello, messageDelta(null, { output_tokens: 3 }), ...end),
    complete,
  ],
  [
    'reports thinking alone as an empty answer [S26]',
    framesOf(
      messageStart(),
      blockStart(0, { type: 'thinking', thinking: '' }),
      blockDelta({ type: 'thinking_delta', thinking: 'Hmm.' }),
      ...end,
    ),
    { outcome: 'failed', kind: 'body.empty', usage },
  ],
  [
    'reports a refusal without words [S27]',
    framesOf(messageStart(), messageDelta('refusal'), end[1] ?? ''),
    { outcome: 'refused', kind: 'finish.filter', usage },
  ],
  [
    'is truncated by a refusal after some text [S27]',
    framesOf(messageStart(), ...hello, messageDelta('refusal'), end[1] ?? ''),
    { outcome: 'truncated', kind: 'finish.filter', text: 'Hello', usage },
  ],
  [
    'is truncated by an overloaded server in the middle [S18]',
    framesOf(
      ...hello.slice(0, 3),
      messagesEvent('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
    ),
    { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
  ],
  [
    'says that the context window was full [S10]',
    framesOf(...hello, messageDelta('model_context_window_exceeded'), end[1] ?? ''),
    { ...complete, warnings: ['finish.length'] },
  ],
  ['accepts the end of a stop sequence', framesOf(...hello, messageDelta('stop_sequence'), end[1] ?? ''), complete],
];

describe('a stream of the Messages API', () => {
  const server = useServer('x-api-key');
  const expect = (script: Scenario, expected: Expected, options: RunOptions = {}) => {
    server().script(script, 'messages');
    return expectRun(server(), expected, { endpoint: messagesEndpoint, ...options });
  };

  for (const [name, script, expected] of streams) it(name, async () => void (await expect(script, expected)));

  it('takes thinking as progress, not as text [S25]', async () => {
    const thinking = [
      blockStart(0, { type: 'thinking', thinking: '' }),
      blockDelta({ type: 'thinking_delta', thinking: 'Hmm.' }),
      blockDelta({ type: 'signature_delta', signature: 'EqQB' }),
      blockStop(),
      blockStart(1, { type: 'redacted_thinking', data: 'Emwk' }),
      blockStop(1),
    ];
    const answer = [blockStart(2), textDelta('Hello', 2), blockStop(2)];
    const run = await expect(framesOf(messageStart(), ...thinking, ...answer, ...end), complete);
    assert.deepEqual(
      run.phases.map(({ kind }) => kind),
      ['connecting', 'waiting', 'thinking', 'receiving'],
    );
  });

  it("keeps the server's explanation of a refusal [S27]", async () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'This looks like malware.' };
    const last = messagesEvent('message_delta', {
      delta: { stop_reason: 'refusal', stop_details: details },
      usage: messagesUsage,
    });
    const run = await expect(framesOf(messageStart(), last, end[1] ?? ''), {
      outcome: 'refused',
      kind: 'finish.refusal',
      usage,
    });
    assert.equal(run.error?.details.serverMessage, 'This looks like malware.');
  });

  it('shows overlapping text as soon as the blocks before it are complete', async () => {
    const shown: string[] = [];
    const frames = [blockStart(0), textDelta('a'), blockStart(1), textDelta('c', 1), textDelta('b'), blockStop(0)];
    const script = framesOf(...frames, textDelta('d', 1), ...end);
    await expect(script, { ...complete, text: 'abcd' }, { onText: (text) => shown.push(text) });
    assert.deepEqual(shown, ['a', 'b', 'c', 'd']);
  });

  it('reports the model and the ID of the request [S32]', async () => {
    const { steps = [] } = messagesStream(['Hello']);
    const run = await expect({ steps, headers: { 'request-id': 'req_7' } }, complete);
    assert.deepEqual([run.reportedModel, run.requestId, run.finishReason], ['fake-model', 'req_7', 'end_turn']);
  });

  it('survives deep nesting [S33]', async () => {
    const nested = `data: {"type":"content_block_delta","delta":{"text":${'['.repeat(100_000)}${']'.repeat(100_000)}}}\n\n`;
    server().script(framesOf(nested, ...hello, ...end), 'messages');
    const run = await runAt(server().url, { endpoint: messagesEndpoint });
    assert.ok(['Hello', ''].includes(run.text), `${run.outcome} ${run.error?.kind}`);
  });

  const wholes: readonly (readonly [name: string, script: Scenario, expected: Expected])[] = [
    [
      'only the text of a whole message [B01]',
      wholeMessage([
        { type: 'thinking', thinking: 'Hmm.', signature: 'x' },
        { type: 'text', text: 'Hel' },
        { type: 'tool_use', name: 'get', input: { text: 'no' } },
        { type: 'text', text: 'lo' },
      ]),
      { ...complete, warnings: ['body.nonstream'] },
    ],
    ['a whole message without content [B04]', wholeMessage([]), { outcome: 'failed', kind: 'body.empty', usage }],
    [
      'the refusal of a whole message',
      wholeMessage([], { stop_reason: 'refusal', stop_details: { explanation: 'No.' } }),
      { outcome: 'refused', kind: 'finish.refusal', usage },
    ],
    [
      'the error in place of a message [B02]',
      json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
      { outcome: 'failed', kind: 'body.error' },
    ],
  ];
  for (const [name, script, expected] of wholes) it(`reads ${name}`, async () => void (await expect(script, expected)));
});

describe('the usage in a stream of the Messages API', () => {
  const server = useServer('x-api-key');
  const cached = { input_tokens: 10, cache_read_input_tokens: 1000, cache_creation_input_tokens: 200 };
  const cases: readonly (readonly [name: string, frames: readonly string[], usage: Usage | undefined])[] = [
    [
      'takes the input from the first event and the output from the last [S30]',
      [
        messageStart({ usage: { ...cached, output_tokens: 2 } }),
        ...hello,
        messageDelta('end_turn', { output_tokens: 7 }),
      ],
      { inputTokens: 1210, outputTokens: 7, cachedTokens: 1000, cacheWriteTokens: 200 },
    ],
    [
      'prefers the counts of the last event, and ignores those that are null [S30]',
      [
        messageStart({ usage: { ...cached, output_tokens: 2 } }),
        ...hello,
        messageDelta('end_turn', { input_tokens: 12, cache_read_input_tokens: null, output_tokens: 7 }),
      ],
      { inputTokens: 1212, outputTokens: 7, cachedTokens: 1000, cacheWriteTokens: 200 },
    ],
    ['is unknown without counts [S30]', [...hello, messageDelta('end_turn', null)], undefined],
    [
      'ignores counts that are no numbers [S30]',
      [...hello, messageDelta('end_turn', { output_tokens: 'many' })],
      undefined,
    ],
  ];
  for (const [name, frames, expected] of cases) {
    it(name, async () => {
      server().script(framesOf(...frames, end[1] ?? ''), 'messages');
      const run = await runAt(server().url, { endpoint: messagesEndpoint });
      assert.deepEqual([run.outcome, run.usage], ['ok', expected]);
    });
  }

  it('does not take the first count for the output of an answer that was cut off [S30]', async () => {
    const script = framesOf(messageStart({ usage: { input_tokens: 21, output_tokens: 1 } }), ...hello);
    server().script({ steps: [...(script.steps ?? []), { do: 'cut' }] }, 'messages');
    const run = await runAt(server().url, { endpoint: messagesEndpoint });
    assert.deepEqual([run.outcome, run.usage], ['truncated', { inputTokens: 21 }]);
  });
});
