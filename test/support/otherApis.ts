import {
  type AnswerOptions,
  defaultUsage,
  doneFrame,
  frame,
  framesOf,
  json,
  type Scenario,
  type Step,
  send,
} from './scenario';

/** `defaultUsage` with the names of the Responses API. */
export const responsesUsage = { input_tokens: 21, output_tokens: 34, total_tokens: 55 } as const;

/** One event of the Responses API, with its name in front of the data and inside it. */
export function responseEvent(type: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return `event: ${type}\n${frame({ type, ...fields })}`;
}

/** A complete streamed answer of the Responses API. `fields` are those of the response in the last event. */
export function responsesStream(
  pieces: readonly string[],
  fields: Readonly<Record<string, unknown>> = { status: 'completed' },
): Scenario {
  const response = { id: 'resp-fake', object: 'response', model: 'fake-model', usage: responsesUsage, ...fields };
  const end = fields['status'] === 'completed' ? 'response.completed' : `response.${String(fields['status'])}`;
  return framesOf(
    responseEvent('response.created', { response: { ...response, status: 'in_progress', usage: null } }),
    responseEvent('response.output_item.added', { item: { type: 'message', role: 'assistant', content: [] } }),
    ...pieces.map((delta) => responseEvent('response.output_text.delta', { delta, output_index: 0 })),
    responseEvent('response.output_text.done', { text: pieces.join('') }),
    responseEvent(end, { response }),
  );
}

/** A whole answer of the Responses API in a single JSON document. */
export function wholeResponse(
  content: readonly Readonly<Record<string, unknown>>[],
  fields: Readonly<Record<string, unknown>> = {},
): Scenario {
  const output = [
    { type: 'reasoning', summary: [] },
    { type: 'message', role: 'assistant', content },
  ];
  return json({
    object: 'response',
    status: 'completed',
    model: 'fake-model',
    output,
    usage: responsesUsage,
    ...fields,
  });
}

export function textFrame(text: string, finishReason: string | null = null): string {
  return frame({
    object: 'text_completion',
    model: 'fake-model',
    choices: [{ index: 0, text, finish_reason: finishReason }],
  });
}

export function textCompletion(pieces: readonly string[], finishReason = 'stop'): Scenario {
  return framesOf(
    ...pieces.map((piece) => textFrame(piece)),
    textFrame('', finishReason),
    frame({ object: 'text_completion', choices: [], usage: defaultUsage }),
    doneFrame,
  );
}

/** `defaultUsage` with the names of the Messages API. */
export const messagesUsage = { input_tokens: 21, output_tokens: 34 } as const;

/** One event of the Messages API, with its name in front of the data and inside it. */
export function messagesEvent(type: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return `event: ${type}\n${frame({ type, ...fields })}`;
}

export function blockStart(
  index: number,
  block: Readonly<Record<string, unknown>> = { type: 'text', text: '' },
): string {
  return messagesEvent('content_block_start', { index, content_block: block });
}

export function blockDelta(delta: unknown, index = 0): string {
  return messagesEvent('content_block_delta', { index, delta });
}

export function textDelta(text: string, index = 0): string {
  return blockDelta({ type: 'text_delta', text }, index);
}

export function blockStop(index = 0): string {
  return messagesEvent('content_block_stop', { index });
}

/** The event with the stop reason and the final token counts. */
export function messageDelta(reason: string | null = 'end_turn', usage: unknown = messagesUsage): string {
  return messagesEvent('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage });
}

export function messageStart(fields: Readonly<Record<string, unknown>> = {}): string {
  const message = { id: 'msg_fake', type: 'message', role: 'assistant', model: 'fake-model', content: [], ...fields };
  return messagesEvent('message_start', { message });
}

/** A complete streamed answer of the Messages API. */
export function messagesStream(pieces: readonly string[], options: AnswerOptions = {}): Scenario {
  const { delayMs, finishReason = 'end_turn', usage = messagesUsage, done = true, headers, toxics } = options;
  const pause: readonly Step[] = delayMs === undefined ? [] : [{ do: 'wait', ms: delayMs }];
  const steps: Step[] = [
    send(messageStart({ usage: usage === null ? null : { ...usage, output_tokens: 1 } })),
    send(blockStart(0)),
    send(messagesEvent('ping')),
    ...pieces.flatMap((piece) => [...pause, send(textDelta(piece))]),
    ...(options.then ?? []),
    send(blockStop()),
  ];
  if (finishReason !== null) steps.push(send(messageDelta(finishReason, usage)));
  if (done) steps.push(send(messagesEvent('message_stop')));
  return { steps, ...(headers === undefined ? {} : { headers }), ...(toxics === undefined ? {} : { toxics }) };
}

/** A whole answer of the Messages API in a single JSON document. */
export function wholeMessage(content: unknown, fields: Readonly<Record<string, unknown>> = {}): Scenario {
  const message = { id: 'msg_fake', type: 'message', role: 'assistant', model: 'fake-model', stop_reason: 'end_turn' };
  return json({ ...message, content, usage: messagesUsage, ...fields });
}

/** An error in the format of the Messages API. */
export function messagesError(
  status: number,
  type: string,
  message: string,
  headers: Scenario['headers'] = {},
): Scenario {
  const body = { type: 'error', error: { type, message }, request_id: 'req_7' };
  return json(body, status, { 'request-id': 'req_7', ...headers });
}
