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

/** What one way of the server ends as, seen by the user of Insert Completion. */
interface Row {
  readonly name: string;
  readonly scenario: Scenario | readonly Scenario[];
  /** What stands behind the selection afterwards. */
  readonly inserted: string;
  /** What the one notification says; none when absent. */
  readonly notice?: RegExp;
  readonly status: RegExp;
  readonly requests?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The whole tooltip holds this. */
  readonly tooltip?: RegExp;
}

const selected = 'const first = 1;';
const code = `${selected}\nconst second = 2;\n`;
const done = /^\$\(edit-sparkle\) quillet-test · 55 tokens$/;
const warned = /^\$\(warning\) quillet-test · 55 tokens$/;
const unknown = /tokens: not reported/;
const failed = /^\$\(warning\) quillet-test · failed$/;

const hello = [
  deltaFrame({ role: 'assistant', content: '' }),
  deltaFrame({ content: 'Hel' }),
  deltaFrame({ content: 'lo' }),
];
const end = [finishFrame(), usageFrame({ prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 }), doneFrame];
const whole = streamed(['Hel', 'lo']);

/** The whole answer with something else in its middle. */
function amid(...frames: readonly string[]): Scenario {
  return framesOf(...hello, ...frames, ...end);
}

function isList(scenario: Row['scenario']): scenario is readonly Scenario[] {
  return Array.isArray(scenario);
}

/** Answers that are whole, however they came. */
const complete: readonly Omit<Row, 'inserted' | 'status'>[] = [
  { name: 'N14: one byte in a packet', scenario: { ...whole, toxics: { slicer: { size: 1 } } } },
  { name: 'N17: a slow line', scenario: { ...whole, toxics: { bandwidth: 20_000 } } },
  { name: 'N18: a connection that stays open behind the end', scenario: { ...whole, toxics: { slowClose: 400 } } },
  { name: 'B06: no content type', scenario: { ...whole, headers: { 'content-type': null } } },
  { name: 'H18: status 206', scenario: { ...whole, status: 206 } },
  {
    name: 'H02: a server that refuses stream_options',
    scenario: [apiError(400, { message: "Unknown parameter: 'stream_options'", param: 'stream_options' }), whole],
    requests: 2,
  },
  {
    name: 'H15: a server that loads its model',
    scenario: [json({ error: { message: 'Loading model' } }, 503), whole],
    requests: 2,
    settings: { retries: 1 },
  },
  { name: 'S01: CRLF', scenario: framesOf(...[...hello, ...end].map((part) => part.replaceAll('\n', '\r\n'))) },
  {
    name: 'S02: no space behind the colon',
    scenario: framesOf(...[...hello, ...end].map((part) => part.replace('data: ', 'data:'))),
  },
  {
    name: 'S03: data in several lines',
    scenario: framesOf(...[...hello, ...end].map((part) => part.replace('{"id"', '{\ndata: "id"'))),
  },
  { name: 'S04: comments, ids and retry lines', scenario: amid(': ping\n\n', 'id: 7\nretry: 10\n\n') },
  { name: 'S14: chunks behind [DONE]', scenario: framesOf(...hello, ...end, deltaFrame({ content: 'more' })) },
  { name: 'S16: a last event without a blank line', scenario: framesOf(...hello, ...end.slice(0, 2), 'data: [DONE]') },
  {
    name: 'S22: deltas that are null or missing',
    scenario: amid(deltaFrame(null), deltaFrame({ content: null }), frame({ choices: [{ index: 0 }] })),
  },
  {
    name: 'S23: content as parts',
    scenario: framesOf(deltaFrame({ content: [{ type: 'text', text: 'Hel' }] }), ...hello.slice(2), ...end),
  },
  { name: 'S25: reasoning', scenario: framesOf(deltaFrame({ reasoning_content: 'hm' }), ...hello, ...end) },
  { name: 'S27: noise of tool calls', scenario: amid(deltaFrame({ tool_calls: [] }), deltaFrame({ refusal: null })) },
  { name: 'S32: a model that changes its name', scenario: amid(frame({ id: 'x', model: 'other', choices: [] })) },
];

/** Answers that are whole, with something that users should know. */
const withWarning: readonly Omit<Row, 'inserted'>[] = [
  {
    name: 'B01: one document instead of a stream',
    scenario: completion('Hello', { usage: { prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 } }),
    status: warned,
    tooltip: /does not stream/,
  },
  { name: 'S05: a ping', scenario: amid('event: ping\n\n'), status: warned, tooltip: /1 events/ },
  { name: 'S06: an event without data', scenario: amid('data:\n\n'), status: warned, tooltip: /1 events/ },
  {
    name: 'S09: [DONE] without a reason',
    scenario: streamed(['Hel', 'lo'], { finishReason: null }),
    status: warned,
    tooltip: /did not say why/,
  },
  {
    name: 'S10: the token limit',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'length' }),
    status: warned,
    notice: /cut off at the token limit/,
  },
  {
    name: 'S12: a reason nobody knows',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'weird' }),
    status: warned,
    tooltip: /weird/,
  },
  { name: 'S24: content that is a number', scenario: amid(deltaFrame({ content: 7 })), status: warned },
  { name: 'S28: choices that are null', scenario: amid(frame({ choices: null })), status: warned },
  {
    name: 'S30: usage that is no number',
    scenario: streamed(['Hel', 'lo'], { usage: { prompt_tokens: 'many' } }),
    status: unknown,
  },
];

