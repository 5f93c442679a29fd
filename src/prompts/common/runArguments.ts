import * as v from 'valibot';
import { type ParameterSet, parseModelRef } from '../../core/chat';
import { DESTINATION_KINDS, type DestinationKind } from '../../core/destinationKind';
import { QuilletError } from '../../core/errors';
import { withoutUndefined } from '../../util/withoutUndefined';
import { parametersSchema, toParameterSet } from './parameterSchema';
import { MAX_PROMPT_LENGTH } from './promptProblem';

/** Arguments that a keybinding, a task or another extension may pass to `quillet.run`. */
export interface RunArguments {
  readonly prompt?: string;
  readonly text?: string;
  readonly destination?: DestinationKind;
  readonly model?: string;
  readonly parameters?: ParameterSet;
  readonly input?: Readonly<Record<string, string>>;
}

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
);

/**
 * Validates untrusted arguments. Rejects invalid values: a mistyped destination must not fall back to one that writes
 * elsewhere.
 * @throws QuilletError `cfg.arguments`, naming the field but never its value.
 */
export function readRunArguments(argument: unknown): RunArguments {
  if (argument === undefined || argument === null) return {};
  const result = tryRead(() => v.safeParse(schema, argument));
  if (result?.success !== true) {
    const [issue] = result?.issues ?? [];
    const field = issue === undefined ? null : v.getDotPath(issue);
    throw new QuilletError('cfg.arguments', field === null ? {} : { subject: field });
  }
  const { parameters, ...fields } = result.output;
  // Ambiguous: both name a prompt.
  if (fields.prompt !== undefined && fields.text !== undefined)
    throw new QuilletError('cfg.arguments', { subject: 'text' });
  return {
    ...fields,
    ...withoutUndefined({ parameters: parameters !== undefined ? toParameterSet(parameters) : undefined }),
  } as RunArguments;
}

/** Getters of another extension's object may throw. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
