import { type Disposable, EventEmitter, type SecretStorage } from 'vscode';
import { QuilletError } from '../core/errors';
import { keyScope } from '../core/origin';
import type { Redactor } from '../core/redact';

const PREFIX = 'quillet.key ';
/** A keyring that asks for its own password can take a while; one that never answers must not hang a command (K11). */
const ANSWER_MS = 10_000;

/** Whether a key outlives the window. Without a usable keyring VS Code keeps secrets in memory, or loses them. */
export type KeyPersistence = 'saved' | 'session';

/** The only user of SecretStorage: one secret per origin, so that a key can never be sent to another one (R2). */
export class KeyStore implements Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly secrets: SecretStorage;
  private readonly subscription: Disposable;
  /** What the store said last, until it says that something changed: asking it is a round trip for each request. */
  private readonly known = new Map<string, string | undefined>();
  private changes = 0;
  /** Keys that could not be stored; they work until the window is closed. */
  private readonly session = new Map<string, string>();

  constructor(
    { secrets }: { readonly secrets: SecretStorage },
    private readonly redactor: Redactor,
  ) {
    this.secrets = secrets;
    this.subscription = secrets.onDidChange((event) => {
      if (!event.key.startsWith(PREFIX)) return;
      this.forget(event.key);
      this.changed.fire();
    });
  }

  /** @throws QuilletError `key.store` when the store fails or does not answer. */
  async get(baseUrl: string): Promise<string | undefined> {
    const name = secretName(baseUrl);
    // The newer one: it is here because a store that may still hold the old one did not take it.
    const unsaved = this.session.get(name);
    if (unsaved !== undefined) return unsaved;
    const stored = this.known.has(name) ? this.known.get(name) : await this.ask(name);
    if (stored === undefined || stored === '') return undefined;
    this.redactor.remember(stored);
    return stored;
  }

  /** Stores a key and reads it back: some keyrings accept a secret and forget it (need 15). */
  async set(baseUrl: string, key: string): Promise<KeyPersistence> {
    const name = secretName(baseUrl);
    this.redactor.remember(key);
    this.forget(name);
    const isSaved = await this.tryStore(name, key);
    if (isSaved) this.session.delete(name);
    else this.session.set(name, key);
    this.changed.fire();
    return isSaved ? 'saved' : 'session';
  }

  async delete(baseUrl: string): Promise<void> {
    const name = secretName(baseUrl);
    this.session.delete(name);
    this.forget(name);
    await answered(this.secrets.delete(name));
    this.changed.fire();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
    this.session.clear();
    this.known.clear();
  }

  /** Remembers what the store says, unless a key was set or deleted while it was asked. */
  private async ask(name: string): Promise<string | undefined> {
    const { changes } = this;
    const stored = await answered(this.secrets.get(name));
    if (changes === this.changes) this.known.set(name, stored);
    return stored;
  }

  private forget(name: string): void {
    this.changes += 1;
    this.known.delete(name);
  }

  private async tryStore(name: string, key: string): Promise<boolean> {
    try {
      await answered(this.secrets.store(name, key));
      return (await answered(this.secrets.get(name))) === key;
    } catch {
      return false;
    }
  }
}

function secretName(baseUrl: string): string {
  return PREFIX + keyScope(baseUrl);
}

async function answered<T>(work: Thenable<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QuilletError('key.store', { limitMs: ANSWER_MS })), ANSWER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (thrown) {
    // The keyring's own message may hold paths and names of the machine; the cause goes to the log.
    throw thrown instanceof QuilletError ? thrown : new QuilletError('key.store', {}, { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}
