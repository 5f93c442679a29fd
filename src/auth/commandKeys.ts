import { l10n, ProgressLocation, window } from 'vscode';
import { MAX_KEY_LENGTH, parseApiKey } from '../core/apiKey';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { ProcessError, runProcess } from '../platform/processRunner';
import { keySourceOf } from '../providers/keySource';
import type { Redactor } from '../sanitize/redactor';
import { raceAbort } from '../util/abort';
import { withoutUndefined } from '../util/withoutUndefined';

// Long enough to unlock a password manager.
const LIMITS = { timeoutMs: 30_000, maxOutputBytes: MAX_KEY_LENGTH };
const CACHE_TTL_MS = 600_000;
const PROGRESS_DELAY_MS = 1000;

interface Job {
  readonly done: Promise<string>;
  readonly controller: AbortController;
  waiters: number;
}

/** API keys printed by a configured program, such as `op read …`. Cached in memory for ten minutes. */
export class CommandKeys {
  private readonly cache = new Map<string, { readonly key: string; readonly expiresAt: number }>();
  private readonly jobs = new Map<string, Job>();

  constructor(private readonly redactor: Redactor) {}

  /** Concurrent callers share one process, which ends when the last of them aborts. */
  async get(endpoint: Endpoint, signal?: AbortSignal): Promise<string> {
    const cacheKey = cacheKeyOf(endpoint);
    const cached = this.cache.get(cacheKey);
    if (cached !== undefined && cached.expiresAt > Date.now()) return cached.key;
    const job = this.jobs.get(cacheKey) ?? this.startJob(cacheKey, endpoint);
    job.waiters += 1;
    try {
      return await (signal === undefined ? job.done : raceAbort(signal, job.done));
    } finally {
      job.waiters -= 1;
      if (job.waiters === 0) job.controller.abort();
    }
  }

  /** Drops a key after the server rejected it, unless another request has already replaced it. */
  forget(endpoint: Endpoint, key: string | undefined): void {
    const cacheKey = cacheKeyOf(endpoint);
    if (this.cache.get(cacheKey)?.key === key) this.cache.delete(cacheKey);
  }

  dispose(): void {
    for (const { controller } of this.jobs.values()) controller.abort();
    this.cache.clear();
  }

  private startJob(cacheKey: string, endpoint: Endpoint): Job {
    const controller = new AbortController();
    const done = this.readKey(endpoint, controller.signal).finally(() => {
      clearTimeout(notice);
      this.jobs.delete(cacheKey);
    });
    const job = { done, controller, waiters: 0 };
    const notice = setTimeout(() => showProgress(endpoint, job), PROGRESS_DELAY_MS);
    this.jobs.set(cacheKey, job);
    return job;
  }

  private async readKey(endpoint: Endpoint, signal: AbortSignal): Promise<string> {
    const output = await runKeyCommand(endpoint, signal);
    // Even output that is not a valid key may be a secret.
    this.redactor.addSecret(output.trim());
    const result = parseApiKey(output);
    if (!result.ok) throw keyCommandError(endpoint, result.problem === 'empty' ? 'empty' : 'format');
    this.redactor.addSecret(result.key);
    this.cache.set(cacheKeyOf(endpoint), { key: result.key, expiresAt: Date.now() + CACHE_TTL_MS });
    return result.key;
  }
}

async function runKeyCommand(endpoint: Endpoint, signal: AbortSignal): Promise<string> {
  try {
    return await runProcess(endpoint.apiKeyCommand ?? [], LIMITS, signal);
  } catch (thrown) {
    if (!(thrown instanceof ProcessError)) throw keyCommandError(endpoint, 'notFound');
    throw thrown.reason === 'stopped' ? new QuilletError('cancelled') : keyCommandError(endpoint, thrown.reason);
  }
}

function keyCommandError(endpoint: Endpoint, subject: string): QuilletError {
  const keySource = keySourceOf(endpoint);
  return new QuilletError('key.command', {
    providerId: endpoint.providerId,
    providerLabel: endpoint.label,
    subject,
    limitMs: LIMITS.timeoutMs,
    ...withoutUndefined({ keySource }),
  });
}

function showProgress({ label, apiKeyCommand }: Endpoint, { done, controller }: Job): void {
  const title = l10n.t('Waiting for {0} to provide the API key for {1}…', apiKeyCommand?.[0] ?? '', label);
  void window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (_progress, token) => {
      token.onCancellationRequested(() => controller.abort());
      return done.then(
        () => undefined,
        () => undefined,
      );
    },
  );
}

function cacheKeyOf({ apiKeyCommand }: Endpoint): string {
  return JSON.stringify(apiKeyCommand);
}
