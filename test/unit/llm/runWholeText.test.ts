import * as fc from 'fast-check';
import type { HttpApiConfig } from '../../../src/core/chat';
import { assertRun, type Expected, knownUsage, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import { responseEvent, responsesUsage, textFrame } from '../../support/otherApis';
import { checkAsyncProperty } from '../../support/properties';
import {
  completionBody,
  defaultUsage,
  deltaFrame,
  doneFrame,
  finishFrame,
  frame,
  framesOf,
  type Scenario,
  usageFrame,
} from '../../support/scenario';

const text: Expected = { outcome: 'ok', text: 'Hello' };
const complete: Expected = { ...text, usage: knownUsage };
const deltas = [deltaFrame({ content: 'Hel' }), deltaFrame({ content: 'lo' })];
const end = [finishFrame(), usageFrame(defaultUsage), doneFrame];

function messageFrame(content: unknown, fields: object = {}, finishReason: string | null = null): string {
  return frame({
    choices: [{ index: 0, ...fields, message: { role: 'assistant', content }, finish_reason: finishReason }],
  });
}

describe('a run whose server sends the answer more than once', () => {
  const server = useServer();
  const cases: readonly (readonly [string, Scenario])[] = [
    ['a last message after deltas, as MiniMax sends it', framesOf(...deltas, messageFrame('Hello', {}, 'stop'))],
    ['a last message beside an empty delta', framesOf(...deltas, messageFrame('Hello', { delta: {} }, 'stop'))],
    [
      'a message in every chunk',
      framesOf(
        ...['Hel', 'lo'].map((content, index) => messageFrame('Hello'.slice(0, 3 + 2 * index), { delta: { content } })),
        finishFrame(),
      ),
    ],
    [
      'a growing message beside delta: null',
      framesOf(
        ...['H', 'Hel', 'Hel', 'Hello'].map((content) => messageFrame(content, { delta: null })),
        messageFrame('Hello', { delta: null }, 'stop'),
      ),
    ],
    ['a growing message without a delta', framesOf(messageFrame('Hel'), messageFrame('Hello', {}, 'stop'))],
    ['messages in pieces', framesOf(messageFrame('Hel'), messageFrame('lo'), messageFrame('', {}, 'stop'))],
    ['only a last message', framesOf(deltaFrame({ role: 'assistant' }), messageFrame('Hello', {}, 'stop'))],
    [
      'a message of parts after deltas',
      framesOf(...deltas, messageFrame([{ type: 'text', text: 'Hello' }], {}, 'stop')),
    ],
  ];
  for (const [name, script] of cases) {
    it(`reads ${name} once`, async () => {
      server().script(script);
      assertRun(await runAt(server().url), text);
    });
  }
});

describe('a run with the Responses API whose text comes in other events', () => {
  const server = useServer();
  const part = (value: string) => ({ type: 'output_text', text: value });
  const message = (value: string, fields = {}) => ({
    type: 'message',
    role: 'assistant',
    content: [part(value)],
    ...fields,
  });
  const delta = (value: string, fields = {}) =>
    responseEvent('response.output_text.delta', { delta: value, ...fields });
  const completed = (...output: object[]) =>
    responseEvent('response.completed', { response: { status: 'completed', output, usage: responsesUsage } });
  const item = (type: 'added' | 'done', index: number, value: object) =>
    responseEvent(`response.output_item.${type}`, { output_index: index, item: value });
  const textDone = responseEvent('response.output_text.done', { text: 'Hello' });
  const partDone = responseEvent('response.content_part.done', { part: part('Hello') });
  const commentary = { phase: 'commentary', id: 'msg_0' };
  const cases: readonly (readonly [string, Scenario, Expected])[] = [
    ['only in response.completed', framesOf(completed(message('Hello'))), complete],
    ['only in output_text.done', framesOf(textDone, completed()), complete],
    ['only in content_part.done', framesOf(partDone, completed()), complete],
    ['only in output_item.done', framesOf(item('done', 0, message('Hello')), completed()), complete],
    [
      'only in response.done',
      framesOf(responseEvent('response.done', { response: { status: 'completed', output: [message('Hello')] } })),
      text,
    ],
    [
      'in all of them',
      framesOf(
        item('added', 0, message('')),
        delta('Hel'),
        delta('lo'),
        textDone,
        partDone,
        item('done', 0, message('Hello')),
        completed(message('Hello')),
      ),
      complete,
    ],
    ['half in deltas', framesOf(delta('Hel'), completed(message('Hello'))), complete],
    [
      'half in deltas, whole in output_text.done',
      framesOf(delta('Hel'), textDone, completed(message('Hello'))),
      complete,
    ],
    [
      'in two parts',
      framesOf(
        delta('Hel', { output_index: 0, content_index: 0 }),
        responseEvent('response.output_text.done', { output_index: 0, content_index: 0, text: 'Hel' }),
        delta('l', { output_index: 0, content_index: 1 }),
        responseEvent('response.output_text.done', { output_index: 0, content_index: 1, text: 'lo' }),
        completed({ type: 'message', content: [part('Hel'), part('lo')] }),
      ),
      complete,
    ],
    [
      'behind reasoning',
      framesOf(
        item('done', 0, { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }),
        completed({ type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm.' }] }, message('Hello')),
      ),
      complete,
    ],
    [
      'behind commentary',
      framesOf(
        item('added', 0, message('', commentary)),
        delta('I will change it.', { output_index: 0, item_id: 'msg_0' }),
        item('done', 0, message('I will change it.', commentary)),
        item('added', 1, message('', { phase: 'final_answer' })),
        delta('Hello', { output_index: 1 }),
        completed(message('I will change it.', commentary), message('Hello', { phase: 'final_answer' })),
      ),
      complete,
    ],
    [
      'behind commentary, in the last event',
      framesOf(completed(message('I will.', commentary), message('Hello'))),
      complete,
    ],
    [
      'in two messages',
      framesOf(
        delta('Hel', { output_index: 0 }),
        delta('lo', { output_index: 1 }),
        completed(message('Hel'), message('lo')),
      ),
      { ...complete, text: 'Hel\n\nlo' },
    ],
    [
      'that turns out to be commentary',
      framesOf(
        delta('I will.', { output_index: 0 }),
        delta('Hello', { output_index: 1 }),
        completed(message('I will.', commentary), message('Hello')),
      ),
      { ...complete, text: 'I will.\n\nHello', warnings: ['finish.other commentary'] },
    ],
    [
      'in events that are not known',
      framesOf(responseEvent('response.web_search_call.searching', { output_index: 0 }), delta('Hello'), completed()),
      complete,
    ],
  ];
  for (const [name, script, expected] of cases) {
    it(`reads text ${name}`, async () => {
      server().script(script, 'responses');
      assertRun(await runAt(server().url, { endpoint: { api: 'responses' } }), expected);
    });
  }
});

describe('a run whose model works without text', () => {
  const server = useServer();
  const signs: readonly (readonly [string, unknown])[] = [
    ['reasoning_content', { reasoning_content: 'Hm.' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] }],
    ['encrypted reasoning_details', { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }],
    ['thinking', { thinking: 'Hm.' }],
    ['thinking_blocks', { thinking_blocks: [{ type: 'thinking', thinking: 'Hm.' }] }],
    ['parts of type reasoning', { content: [{ type: 'reasoning', text: 'Hm.' }] }],
    ['parts of type thinking', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }],
    ['tool calls', { tool_calls: [{ index: 0, function: { name: 'f', arguments: '{' } }] }],
    ['a field that is not known', { plan: 'Hm.' }],
  ];
  for (const [name, delta] of signs) {
    it(`waits longer for text while ${name} arrive, and shows that it thinks [S25]`, async () => {
      const wait = { do: 'wait', ms: 120 } as const;
      const sign = { do: 'send', text: deltaFrame(delta) } as const;
      const rest = [...deltas, ...end].map((frameText) => ({ do: 'send', text: frameText }) as const);
      server().script({ steps: [sign, wait, sign, wait, sign, wait, sign, wait, ...rest] });
      const run = await runAt(server().url, { timeouts: { firstToken: 300, idle: 2000 } });
      assertRun(run, complete);
      if (!run.phases.some(({ kind }) => kind === 'thinking')) throw new Error('no phase "thinking"');
    });
  }

  for (const [name, delta] of [
    ['empty fields', { reasoning: '', tool_calls: [], thinking_blocks: null, reasoning_details: [{}] }],
    ['only a role', { role: 'assistant', content: '' }],
  ] as const) {
    it(`gives up if there are ${name} only`, async () => {
      server().script({ steps: [{ do: 'repeat', text: deltaFrame(delta), everyMs: 20 }] });
      const run = await runAt(server().url, { timeouts: { firstToken: 200 } });
      assertRun(run, { outcome: 'failed', kind: 'time.firstToken' });
    });
  }

  const contents: readonly (readonly [string, unknown])[] = [
    ['a string', 'Hello'],
    ['a list of strings', ['Hel', 'lo']],
    ['an object', { type: 'text', text: 'Hello' }],
    ['an object without a type', { text: 'Hello' }],
    ['{ text: { value } }', { text: { value: 'Hello' } }],
    ['a list of { text: { value } }', [{ type: 'text', text: { value: 'Hel' } }, { text: { value: 'lo' } }]],
    ['output_text parts', [{ type: 'output_text', text: 'Hello' }]],
    [
      'text behind reasoning',
      [
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: 'Hello' },
      ],
    ],
    ['a part marked as a thought', [{ text: 'Hm.', thought: true }, { text: 'Hello' }]],
  ];
  for (const [name, content] of contents) {
    it(`reads content that is ${name} [S24]`, async () => {
      server().script(framesOf(deltaFrame({ content }), ...end));
      assertRun(await runAt(server().url), complete);
      server().script(
        framesOf(frame(completionBody('', { choices: [{ message: { content }, finish_reason: 'stop' }] }))),
      );
      assertRun(await runAt(server().url), complete);
    });
  }
});

