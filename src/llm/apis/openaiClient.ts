import type { OpenAI } from 'openai';
import type { AttemptContext, ChatRequest, Endpoint } from '../../core/chat';
import type { JsonValue } from '../../util/json';
import { createGuardedFetch } from '../http/guardedFetch';
import { wantsStream } from './answerReader';

// The SDK requires a key. The real one is set by our fetch and never enters the client object.
const PLACEHOLDER_KEY = 'set-by-quillet';

// The maximum for a timer; the run's own deadlines are shorter.
const MAX_TIMEOUT_MS = 2_147_483_647;

export type SdkMethod = (
  client: OpenAI,
  body: JsonValue | undefined,
  options: { readonly signal: AbortSignal },
) => { asResponse(): Promise<Response> };

/** Loads the SDK while the key is read and the prompt is rendered. */
export async function preloadSdk(): Promise<void> {
  await import('openai');
}

export async function sendThroughSdk(
  create: SdkMethod,
  body: JsonValue | undefined,
  { endpoint }: ChatRequest,
  context: AttemptContext,
): Promise<Response> {
  const client = await createClient(endpoint, context, wantsStream(body));
  return create(client, body, { signal: context.signal }).asResponse();
}

// Every option is passed, because an absent one is read from the environment (see docs/sdk-notes.md, "Environment
// variables"). Retries and timers are our own. Logging is off, because the debug level prints custom headers.
async function createClient(endpoint: Endpoint, context: AttemptContext, isStream: boolean): Promise<OpenAI> {
  const sdk = await import('openai');
  const base = new URL(endpoint.baseUrl);
  return new sdk.OpenAI({
    apiKey: PLACEHOLDER_KEY,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: `${base.origin}${base.pathname}`,
    // The SDK would append the path to a query string in the base URL.
    defaultQuery: Object.fromEntries(base.searchParams),
    maxRetries: 0,
    timeout: MAX_TIMEOUT_MS,
    logLevel: 'off',
    dangerouslyAllowBrowser: true,
    defaultHeaders: { 'User-Agent': 'Quillet' },
    fetch: createGuardedFetch({ ...context, endpoint, isStream }),
  });
}
