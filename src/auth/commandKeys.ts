import { l10n, ProgressLocation, window } from 'vscode';
import { parseApiKey } from '../core/apiKey';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { ProgramError, runProgram } from '../platform/processRunner';
import { keySourceOf } from '../providers/keySource';
import type { Redactor } from '../sanitize/redactor';
import { raceAbort } from '../util/abort';

/** Long enough to unlock a password manager, short enough that a command that waits for nothing is noticed. */
const LIMITS = { milliseconds: 30_000, bytes: 4096 };
const KEPT_MS = 600_000;
/** A program that answers at once needs no notice. */
const NOTICE_MS = 1000;

/** One start of a program, and how many are waiting for it. */
interface Job {
  readonly done: Promise<string>;
  readonly stop: AbortController;
  waiting: number;
}

/** Keys that a program of the user's prints, such as `op read …`. Kept in memory only, and for ten minutes at most. */
export class CommandKeys {
  private readonly kept = new Map<string, { readonly key: string; readonly until: number }>();
  private readonly running = new Map<string, Job>();

  constructor(private readonly redactor: Redactor) {}

  /**
   * The key for an endpoint that names a command. Whoever stops waiting as the last one ends the program.
   * @throws QuilletError `key.command`, or `cancelled`.
   */
  async get(endpoint: Endpoint, signal?: AbortSignal): Promise<string> {
    const name = nameOf(endpoint);
    const kept = this.kept.get(name);
    if (kept !== undefined && kept.until > Date.now()) return kept.key;
    const job = this.running.get(name) ?? this.begin(name, endpoint);
    job.waiting += 1;
    try {
      return await (signal === undefined ? job.done : raceAbort(signal, job.done));
    } finally {
      job.waiting -= 1;
      if (job.waiting === 0) job.stop.abort();
    }
  }

  /** The next request starts the program again: the server refused the key that it gave. */
  forget(endpoint: Endpoint): void {
    this.kept.delete(nameOf(endpoint));
  }

  dispose(): void {
    for (const { stop } of this.running.values()) stop.abort();
    this.kept.clear();
  }

  private begin(name: string, endpoint: Endpoint): Job {
    const stop = new AbortController();
    const done = this.read(endpoint, stop.signal).finally(() => {
      clearTimeout(notice);
      this.running.delete(name);
    });
    const job = { done, stop, waiting: 0 };
    const notice = setTimeout(() => showProgress(endpoint, job), NOTICE_MS);
    this.running.set(name, job);
    return job;
  }

  private async read(endpoint: Endpoint, signal: AbortSignal): Promise<string> {
    const output = await outputOf(endpoint, signal);
    // Even what is no key may be a secret.
    this.redactor.addSecret(output.trim());
    const result = parseApiKey(output);
    if (!result.ok) throw failure(endpoint, result.problem === 'empty' ? 'empty' : 'format');
    this.redactor.addSecret(result.key);
    this.kept.set(nameOf(endpoint), { key: result.key, until: Date.now() + KEPT_MS });
    return result.key;
  }
}

async function outputOf(endpoint: Endpoint, signal: AbortSignal): Promise<string> {
  try {
    return await runProgram(endpoint.apiKeyCommand ?? [], LIMITS, signal);
  } catch (thrown) {
    if (!(thrown instanceof ProgramError)) throw failure(endpoint, 'notFound');
    throw thrown.reason === 'stopped' ? new QuilletError('cancelled') : failure(endpoint, thrown.reason);
  }
}

function failure(endpoint: Endpoint, subject: string): QuilletError {
  const keySource = keySourceOf(endpoint);
  return new QuilletError('key.command', {
    providerId: endpoint.providerId,
    providerLabel: endpoint.label,
    subject,
    limitMs: LIMITS.milliseconds,
    ...(keySource === undefined ? {} : { keySource }),
  });
}

function showProgress({ label, apiKeyCommand }: Endpoint, { done, stop }: Job): void {
  const title = l10n.t('Waiting for {0} to give the API key for {1}', apiKeyCommand?.[0] ?? '', label);
  void window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (_progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      return done.then(
        () => undefined,
        () => undefined,
      );
    },
  );
}

function nameOf({ apiKeyCommand }: Endpoint): string {
  return JSON.stringify(apiKeyCommand);
}