describe('a run whose content type is wrong', () => {
  const server = useServer();
  const frames = [...deltas, ...end];
  const lines = frames.slice(0, 4).map((line) => line.slice('data: '.length).trimEnd());
  const bodies: readonly (readonly [string, readonly string[]])[] = [
    ['events', frames],
    ['events behind a comment', [': hi\n\n', ...frames]],
    ['named events', frames.map((line) => `event: message\n${line}`)],
    ['events behind blank lines', ['\n\n', ' \r\n', ...frames]],
    ['lines of JSON', lines.map((line) => `${line}\n`)],
    ['lines of JSON without a last line end', [lines.join('\n')]],
  ];
  const types = [
    'application/json',
    'text/plain',
    'application/octet-stream',
    'application/x-ndjson',
    'text/html',
    null,
  ];
  for (const [name, body] of bodies) {
    for (const type of [...types, 'text/event-stream']) {
      it(`reads ${name} under ${type ?? 'no content type'}`, async () => {
        for (const size of [undefined, 1]) {
          const toxics = size === undefined ? {} : { toxics: { slicer: { size: 7 } } };
          server().script({ headers: { 'content-type': type }, ...framesOf(...body), ...toxics });
          assertRun(await runAt(server().url), complete);
        }
      });
    }
  }

  it('shows text as it arrives, whatever the content type is', async () => {
    for (const [, body] of bodies) {
      const [first = '', second = '', ...rest] = body.length === 1 ? body.join('').split(/(?<=\n)/) : body;
      const head = first.includes('{') ? [first, second] : [first, second, rest.shift() ?? '', rest.shift() ?? ''];
      const steps = [
        ...head.map((part) => ({ do: 'send', text: part }) as const),
        { do: 'gate', name: 'shown' } as const,
      ];
      const after = rest.map((part) => ({ do: 'send', text: part }) as const);
      server().script({ headers: { 'content-type': 'text/plain' }, steps: [...steps, ...after] });
      assertRun(await runAt(server().url, { onText: () => server().openGate('shown') }), complete);
    }
  });

  const config: HttpApiConfig = {
    url: '',
    method: 'POST',
    body: {},
    stream: 'sse',
    text: '/choices/0/delta/content',
    delta: '/choices/0/delta/content',
    finish: '/choices/0/finish_reason',
    usage: '/usage',
    error: '/error',
  };
  for (const stream of ['sse', 'ndjson'] as const) {
    for (const [name, body] of bodies) {
      it(`reads ${name} of a custom request that expects ${stream}`, async () => {
        const request = { ...config, stream, url: new URL('/generate', server().url).href };
        for (const type of types) {
          server().script({ headers: { 'content-type': type }, ...framesOf(...body) }, 'other');
          assertRun(await runAt(server().url, { endpoint: { api: 'http', request } }), complete);
        }
      });
    }
  }
});

