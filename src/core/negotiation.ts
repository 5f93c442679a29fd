import type { Fields } from '../util/json';
import type { ErrorDetails, ErrorKind } from './errors';
import { isValueRefusal } from './valueBound';

/** How a server's API differs from the default, learned from its errors for one endpoint and model. */
export interface Adaptation {
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens' | 'none';
  readonly dropped?: readonly string[];
  readonly withoutStreamOptions?: boolean;
  readonly withoutStream?: boolean;
  /** `user` puts the instructions in front of the user's own text. */
  readonly systemRole?: 'developer' | 'user';
  readonly useResponses?: boolean;
  /** The maximum for `max_tokens` where a value is required and the user set none. */
  readonly outputLimit?: number;
  /** What one conversation leaves of the context window for the answer. */
  readonly remainingTokens?: number;
}

const TOKEN_LIMITS = ['max_completion_tokens', 'max_tokens', 'max_output_tokens'];

// Dropping one of these only means that the server applies its own default.
const OPTIONAL_FIELDS = ['temperature', 'top_p', 'stop', 'seed', 'reasoning_effort', 'reasoning', ...TOKEN_LIMITS];

const SUMMARY = 'reasoning.summary';

const NEGOTIABLE_KINDS: ReadonlySet<ErrorKind> = new Set(['http.400', 'http.404', 'http.422']);

export interface AdaptationProposal {
  readonly adaptation: Adaptation;
  readonly changed: string;
}

/** Proposes the request without the field that an error rejects, or under another name. Undefined if already tried. */
export function negotiate(
  { kind, details }: { readonly kind: ErrorKind; readonly details: ErrorDetails },
  current: Adaptation,
  sentFields: ReadonlySet<string>,
): AdaptationProposal | undefined {
  const message = details.serverMessage ?? '';
  if (kind === 'http.5xx' && isTemplateRefusal(message)) return proposeChange('system', current, message, sentFields);
  if (!NEGOTIABLE_KINDS.has(kind)) return undefined;
  if (!current.useResponses && /\bv?1?\/?responses\b/.test(message) && /only|use|instead|support/i.test(message)) {
    return { adaptation: { ...current, useResponses: true }, changed: 'responses' };
  }
  if (kind === 'http.404') return undefined;
  const field = rejectedField(details.parameter, message, sentFields);
  return field === undefined ? undefined : proposeChange(field, current, message, sentFields);
}

/** Servers that apply a chat template late refuse the roles of the messages with status 500. */
export function isTemplateRefusal(message: string): boolean {
  return (
    /\broles?\b/i.test(message) && /alternate|unexpected|unsupported|not supported|only|invalid|unknown/i.test(message)
  );
}

/** Forgets what was learned for fields that have another value now. Renamed fields stay renamed. */
export function forgetChanged(adaptation: Adaptation, learned: Fields, current: Fields): Adaptation {
  const hasChanged = (field: string) => JSON.stringify(learned[field]) !== JSON.stringify(current[field]);
  const { dropped, maxTokens, ...others } = adaptation;
  return {
    ...others,
    ...(dropped === undefined ? {} : { dropped: dropped.filter((field) => !hasChanged(field)) }),
    ...(maxTokens === undefined || (maxTokens === 'none' && TOKEN_LIMITS.some(hasChanged)) ? {} : { maxTokens }),
  };
}

function rejectedField(
  parameter: string | undefined,
  message: string,
  sentFields: ReadonlySet<string>,
): string | undefined {
  // Other names in a message are hardly fields.
  const sentNames = [...sentFields].filter((name) => /^[\w.-]+$/.test(name) && !['stream', 'system'].includes(name));
  const names = ['stream_options', ...OPTIONAL_FIELDS, ...sentNames];
  // Organizations that are not verified get no summaries, but reasoning nevertheless.
  const isSummary = parameter === SUMMARY || /reasoning\W{0,4}summar/i.test(message);
  if (isSummary && sentFields.has(SUMMARY)) return SUMMARY;
  const root = parameter?.split(/[.[]/)[0];
  if (root !== undefined && [...names, 'stream', 'messages'].includes(root)) {
    if (root !== 'messages') return root;
    return /\brole$/.test(parameter ?? '') ? 'system' : roleField(message);
  }
  const mentioned = firstMentioned(
    names.filter((name) => sentFields.has(name)),
    message,
  );
  return mentioned ?? roleField(message) ?? (/\bstream(ing)?\b/i.test(message) ? 'stream' : undefined);
}

// The rejected field comes before the suggested one.
function firstMentioned(names: readonly string[], message: string): string | undefined {
  const found = names
    .map((name) => ({ name, index: message.search(new RegExp(`(?<!\\w)${name}(?!\\w)`)) }))
    .filter(({ index }) => index >= 0)
    .sort((left, right) => left.index - right.index);
  return found[0]?.name;
}

function roleField(message: string): string | undefined {
  const namesSystem =
    /\b(system|developer)\b/i.test(message) && /\b(role|message|instruction|prompt)s?\b/i.test(message);
  return namesSystem || isTemplateRefusal(message) ? 'system' : undefined;
}

function proposeChange(
  field: string,
  current: Adaptation,
  message: string,
  sentFields: ReadonlySet<string>,
): AdaptationProposal | undefined {
  const change = sentFields.has(field) ? changeFor(field, current, message) : undefined;
  return change && { adaptation: { ...current, ...change }, changed: field };
}

function changeFor(field: string, current: Adaptation, message: string): Adaptation | undefined {
  switch (field) {
    case 'stream_options':
      return current.withoutStreamOptions === true ? undefined : { withoutStreamOptions: true };
    case 'stream':
      return current.withoutStream === true ? undefined : { withoutStream: true };
    case SUMMARY:
      return current.dropped?.includes(SUMMARY) === true
        ? undefined
        : { dropped: [...(current.dropped ?? []), SUMMARY] };
    case 'system':
      return systemRoleChange(current, message);
    default:
      // The user's own value is never left out silently.
      if (isValueRefusal(message)) return undefined;
      if (field === 'max_tokens' || field === 'max_completion_tokens') return tokenLimitChange(field, current);
      return current.dropped?.includes(field) === true ? undefined : { dropped: [...(current.dropped ?? []), field] };
  }
}

// The old name first, because older servers know no other; then the new one; then no limit at all.
function tokenLimitChange(field: string, { maxTokens = 'max_tokens' }: Adaptation): Adaptation | undefined {
  if (maxTokens === 'none') return undefined;
  return { maxTokens: maxTokens === 'max_tokens' && field === 'max_tokens' ? 'max_completion_tokens' : 'none' };
}

function systemRoleChange({ systemRole }: Adaptation, message: string): Adaptation | undefined {
  if (systemRole === 'user') return undefined;
  const wantsDeveloper = systemRole === undefined && /\bdeveloper\b/i.test(message) && /instead|use/i.test(message);
  return { systemRole: wantsDeveloper ? 'developer' : 'user' };
}
