import { withoutUndefined } from '../util/withoutUndefined';
/** One model of a server's list. */
export interface ListedModel {
  readonly id: string;
  /** How many tokens prompt and answer may have together, where the server says so. Unknown is never guessed. */
  readonly contextWindow?: number;
}

/**
 * What servers call it. LM Studio: what the model was loaded with, before what it could take. OpenRouter and Together:
 * `context_length`; vLLM: `max_model_len`; Groq: `context_window`; Mistral: `max_context_length`.
 */
const CONTEXT_WINDOW_FIELDS = [
  'loaded_context_length',
  'context_length',
  'max_model_len',
  'context_window',
  'max_context_length',
] as const;

/**
 * Reads an entry of a list of models: an object with an id or a name, or the id alone.
 * @returns undefined for what has none.
 */
export function parseListedModel(entry: unknown): ListedModel | undefined {
  if (typeof entry === 'string') return entry === '' ? undefined : { id: entry };
  if (typeof entry !== 'object' || entry === null) return undefined;
  const fields = entry as Readonly<Record<string, unknown>>;
  const id = [fields['id'], fields['name']].find((value): value is string => typeof value === 'string' && value !== '');
  if (id === undefined) return undefined;
  const contextWindow = CONTEXT_WINDOW_FIELDS.map((name) => fields[name]).find(isTokenCount);
  return { id, ...withoutUndefined({ contextWindow }) };
}

function isTokenCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
