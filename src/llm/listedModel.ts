import { asFields } from '../util/json';
import { withoutUndefined } from '../util/withoutUndefined';

export interface ListedModel {
  readonly id: string;
  readonly contextWindow?: number;
}

// LM Studio reports what the model was loaded with (first) and what it could take. The other names, in order:
// OpenRouter and Together, vLLM, Groq, Mistral.
const CONTEXT_WINDOW_FIELDS = [
  'loaded_context_length',
  'context_length',
  'max_model_len',
  'context_window',
  'max_context_length',
] as const;

export function parseListedModel(entry: unknown): ListedModel | undefined {
  if (typeof entry === 'string') return entry === '' ? undefined : { id: entry };
  const fields = asFields(entry);
  if (fields === undefined) return undefined;
  const id = [fields['id'], fields['model'], fields['name'], fields['model_id']].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  if (id === undefined) return undefined;
  const contextWindow = CONTEXT_WINDOW_FIELDS.map((name) => fields[name]).find(isTokenCount);
  return { id, ...withoutUndefined({ contextWindow }) };
}

function isTokenCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
