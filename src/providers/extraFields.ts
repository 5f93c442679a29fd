import * as v from 'valibot';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { type ExtraBodyProblem, findExtraBodyProblem } from '../core/extraBody';
import { isKeyName } from '../settings/common/secretsInSettings';
import type { ProviderSetting } from '../settings/common/settings';
import { asFields, type JsonObject } from '../util/json';

type FieldProblem = ExtraBodyProblem | { readonly kind: 'notText' };

const QUERY_SCHEMA = v.record(v.string(), v.string());
const MAX_QUERY_LENGTH = 2048;

/** @throws QuilletError `cfg.field`: a request must not be sent without the fields that the user added. */
export function resolveExtraBodies(
  { body, models = [] }: ProviderSetting,
  providerId: string,
): Endpoint['extraBodies'] | undefined {
  const ofModels = models
    .filter((model) => typeof model !== 'string')
    .map(({ id, body: modelBody }) => ({ model: id, body: checkBody(modelBody, `models.${id}.body`, providerId) }));
  const all = [{ body: checkBody(body, 'body', providerId) }, ...ofModels];
  const used = all.filter((extra) => Object.keys(extra.body).length > 0);
  return used.length === 0 ? undefined : used;
}

/** @throws QuilletError `cfg.field` */
export function resolveQuery(query: unknown, providerId: string): Readonly<Record<string, string>> {
  const result = v.safeParse(QUERY_SCHEMA, query ?? {});
  if (!result.success || Array.isArray(query)) throw invalidField({ kind: 'notText' }, 'query', providerId);
  const field = Object.keys(result.output).find(isKeyName);
  if (field !== undefined) throw invalidField({ kind: 'protected', field }, 'query', providerId);
  if (JSON.stringify(query ?? {}).length > MAX_QUERY_LENGTH)
    throw invalidField({ kind: 'tooLong' }, 'query', providerId);
  return result.output;
}

function checkBody(body: unknown, name: string, providerId: string): JsonObject {
  const problem = findExtraBodyProblem(body ?? {});
  if (problem !== undefined) throw invalidField(problem, name, providerId);
  return (asFields(body) ?? {}) as JsonObject;
}

function invalidField(problem: FieldProblem, subject: string, providerId: string): QuilletError {
  const { kind: code, ...rest } = problem;
  return new QuilletError('cfg.field', {
    providerId,
    subject,
    code,
    ...('field' in rest ? { parameter: rest.field } : {}),
  });
}
