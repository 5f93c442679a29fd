import * as assert from 'node:assert/strict';
import {
  apiError,
  completion,
  deltaFrame,
  doneFrame,
  finishFrame,
  frame,
  framesOf,
  html,
  json,
  neverAnswers,
  redirect,
  type Scenario,
  send,
  streamed,
  text,
  usageFrame,
} from '../../support/scenario';
import { answerNext, answerWith, chats, otherBaseUrl } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

/** The result of one server behavior, as seen by the user of Insert Completion. */
interface Row {
  readonly name: string;
  readonly scenario: Scenario | readonly Scenario[];
  /** The text after the selection. */
  readonly inserted: string;
  /** The text of the only notification; absent if there is none. */
  readonly notice?: RegExp;
  readonly status: RegExp;
  readonly requests?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly tooltip?: RegExp;
}

const selected = 'const first = 1;';
const code = `${selected}\nconst second = 2;\n`;
const done = /^\$\(edit-sparkle\) [\w-]+ · 55 tokens$/;
const warned = /^\$\(warning\) quillet-test · 55 tokens$/;
const unknown = /token count unavailable/;
const failed = /^\$\(warning\) quillet-test · failed$/;

const hello = [
  deltaFrame({ role: 'assistant', content: '' }),
  deltaFrame({ content: 'Hel' }),
  deltaFrame({ content: 'lo' }),
];
const end = [finishFrame(), usageFrame({ prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 }), doneFrame];
const whole = streamed(['Hel', 'lo']);

function amid(...frames: readonly string[]): Scenario {
  return framesOf(...hello, ...frames, ...end);
}

function isList(scenario: Row['scenario']): scenario is readonly Scenario[] {
  return Array.isArray(scenario);
}

// Complete answers.
const complete: readonly Omit<Row, 'inserted' | 'status'>[] = [
  { name: 'one byte per packet [N14]', scenario: { ...whole, toxics: { slicer: { size: 1 } } } },
  { name: 'a slow connection [N17]', scenario: { ...whole, toxics: { bandwidth: 20_000 } } },
  { name: 'a connection that stays open after the end [N18]', scenario: { ...whole, toxics: { slowClose: 400 } } },
  { name: 'no content type [B06]', scenario: { ...whole, headers: { 'content-type': null } } },
  { name: 'status 206 [H18]', scenario: { ...whole, status: 206 } },
  {
    name: 'a server that rejects stream_options [H02]',
    scenario: [apiError(400, { message: "Unknown parameter: 'stream_options'", param: 'stream_options' }), whole],
    requests: 2,
    // What was learned about a server and model is kept until the window closes.
    settings: { model: 'test/without-stream-options' },
  },
  {
    name: 'a server that is loading its model [H15]',
    scenario: [json({ error: { message: 'Loading model' } }, 503), whole],
    requests: 2,
    settings: { retries: 1 },
  },
  {
    name: 'CRLF line ends [S01]',
    scenario: framesOf(...[...hello, ...end].map((part) => part.replaceAll('\n', '\r\n'))),
  },
  {
    name: 'no space after the colon [S02]',
    scenario: framesOf(...[...hello, ...end].map((part) => part.replace('data: ', 'data:'))),
  },
  {
    name: 'data in several lines [S03]',
    scenario: framesOf(...[...hello, ...end].map((part) => part.replace('{"id"', '{\ndata: "id"'))),
  },
  { name: 'a ping [S05]', scenario: amid('event: ping\n\n') },
  { name: 'an event without data [S06]', scenario: amid('data:\n\n') },
  { name: 'comments, IDs and retry lines [S04]', scenario: amid(': ping\n\n', 'id: 7\nretry: 10\n\n') },
  { name: 'chunks after [DONE] [S14]', scenario: framesOf(...hello, ...end, deltaFrame({ content: 'more' })) },
  { name: 'a last event without a blank line [S16]', scenario: framesOf(...hello, ...end.slice(0, 2), 'data: [DONE]') },
  {
    name: 'deltas that are null or missing [S22]',
    scenario: amid(deltaFrame(null), deltaFrame({ content: null }), frame({ choices: [{ index: 0 }] })),
  },
  {
    name: 'content as parts [S23]',
    scenario: framesOf(deltaFrame({ content: [{ type: 'text', text: 'Hel' }] }), ...hello.slice(2), ...end),
  },
  { name: 'reasoning [S25]', scenario: framesOf(deltaFrame({ reasoning_content: 'hm' }), ...hello, ...end) },
  { name: 'empty tool calls [S27]', scenario: amid(deltaFrame({ tool_calls: [] }), deltaFrame({ refusal: null })) },
  { name: 'a model that changes its name [S32]', scenario: amid(frame({ id: 'x', model: 'other', choices: [] })) },
];

