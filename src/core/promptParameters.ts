import * as v from 'valibot';
import type { ParameterSet } from './chat';

const numberBetween = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}.`;
  return v.nullish(v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message)));
};

const wholeNumber = (low: number, message: string) =>
  v.nullish(v.pipe(v.number(message), v.safeInteger(message), v.minValue(low, message)));

const stopMessage = 'must be a text, or one to four of them.';

/** The parameters of one prompt, as a file or a keybinding writes them. */
export const parametersSchema = v.strictObject(
  {
    temperature: numberBetween(0, 2),
    topP: numberBetween(0, 1),
    maxOutputTokens: wholeNumber(1, 'must be a whole number above 0.'),
    stop: v.nullish(
      v.union(
        [v.string(), v.pipe(v.array(v.string(stopMessage)), v.minLength(1, stopMessage), v.maxLength(4, stopMessage))],
        stopMessage,
      ),
    ),
    seed: wholeNumber(Number.MIN_SAFE_INTEGER, 'must be a whole number.'),
    reasoningEffort: v.nullish(v.string('must be a text.')),
  },
  (issue) => (issue.expected === 'never' ? 'is no parameter.' : 'must be a list of parameters and their values.'),
);

/** Null means "not sent", as it does in the settings. */
export function toParameterSet(parameters: v.InferOutput<typeof parametersSchema> | null | undefined): ParameterSet {
  const { temperature, topP, maxOutputTokens, stop, seed, reasoningEffort } = parameters ?? {};
  return {
    ...(isSet(temperature) && { temperature }),
    ...(isSet(topP) && { topP }),
    ...(isSet(maxOutputTokens) && { maxOutputTokens }),
    ...(isSet(stop) && { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(isSet(seed) && { seed }),
    ...(isSet(reasoningEffort) && { reasoningEffort }),
  };
}

function isSet<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
