import * as v from 'valibot';
import { type ParameterSet, parseModelRef } from '../../core/chat';
import { DESTINATION_KINDS, type DestinationKind } from '../../core/destinationKind';
import { QuilletError } from '../../core/errors';
import { withoutUndefined } from '../../util/withoutUndefined';
import { parametersSchema, toParameterSet } from './parameterSchema';

/** What a keybinding, a task or another extension may say to `quillet.run`. */
export interface RunArguments {
  /** The id of a prompt of the library. */
  readonly prompt?: string;
  /** The text of a prompt, instead of one of the library; variables can stand in it. */
  readonly text?: string;
  readonly destination?: DestinationKind;
  /** A model ref. */
  readonly model?: string;
  readonly parameters?: ParameterSet;
  /** Answers to the inputs of the prompt, by name. */
  readonly input?: Readonly<Record<string, string>>;
}

const MAX_TEXT_LENGTH = 64 * 1024;

const boundedString = (maxLength: number) => v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(maxLength)));
const isNotArray = v.check((value: unknown) => !Array.isArray(value));

/** Fields that are not named here come from somebody who expects more than there is; they mean nothing. */
const schema = v.pipe(
  v.unknown(),
  isNotArray,
  v.object({
    prompt: boundedString(255),
    text: v.optional(
      v.pipe(
        v.string(),
        v.check((value) => value.trim() !== ''),
        v.maxLength(MAX_TEXT_LENGTH),
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
      v.pipe(v.unknown(), isNotArray, v.record(v.string(), v.pipe(v.string(), v.maxLength(MAX_TEXT_LENGTH)))),
    ),
  }),
);

/**
 * Reads arguments that may be anything. What cannot be used is refused rather than passed over: a destination that was
 * mistyped must not become one that writes somewhere else. Null is no argument.
 * @throws QuilletError `cfg.arguments`, which names the field and never its value.
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
  // Two prompts at once are one too many, and nobody could say which was meant.
  if (fields.prompt !== undefined && fields.text !== undefined)
    throw new QuilletError('cfg.arguments', { subject: 'text' });
  return {
    ...fields,
    ...withoutUndefined({ parameters: parameters !== undefined ? toParameterSet(parameters) : undefined }),
  } as RunArguments;
}

/** An object of another extension can throw when it is looked at. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