// Complete answers with a warning.
const withWarning: readonly Omit<Row, 'inserted'>[] = [
  {
    name: 'a single document instead of a stream [B01]',
    scenario: completion('Hello', { usage: { prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 } }),
    status: warned,
    tooltip: /doesn't support streaming/,
  },
  {
    name: '[DONE] without a finish reason [S09]',
    scenario: streamed(['Hel', 'lo'], { finishReason: null }),
    status: warned,
    tooltip: /didn't report why/,
  },
  {
    name: 'the token limit [S10]',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'length' }),
    status: warned,
    notice: /cut off at the token limit/,
  },
  {
    name: 'an unknown finish reason [S12]',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'weird' }),
    status: warned,
    notice: /unknown reason \(weird\)/,
    tooltip: /weird/,
  },
  { name: 'content that is a number [S24]', scenario: amid(deltaFrame({ content: 7 })), status: warned },
  { name: 'choices that are null [S28]', scenario: amid(frame({ choices: null })), status: warned },
  {
    name: 'usage that is not a number [S30]',
    scenario: streamed(['Hel', 'lo'], { usage: { prompt_tokens: 'many' } }),
    status: unknown,
  },
];

// Nothing arrived, so the document is unchanged.
const nothing: readonly Omit<Row, 'inserted' | 'status'>[] = [
  {
    name: 'status 400 [H01]',
    scenario: apiError(400, { message: 'Bad model.' }),
    notice: /"Test Server" rejected the request: Bad model\./,
  },
  {
    name: 'status 403 with a web page [H05]',
    scenario: html('<h1>Forbidden</h1>', 403),
    notice: /doesn't allow this request: Forbidden/,
  },
  { name: 'status 413 [H08]', scenario: text('too large', 413), notice: /too large/ },
  {
    name: 'status 422 [H09]',
    scenario: json({ detail: [{ loc: ['body', 'model'], msg: 'field required' }] }, 422),
    notice: /model: field required/,
  },
  {
    name: 'status 429 for an hour [H11]',
    scenario: apiError(429, { message: 'Slow down' }, { 'retry-after': '3600' }),
    notice: /Try again at/,
    settings: { retries: 2 },
    requests: 1,
  },
  {
    name: 'an exhausted quota [H12]',
    scenario: apiError(429, { message: 'Quota.', code: 'insufficient_quota' }),
    notice: /your credit is used up/,
    settings: { retries: 2 },
    requests: 1,
  },
  {
    name: 'status 502 with a web page [H14]',
    scenario: html(`<p>${'Bad gateway '.repeat(400)}</p>`, 502),
    notice: /^.{1,400}$/,
  },
  { name: 'status 204 [H17]', scenario: { status: 204 }, notice: /./ },
  {
    name: 'a 302 to another origin [H19]',
    scenario: redirect(302, 'http://localhost:9/v1'),
    notice: /didn't follow the redirect/,
  },
  {
    name: 'a 307 to another origin [H20]',
    scenario: redirect(307, `${otherBaseUrl()}/chat/completions`),
    notice: /didn't follow the redirect/,
    requests: 1,
  },
  {
    name: 'an error with status 200 [B02]',
    scenario: json({ error: { message: 'n_ctx is too small' } }),
    notice: /n_ctx is too small/,
  },
  {
    name: 'lines of JSON [B05]',
    scenario: text('{"a":1}\n{"a":2}\n', 200, { 'content-type': 'application/x-ndjson' }),
    notice: /ends in \/v1/,
  },
  {
    name: 'events without blank lines [S17]',
    scenario: framesOf(...[...hello, ...end].map((part) => `${part.trimEnd()}\n`)),
    notice: /corrupted/,
  },
  {
    name: 'reasoning without an answer [S26]',
    scenario: framesOf(deltaFrame({ reasoning_content: 'hm' }), ...end),
    notice: /only reasoning/,
  },
  {
    name: 'no headers [T01]',
    scenario: neverAnswers,
    notice: /didn't respond within 0\.3 seconds/,
    settings: { 'timeouts.headers': 0.3 },
  },
  {
    name: 'nothing after the headers [T02]',
    scenario: { steps: [send(': hello\n\n'), { do: 'hang' }] },
    notice: /sent no text within 0\.3 seconds/,
    settings: { 'timeouts.firstToken': 0.3 },
  },
  {
    name: 'endless comments [T04]',
    scenario: { steps: [{ do: 'repeat', text: ': x\n\n', everyMs: 50 }] },
    notice: /sent no text within 0\.3 seconds/,
    settings: { 'timeouts.firstToken': 0.3 },
  },
];

