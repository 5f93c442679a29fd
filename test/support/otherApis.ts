import { defaultUsage, doneFrame, frame, framesOf, json, type Scenario } from './scenario';

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
