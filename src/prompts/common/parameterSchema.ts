import * as v from 'valibot';
import type { ParameterSet } from '../../core/chat';
import type { ExpectedValue } from './promptProblem';

const numberFromZeroTo = (max: 1 | 2) => {
  const expected = `from0to${max}` satisfies ExpectedValue;
  return v.nullish(v.pipe(v.number(expected), v.minValue(0, expected), v.maxValue(max, expected)));
};

const integer = (min: number, expected: ExpectedValue) =>
  v.nullish(v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(min, expected)));

const EXPECTED_STOP: ExpectedValue = 'stop';

const fieldsSchema = v.strictObject(
  {
    temperature: numberFromZeroTo(2),
    topP: numberFromZeroTo(1),
    maxOutputTokens: integer(1, 'aboveZero'),
    stop: v.nullish(
      v.union(
        [
          v.string(),
          v.pipe(v.array(v.string(EXPECTED_STOP)), v.minLength(1, EXPECTED_STOP), v.maxLength(4, EXPECTED_STOP)),
        ],
        EXPECTED_STOP,
      ),
    ),
    seed: integer(Number.MIN_SAFE_INTEGER, 'wholeNumber'),
    reasoningEffort: v.nullish(v.string('text' satisfies ExpectedValue)),
  },
  (issue): ExpectedValue => (issue.expected === 'never' ? 'parameter' : 'parameters'),
);

/** Parameters as written in a prompt file or keybinding. Messages are {@link ExpectedValue}s. */
export const parametersSchema = v.pipe(fieldsSchema, v.transform(toParameterSet));

/** As in the settings, null means "not sent". */
function toParameterSet({ stop, ...others }: v.InferOutput<typeof fieldsSchema>): ParameterSet {
  const fields = { ...others, stop: typeof stop === 'string' ? [stop] : stop };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