// The text that arrived before a failure stays.
const partial: readonly Omit<Row, 'inserted' | 'status'>[] = [
  {
    name: 'a content filter [S11]',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'content_filter' }),
    notice: /content filter/,
  },
  { name: 'text after [DONE] [S13]', scenario: framesOf(...hello, 'data: [DONE]x\n\n'), notice: /corrupted/ },
  { name: 'half an event [S15]', scenario: framesOf(...hello, 'data: {"id":"chat'), notice: /corrupted/ },
  {
    name: 'an error in the stream [S18]',
    scenario: framesOf(...hello, frame({ error: { message: 'GPU lost' } })),
    notice: /GPU lost/,
  },
  {
    name: 'an error as text [S19]',
    scenario: framesOf(...hello, frame({ error: 'GPU lost' })),
    notice: /GPU lost/,
  },
  {
    name: 'an error line [S20]',
    scenario: framesOf(...hello, 'error: {"code":500,"message":"GPU lost"}\n\n', doneFrame),
    notice: /GPU lost/,
  },
  {
    name: 'an error that the server swallowed [S21]',
    scenario: framesOf(...hello, deltaFrame({ content: '' })),
    notice: /ended early/,
  },
  {
    name: 'the total limit [T06]',
    scenario: streamed(['Hel', 'lo'], { then: [{ do: 'hang' }] }),
    notice: /wasn't complete after 1 seconds/,
    settings: { 'timeouts.total': 1 },
  },
];

async function check(row: Row): Promise<void> {
  if (row.settings !== undefined) await setSettings(row.settings);
  await (isList(row.scenario) ? answerNext(...row.scenario) : answerWith(row.scenario));
  const editor = await openFile(code);
  select(editor, selected);
  await run('quillet.insert');
  assert.equal(editor.document.getText(), `${selected}${row.inserted}${code.slice(selected.length)}`);
  if (row.notice === undefined) assert.deepEqual(ui.texts, []);
  else assert.match(ui.texts[0] ?? '', row.notice);
  assert.ok(ui.shown.length < 2, JSON.stringify(ui.texts));
  assert.match(ui.statusText, row.status);
  if (row.tooltip !== undefined) assert.match(String(ui.status?.tooltip), row.tooltip);
  if (row.requests !== undefined) assert.equal((await chats()).length, row.requests);
}

describe('Insert Completion', () => {
  useQuillet();

  for (const row of complete)
    it(`inserts the answer: ${row.name}`, () => check({ ...row, inserted: '\nHello', status: done }));
  for (const row of withWarning)
    it(`inserts the answer with a warning: ${row.name}`, () => check({ ...row, inserted: '\nHello' }));
  for (const row of nothing)
    it(`inserts nothing and reports ${row.name}`, () => check({ ...row, inserted: '', status: failed }));
  for (const row of partial)
    it(`keeps the partial answer and reports ${row.name}`, () =>
      check({ ...row, inserted: '\nHello', status: failed }));
});
