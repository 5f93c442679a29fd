import * as v from 'valibot';
import { parseModelRef } from '../../core/chat';
import { DESTINATION_KINDS } from '../../core/destinationKind';
import { QuilletError } from '../../core/errors';
import { parametersSchema } from './parameterSchema';
import { MAX_PROMPT_LENGTH } from './promptProblem';

const boundedString = (maxLength: number) => v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(maxLength)));
const isNotArray = v.check((value: unknown) => !Array.isArray(value));

/** Unknown fields are ignored. */
const schema = v.pipe(
  v.unknown(),
  isNotArray,
  v.object({
    prompt: boundedString(255),
    text: v.optional(
      v.pipe(
        v.string(),
        v.check((value) => value.trim() !== ''),
        v.maxLength(MAX_PROMPT_LENGTH),
      ),
    ),
    destination: v.optional(v.picklist(DESTINATION_KINDS)),
    model: v.optional(
      v.pipe(
        v.string(),
        v.maxLength(500),
        v.check((value) => parseModelRef(value) !== undefined),
      ),
    ),
    parameters: v.optional(parametersSchema),
    input: v.optional(
      v.pipe(v.unknown(), isNotArray, v.record(v.string(), v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)))),
    ),
  }),
  // Ambiguous: both name a prompt.
  v.forward(
    v.check(({ prompt, text }) => prompt === undefined || text === undefined),
    ['text'],
  ),
);

/** Arguments that a keybinding, a task or another extension may pass to `quillet.run`. */
export type RunArguments = v.InferOutput<typeof schema>;

/**
 * Validates untrusted arguments. Rejects invalid values: a mistyped destination must not fall back to one that writes
 * elsewhere.
 * @throws QuilletError `cfg.arguments`, naming the field but never its value.
 */
export function readRunArguments(argument: unknown): RunArguments {
  if (argument === undefined || argument === null) return {};
  const result = tryParse(argument);
  if (result?.success === true) return result.output;
  const [issue] = result?.issues ?? [];
  const field = issue === undefined ? null : v.getDotPath(issue);
  throw new QuilletError('cfg.arguments', field === null ? {} : { subject: field });
}

/** Getters of another extension's object may throw. */
function tryParse(argument: unknown) {
  try {
    return v.safeParse(schema, argument);
  } catch {
    return undefined;
  }
}
