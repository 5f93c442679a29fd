import type { ChatRequest, StreamEvent } from '../../core/chat';
import { withoutUndefined } from '../../util/withoutUndefined';
import { hostAndPath, requestIdOf, toRequestError } from '../http/errorMapping';

export async function* streamResponse(
  { endpoint, model }: ChatRequest,
  url: string,
  send: () => Promise<Response>,
  read: (response: Response) => AsyncIterable<StreamEvent>,
): AsyncGenerator<StreamEvent> {
  const { providerId, label: providerLabel, baseUrl } = endpoint;
  let isStreaming = false;
  try {
    const response = await send();
    const requestId = requestIdOf(response);
    yield { kind: 'headers', status: response.status, ...withoutUndefined({ requestId }) };
    isStreaming = true;
    yield* read(response);
  } catch (thrown) {
    const details = { ...hostAndPath(url), providerId, providerLabel, baseUrl, model };
    throw toRequestError(thrown, details, isStreaming);
  }
}