describe('a run whose usage is in a field of the server', () => {
  const server = useServer();
  const choice = (fields: object) => frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop', ...fields }] });
  const cases: readonly (readonly [string, string])[] = [
    ['the choice, as Kimi sends it', choice({ usage: defaultUsage })],
    ['x_groq', frame({ x_groq: { id: 'x', usage: defaultUsage }, choices: [{ delta: {}, finish_reason: 'stop' }] })],
    ['an event without choices', finishFrame() + frame({ usage: defaultUsage })],
  ];
  for (const [name, last] of cases) {
    it(`reads it from ${name}`, async () => {
      server().script(framesOf(...deltas, last, doneFrame));
      assertRun(await runAt(server().url), complete);
    });
  }
});

describe('a run with noise in the stream', () => {
  const server = useServer();
  const noise = fc.constantFrom(
    ': keep-alive\n\n',
    'event: ping\n\n',
    'event: keepalive\ndata: {"type":"keepalive"}\n\n',
    'data: {"type":"ping"}\n\n',
    'data: {"status":"processing"}\n\n',
    'event: meta\ndata: {"id":1}\n\n',
    'event: meta\ndata: loading\n\n',
    'data: []\n\n',
    'id: 1\n\n',
    'data:\n\n',
    deltaFrame({}),
    deltaFrame({ reasoning: 'Hm.' }),
    frame({ choices: [] }),
  );

  it('has the same text for any noise and any packets (property) [N14]', async () => {
    const frames = [deltaFrame({ content: 'H' }), deltaFrame({ content: 'é' }), deltaFrame({ content: '🙂\n' })];
    const input = fc.tuple(
      fc.array(fc.array(noise, { maxLength: 4 }), { minLength: 3, maxLength: 3 }),
      fc.nat({ max: 60 }),
    );
    await checkAsyncProperty(
      fc.asyncProperty(input, async ([groups, size]) => {
        const body = frames.flatMap((line, index) => [...(groups[index] ?? []), line]);
        const toxics = size === 0 ? {} : { toxics: { slicer: { size: 20 * size } } };
        server().script({ ...framesOf(...body, finishFrame(), doneFrame), ...toxics });
        const options: RunOptions = { retries: 0 };
        const run = await runAt(server().url, options);
        assertRun({ ...run, warnings: [] }, { outcome: 'ok', text: 'Hé🙂\n' });
      }),
      { seed: 14, numRuns: 60 },
    );
  });

  it('reads text frames among chunks of chat', async () => {
    server().script(framesOf(textFrame('Hel'), textFrame('lo'), ...end), 'completions');
    assertRun(await runAt(server().url, { endpoint: { api: 'completions' } }), complete);
  });
});
