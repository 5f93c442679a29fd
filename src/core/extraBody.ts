import { asFields, type Fields, type JsonObject } from '../util/json';
import type { ChatRequest } from './chat';

/** Fields of a request body that only Quillet sets. */
export const PROTECTED_FIELDS: readonly string[] = ['model', 'messages', 'input', 'prompt', 'stream'];

const MAX_LENGTH = 64 * 1024;
const MAX_DEPTH = 20;

export type ExtraBodyProblem =
  | { readonly kind: 'notJson' | 'tooLong' }
  | { readonly kind: 'protected'; readonly field: string };

/** Why a value cannot be used as the extra fields of a request; undefined if it can. */
export function findExtraBodyProblem(value: unknown): ExtraBodyProblem | undefined {
  const fields = asFields(value);
  if (fields === undefined || !isJson(fields, MAX_DEPTH)) return { kind: 'notJson' };
  // Servers written in Go match names in any case.
  const field = Object.keys(fields).find((name) => PROTECTED_FIELDS.includes(name.toLowerCase()));
  if (field !== undefined) return { kind: 'protected', field };
  return JSON.stringify(fields).length > MAX_LENGTH ? { kind: 'tooLong' } : undefined;
}

function isJson(value: unknown, maxDepth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || maxDepth === 0) return false;
  const isPlain = Array.isArray(value) || !('toJSON' in value);
  return isPlain && Object.values(value).every((inner) => isJson(inner, maxDepth - 1));
}

/** The extra fields of a request: those of the provider, the model and the prompt. Later ones win. */
export function extraBodyOf({ endpoint, model, extraBody }: Pick<ChatRequest, 'endpoint' | 'model' | 'extraBody'>) {
  const configured = (endpoint.extraBodies ?? []).filter((extra) => extra.model === undefined || extra.model === model);
  return [...configured.map(({ body }) => body), extraBody ?? {}].reduce(mergeFields, {});
}

/** Merges objects at every depth. Any other value, also a list or null, replaces the earlier one. */
export function mergeFields<T extends Fields | JsonObject>(base: T, extra: JsonObject): T {
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [name, value] of Object.entries(extra)) {
    const earlier = asFields(merged.get(name));
    const isMerged = earlier !== undefined && asFields(value) !== undefined;
    merged.set(name, isMerged ? mergeFields(earlier, value as JsonObject) : value);
  }
  // Unlike an assignment, this makes `__proto__` an ordinary field.
  return Object.fromEntries(merged) as T;
}