/** Nothing arrived: the document is as it was. */
const nothing: readonly Omit<Row, 'inserted' | 'status'>[] = [
  {
    name: 'H01: 400',
    scenario: apiError(400, { message: 'Bad model.' }),
    notice: /Test Server refused the request: Bad model\./,
  },
  {
    name: 'H05: 403 with a page',
    scenario: html('<h1>Forbidden</h1>', 403),
    notice: /does not allow this request: Forbidden/,
  },
  { name: 'H08: 413', scenario: text('too large', 413), notice: /too large/ },
  {
    name: 'H09: 422',
    scenario: json({ detail: [{ loc: ['body', 'model'], msg: 'field required' }] }, 422),
    notice: /model: field required/,
  },
  {
    name: 'H11: 429 for an hour',
    scenario: apiError(429, { message: 'Slow down' }, { 'retry-after': '3600' }),
    notice: /Try again at/,
    settings: { retries: 2 },
    requests: 1,
  },
  {
    name: 'H12: no credit',
    scenario: apiError(429, { message: 'Quota.', code: 'insufficient_quota' }),
    notice: /no credit left/,
    settings: { retries: 2 },
    requests: 1,
  },
  { name: 'H14: 502 with a page', scenario: html(`<p>${'Bad gateway '.repeat(400)}</p>`, 502), notice: /^.{1,400}$/ },
  { name: 'H17: 204', scenario: { status: 204 }, notice: /./ },
  { name: 'H19: 302 to another origin', scenario: redirect(302, 'http://localhost:9/v1'), notice: /not followed/ },
  {
    name: 'H20: 307 to another origin',
    scenario: redirect(307, `${otherBaseUrl()}/chat/completions`),
    notice: /not followed/,
    requests: 1,
  },
  {
    name: 'B02: an error with status 200',
    scenario: json({ error: { message: 'n_ctx is too small' } }),
    notice: /n_ctx is too small/,
  },
  {
    name: 'B05: lines of JSON',
    scenario: text('{"a":1}\n{"a":2}\n', 200, { 'content-type': 'application/x-ndjson' }),
    notice: /ends in \/v1/,
  },
  {
    name: 'S17: single line ends only',
    scenario: framesOf(...[...hello, ...end].map((part) => `${part.trimEnd()}\n`)),
    notice: /damaged/,
  },
  {
    name: 'S26: reasoning and no answer',
    scenario: framesOf(deltaFrame({ reasoning_content: 'hm' }), ...end),
    notice: /Only reasoning/,
  },
  {
    name: 'T01: no headers',
    scenario: neverAnswers,
    notice: /did not answer within 0\.3 seconds/,
    settings: { 'timeouts.headers': 0.3 },
  },
  {
    name: 'T02: headers and nothing else',
    scenario: { steps: [send(': hello\n\n'), { do: 'hang' }] },
    notice: /sent no text within 0\.3 seconds/,
    settings: { 'timeouts.firstToken': 0.3 },
  },
  {
    name: 'T04: comments for ever',
    scenario: { steps: [{ do: 'repeat', text: ': x\n\n', everyMs: 50 }] },
    notice: /sent no text within 0\.3 seconds/,
    settings: { 'timeouts.firstToken': 0.3 },
  },
];

/** Text arrived and then it went wrong: what arrived stays. */
const partial: readonly Omit<Row, 'inserted' | 'status'>[] = [
  {
    name: 'S11: a content filter',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'content_filter' }),
    notice: /content filter/,
  },
  { name: 'S13: something behind [DONE]', scenario: framesOf(...hello, 'data: [DONE]x\n\n'), notice: /damaged/ },
  { name: 'S15: half an event', scenario: framesOf(...hello, 'data: {"id":"chat'), notice: /damaged/ },
  {
    name: 'S18: an error in the stream',
    scenario: framesOf(...hello, frame({ error: { message: 'GPU lost' } })),
    notice: /GPU lost/,
  },
  {
    name: 'S19: an error that is a text',
    scenario: framesOf(...hello, frame({ error: 'GPU lost' })),
    notice: /GPU lost/,
  },
  {
    name: 'S20: an error line',
    scenario: framesOf(...hello, 'error: {"code":500,"message":"GPU lost"}\n\n', doneFrame),
    notice: /GPU lost/,
  },
  {
    name: 'S21: an error that was swallowed',
    scenario: framesOf(...hello, deltaFrame({ content: '' })),
    notice: /cut off/,
  },
  {
    name: 'T06: the total limit',
    scenario: streamed(['Hel', 'lo'], { then: [{ do: 'hang' }] }),
    notice: /not complete after 1 seconds/,
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

describe('the wire, through Insert Completion', () => {
  useQuillet();

  for (const row of complete) it(row.name, () => check({ ...row, inserted: 'Hello', status: done }));
  for (const row of withWarning) it(row.name, () => check({ ...row, inserted: 'Hello' }));
  for (const row of nothing) it(row.name, () => check({ ...row, inserted: '', status: failed }));
  for (const row of partial) it(row.name, () => check({ ...row, inserted: 'Hello', status: failed }));
});
