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
const NEGOTIABLE: ReadonlySet<ErrorKind> = new Set(['http.400', 'http.404', 'http.422']);

export interface Proposal {
  readonly adaptation: Adaptation;
  /** What changed, for the log: the wire name of the field. */
  readonly changed: string;
}

/**
 * Reads a refusal for the field it names, and proposes the same request without or with another one. Undefined when it
 * names none, or one that was tried already, so that a request is never repeated for the same reason.
 * @param sent the wire names of what can be taken back, `system` for instructions; "stop" and "seed" are words of English
 * too, and mean a field only where it was sent.
 */
export function negotiate(
  { kind, details }: { readonly kind: ErrorKind; readonly details: ErrorDetails },
  current: Adaptation,
  sent: ReadonlySet<string>,
): Proposal | undefined {
  if (!NEGOTIABLE.has(kind)) return undefined;
  const message = details.serverMessage ?? '';
  if (!current.useResponses && /\bv?1?\/?responses\b/.test(message) && /only|use|instead|support/i.test(message)) {
    return { adaptation: { ...current, useResponses: true }, changed: 'responses' };
  }
  if (kind === 'http.404') return undefined;
  const field = namedField(details.parameter, message, sent);
  return field === undefined || !sent.has(field) ? undefined : without(field, current, message);
}

/** `parameter` where the server names one, else the first of our own fields that its message speaks of. */
function namedField(parameter: string | undefined, message: string, sent: ReadonlySet<string>): string | undefined {
  const names = ['stream_options', 'max_completion_tokens', 'max_tokens', ...OPTIONAL_FIELDS];
  const root = parameter?.split(/[.[]/)[0];
  if (root !== undefined && [...names, 'stream', 'messages'].includes(root)) {
    return root === 'messages' ? roleIn(message) : root;
  }
  const spoken = firstSpoken(
    names.filter((name) => sent.has(name)),
    message,
  );
  return spoken ?? roleIn(message) ?? (/\bstream(ing)?\b/i.test(message) ? 'stream' : undefined);
}

/** The first one in the message's own order: what is refused comes before what to use instead. */
function firstSpoken(names: readonly string[], message: string): string | undefined {
  const found = names
    .map((name) => ({ name, at: message.search(new RegExp(`(?<!\\w)${name}(?!\\w)`)) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at);
  return found[0]?.name;
}

function roleIn(message: string): string | undefined {
  return /\b(system|developer)\b/i.test(message) && /\b(role|message|instruction)s?\b/i.test(message)
    ? 'system'
    : undefined;
}

function without(field: string, current: Adaptation, message: string): Proposal | undefined {
  const propose = (change: Adaptation): Proposal => ({ adaptation: { ...current, ...change }, changed: field });
  switch (field) {
    case 'stream_options':
      return current.withoutStreamOptions === true ? undefined : propose({ withoutStreamOptions: true });
    case 'stream':
      return current.withoutStream === true ? undefined : propose({ withoutStream: true });
    case 'system':
      return nextRole(current, message, propose);
    case 'max_tokens':
    case 'max_completion_tokens':
      return nextLimit(field, current, propose);
    default:
      return current.dropped?.includes(field) === true
        ? undefined
        : propose({ dropped: [...(current.dropped ?? []), field] });
  }
}

/** The old name first, because older servers know no other; then the new one; then no limit at all. */
function nextLimit(
  field: string,
  current: Adaptation,
  propose: (change: Adaptation) => Proposal,
): Proposal | undefined {
  const used = current.maxTokens ?? 'max_tokens';
  if (used === 'none') return undefined;
  if (used === 'max_tokens' && field === 'max_tokens') return propose({ maxTokens: 'max_completion_tokens' });
  return propose({ maxTokens: 'none' });
}

function nextRole(
  current: Adaptation,
  message: string,
  propose: (change: Adaptation) => Proposal,
): Proposal | undefined {
  if (current.systemRole === 'user') return undefined;
  const wantsDeveloper =
    current.systemRole === undefined && /\bdeveloper\b/i.test(message) && /instead|use/i.test(message);
  return propose({ systemRole: wantsDeveloper ? 'developer' : 'user' });
}
