import type { ErrorDetails, ErrorKind } from './errors';

/**
 * What a server was found to want otherwise than it was asked first. Learned from its own errors and remembered for one
 * endpoint and model; there is no table of model names (needs 2, 24, 27, 28, 29).
 */
export interface Adaptation {
  /** The field that carries the limit of output tokens, or none. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens' | 'none';
  /** Wire names of parameters that are left out. */
  readonly dropped?: readonly string[];
  /** The server refuses `stream_options`, so it is not asked for usage. */
  readonly withoutStreamOptions?: boolean;
  /** The server does not stream this model. */
  readonly withoutStream?: boolean;
  /** The role under which instructions are accepted; `user` puts them in front of the user's own text. */
  readonly systemRole?: 'developer' | 'user';
  /** The model is only served by the Responses API. */
  readonly useResponses?: boolean;
}

/** Parameters that may be dropped when a server refuses them: the answer is then that of the server's own default. */
const OPTIONAL_FIELDS = ['temperature', 'top_p', 'stop', 'seed', 'reasoning_effort', 'reasoning', 'max_output_tokens'];

/** Kinds that can mean "not like this". */
const NEGOTIABLE_KINDS: ReadonlySet<ErrorKind> = new Set(['http.400', 'http.404', 'http.422']);

export interface AdaptationProposal {
  readonly adaptation: Adaptation;
  /** What changed, for the log: the wire name of the field. */
  readonly changed: string;
}

/**
 * Reads a refusal for the field it names, and proposes the same request without or with another one. Undefined when it
 * names none, or one that was tried already, so that a request is never repeated for the same reason.
 * @param sentFields the wire names of what can be taken back, `system` for instructions; "stop" and "seed" are words of English
 * too, and mean a field only where it was sent.
 */
export function negotiate(
  { kind, details }: { readonly kind: ErrorKind; readonly details: ErrorDetails },
  current: Adaptation,
  sentFields: ReadonlySet<string>,
): AdaptationProposal | undefined {
  if (!NEGOTIABLE_KINDS.has(kind)) return undefined;
  const message = details.serverMessage ?? '';
  if (!current.useResponses && /\bv?1?\/?responses\b/.test(message) && /only|use|instead|support/i.test(message)) {
    return { adaptation: { ...current, useResponses: true }, changed: 'responses' };
  }
  if (kind === 'http.404') return undefined;
  const field = rejectedField(details.parameter, message, sentFields);
  return field === undefined || !sentFields.has(field) ? undefined : proposeChange(field, current, message);
}

/** `parameter` where the server names one, else the first of our own fields that its message speaks of. */
function rejectedField(
  parameter: string | undefined,
  message: string,
  sentFields: ReadonlySet<string>,
): string | undefined {
  const names = ['stream_options', 'max_completion_tokens', 'max_tokens', ...OPTIONAL_FIELDS];
  const root = parameter?.split(/[.[]/)[0];
  if (root !== undefined && [...names, 'stream', 'messages'].includes(root)) {
    return root === 'messages' ? roleField(message) : root;
  }
  const mentioned = firstMentioned(
    names.filter((name) => sentFields.has(name)),
    message,
  );
  return mentioned ?? roleField(message) ?? (/\bstream(ing)?\b/i.test(message) ? 'stream' : undefined);
}

/** The first one in the message's own order: what is refused comes before what to use instead. */
function firstMentioned(names: readonly string[], message: string): string | undefined {
  const found = names
    .map((name) => ({ name, index: message.search(new RegExp(`(?<!\\w)${name}(?!\\w)`)) }))
    .filter(({ index }) => index >= 0)
    .sort((left, right) => left.index - right.index);
  return found[0]?.name;
}

function roleField(message: string): string | undefined {
  return /\b(system|developer)\b/i.test(message) && /\b(role|message|instruction)s?\b/i.test(message)
    ? 'system'
    : undefined;
}

function proposeChange(field: string, current: Adaptation, message: string): AdaptationProposal | undefined {
  const toProposal = (change: Adaptation): AdaptationProposal => ({
    adaptation: { ...current, ...change },
    changed: field,
  });
  switch (field) {
    case 'stream_options':
      return current.withoutStreamOptions === true ? undefined : toProposal({ withoutStreamOptions: true });
    case 'stream':
      return current.withoutStream === true ? undefined : toProposal({ withoutStream: true });
    case 'system':
      return proposeSystemRole(current, message, toProposal);
    case 'max_tokens':
    case 'max_completion_tokens':
      return proposeTokenLimit(field, current, toProposal);
    default:
      return current.dropped?.includes(field) === true
        ? undefined
        : toProposal({ dropped: [...(current.dropped ?? []), field] });
  }
}

/** The old name first, because older servers know no other; then the new one; then no limit at all. */
function proposeTokenLimit(
  field: string,
  current: Adaptation,
  toProposal: (change: Adaptation) => AdaptationProposal,
): AdaptationProposal | undefined {
  const used = current.maxTokens ?? 'max_tokens';
  if (used === 'none') return undefined;
  if (used === 'max_tokens' && field === 'max_tokens') return toProposal({ maxTokens: 'max_completion_tokens' });
  return toProposal({ maxTokens: 'none' });
}

function proposeSystemRole(
  current: Adaptation,
  message: string,
  toProposal: (change: Adaptation) => AdaptationProposal,
): AdaptationProposal | undefined {
  if (current.systemRole === 'user') return undefined;
  const wantsDeveloper =
    current.systemRole === undefined && /\bdeveloper\b/i.test(message) && /instead|use/i.test(message);
  return toProposal({ systemRole: wantsDeveloper ? 'developer' : 'user' });
}
