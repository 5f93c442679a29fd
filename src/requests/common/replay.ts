import { OutboundDecisions } from '../../core/outboundText';
import type { RunGroup, RunPlan } from '../../core/run';
import { mergeParameters, type ResolvedModel } from '../../providers/endpoint';
import type { JsonValue } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';

/** Destination of resent requests: the answer is shown in the request log only. */
export const REPLAY_DESTINATION = 'request';

/**
 * A plan that sends a request again, to the same or another model. Parameters of the new endpoint apply where the
 * request sets none. Decisions about secrets apply only to the server they were made for.
 */
export function createReplay(
  sentPlan: RunPlan,
  { endpoint, model, contextWindow }: ResolvedModel,
  group: RunGroup,
): RunPlan {
  const { body, contextWindow: _known, ...plan } = sentPlan;
  const isSameServer = receiverOf({ endpoint, model }) === receiverOf(sentPlan);
  const editedBody = body === undefined || endpoint.api !== sentPlan.endpoint.api ? undefined : withModel(body, model);
  return {
    ...plan,
    destination: REPLAY_DESTINATION,
    endpoint,
    model,
    group,
    ...withoutUndefined({ contextWindow }),
    parameters: mergeParameters(endpoint.parameters, sentPlan.parameters),
    outboundDecisions: isSameServer ? sentPlan.outboundDecisions : new OutboundDecisions(),
    ...withoutUndefined({ body: editedBody }),
  };
}

// VS Code passes requests on to the extension that a model's ID begins with.
function receiverOf({ endpoint, model }: Pick<RunPlan, 'endpoint' | 'model'>): string {
  return endpoint.api === 'vscode' ? `${endpoint.baseUrl}/${model.split('/')[0]}` : endpoint.baseUrl;
}

function withModel(body: JsonValue, model: string): JsonValue {
  const hasModel = typeof body === 'object' && body !== null && !Array.isArray(body) && 'model' in body;
  return hasModel ? { ...body, model } : body;
}
