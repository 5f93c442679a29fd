import * as v from 'valibot';
import { type DestinationKind, destinationKinds } from './destinationKind';
import { QuilletError } from './errors';

/** What a keybinding, a task or another extension may say to `quillet.run`. */
export interface RunArguments {
  readonly prompt?: string;
  readonly destination?: DestinationKind;
}

/** Fields that are not named here come from somebody who expects more than there is; they mean nothing. */
const schema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value)),
  v.object({
    prompt: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
    destination: v.optional(v.picklist(destinationKinds)),
  }),
);

/**
 * Reads arguments that may be anything. What cannot be used is refused rather than passed over: a destination that was
 * mistyped must not become one that writes somewhere else. Null is no argument.
 * @throws QuilletError `cfg.arguments`, which names the field and never its value.
 */
export function readRunArguments(argument: unknown): RunArguments {
  if (argument === undefined || argument === null) return {};
  const result = safely(() => v.safeParse(schema, argument));
  if (result?.success === true) return result.output as RunArguments;
  const [issue] = result?.issues ?? [];
  const field = issue === undefined ? null : v.getDotPath(issue);
  throw new QuilletError('cfg.arguments', field === null ? {} : { subject: field });
}

/** An object of another extension can throw when it is looked at. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
