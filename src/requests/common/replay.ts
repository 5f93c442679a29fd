import { ReviewDecisions } from '../../core/outboundText';
import type { RunGroup, RunPlan } from '../../core/run';
import { mergeParameters, type ResolvedModel } from '../../providers/endpoint';
import type { JsonValue } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';

/** The destination of a request that is sent once more: it answers nothing but the question what the server says. */
export const REPLAY_DESTINATION = 'request';

/**
 * A request as it was sent, to be sent once more: to the same model, or to another with the parameters that are its own
 * where the request has none. What was decided about secrets in it was decided for the server it went to.
 */
export function createReplay(
  sentPlan: RunPlan,
  { endpoint, model, contextWindow }: ResolvedModel,
  group: RunGroup,
): RunPlan {
  const { body, contextWindow: _known, ...plan } = sentPlan;
  const isSameServer = endpoint.baseUrl === sentPlan.endpoint.baseUrl;
  const editedBody = body === undefined || endpoint.api !== sentPlan.endpoint.api ? undefined : withModel(body, model);
  return {
    ...plan,
    destination: REPLAY_DESTINATION,
    documentUri: '',
    endpoint,
    model,
    group,
    ...withoutUndefined({ contextWindow }),
    parameters: mergeParameters(endpoint.parameters, sentPlan.parameters),
    reviewDecisions: isSameServer ? sentPlan.reviewDecisions : new ReviewDecisions(),
    ...withoutUndefined({ body: editedBody }),
  };
}

/** A body that the user edited names its model itself. */
function withModel(body: JsonValue, model: string): JsonValue {
  const hasModel = typeof body === 'object' && body !== null && !Array.isArray(body) && 'model' in body;
  return hasModel ? { ...body, model } : body;
}
