import { type Disposable, EventEmitter, type Memento, type SecretStorage } from 'vscode';
import { QuilletError } from '../core/errors';
import type { Redactor } from '../sanitize/redactor';
import { keyScope } from '../util/origin';

const SECRET_PREFIX = 'quillet.key ';
/** A keyring that asks for its own password can take a while; one that never answers must not hang a command (K11). */
const KEYRING_TIMEOUT_MS = 10_000;
/** The scopes of the keys that were saved, never the keys: what is missing later was lost, and not forgotten by the user. */
const SAVED_SCOPES_KEY = 'quillet.savedKeys';

/** Whether a key outlives the window. Without a usable keyring VS Code keeps secrets in memory, or loses them. */
export type KeyPersistence = 'saved' | 'session';

/** What happened to a stored key, here or in another window. */
export interface KeyChange {
  readonly scope: string;
}

/** A stored key without the key. */
export interface StoredKey {
  /** As `keyScope` gives it. */
  readonly scope: string;
  readonly persistence: KeyPersistence;
}

/** The parts of VS Code's extension context that keys are kept in. */
export interface KeyStorage {
  readonly secrets: SecretStorage;
  readonly globalState: Pick<Memento, 'get' | 'update'>;
}

/** The only user of SecretStorage: one secret per origin, so that a key can never be sent to another one (R2). */
export class KeyStore implements Disposable {
  private readonly changeEmitter = new EventEmitter<KeyChange>();
  readonly onDidChange = this.changeEmitter.event;
  private readonly secrets: SecretStorage;
  private readonly memento: KeyStorage['globalState'];
  private readonly subscription: Disposable;
  /** What the store said last, until it says that something changed: asking it is a round trip for each request. */
  private readonly cache = new Map<string, string | undefined>();
  /** Questions under way: whoever asks for the same key meanwhile waits for the same answer. */
  private readonly pending = new Map<string, Promise<string | undefined>>();
  private revision = 0;
  /** Keys that could not be stored; they work until the window is closed. */
  private readonly sessionKeys = new Map<string, string>();

  constructor(
    { secrets, globalState }: KeyStorage,
    private readonly redactor: Redactor,
  ) {
    this.secrets = secrets;
    this.memento = globalState;
    this.subscription = secrets.onDidChange((event) => {
      if (!event.key.startsWith(SECRET_PREFIX)) return;
      this.invalidate(event.key);
      this.changeEmitter.fire({ scope: event.key.slice(SECRET_PREFIX.length) });
    });
  }

  /** @throws QuilletError `key.store` when the store fails or does not answer. */
  async get(baseUrl: string): Promise<string | undefined> {
    const name = secretName(baseUrl);
    // The newer one: it is here because a store that may still hold the old one did not take it.
    const sessionKey = this.sessionKeys.get(name);
    if (sessionKey !== undefined) return sessionKey;
    const stored = this.cache.has(name) ? this.cache.get(name) : await this.fetchOnce(name);
    if (stored === undefined || stored === '') return undefined;
    // A keyring that is broken may hand out anything.
    if (typeof stored !== 'string') throw new QuilletError('key.store');
    this.redactor.addSecret(stored);
    return stored;
  }

  /** Stores a key and reads it back: some keyrings accept a secret and forget it (need 15). */
  async set(baseUrl: string, key: string): Promise<KeyPersistence> {
    const name = secretName(baseUrl);
    this.redactor.addSecret(key);
    this.invalidate(name);
    const isSaved = await this.tryStore(name, key);
    if (isSaved) this.sessionKeys.delete(name);
    else this.sessionKeys.set(name, key);
    await this.markSaved(keyScope(baseUrl), isSaved);
    return isSaved ? 'saved' : 'session';
  }

  /** Every key that is kept, also of providers that are gone from the settings. */
  async list(): Promise<readonly StoredKey[]> {
    const names = (await withTimeout(this.secrets.keys())).filter((name) => name.startsWith(SECRET_PREFIX));
    const all = [...new Set([...names, ...this.sessionKeys.keys()])].sort();
    return all.map((name) => ({
      scope: name.slice(SECRET_PREFIX.length),
      persistence: this.sessionKeys.has(name) ? 'session' : 'saved',
    }));
  }

  async delete(scope: string): Promise<void> {
    const name = SECRET_PREFIX + scope;
    this.sessionKeys.delete(name);
    this.invalidate(name);
    await this.markSaved(scope, false);
    await withTimeout(this.secrets.delete(name));
    this.invalidate(name);
  }

  /** Whether a key that was saved is gone although nobody deleted it (K13). Says so once for each key. */
  async wasLost(baseUrl: string): Promise<boolean> {
    const scope = keyScope(baseUrl);
    if (!this.savedScopes.includes(scope)) return false;
    await this.markSaved(scope, false);
    return true;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changeEmitter.dispose();
    this.sessionKeys.clear();
    this.cache.clear();
    this.pending.clear();
  }

  private fetchOnce(name: string): Promise<string | undefined> {
    const pending = this.pending.get(name);
    if (pending !== undefined) return pending;
    const fetching = this.read(name).finally(() => {
      if (this.pending.get(name) === fetching) this.pending.delete(name);
    });
    this.pending.set(name, fetching);
    return fetching;
  }

  private get savedScopes(): readonly string[] {
    return this.memento.get<readonly string[]>(SAVED_SCOPES_KEY, []);
  }

  private async markSaved(scope: string, isSaved: boolean): Promise<void> {
    const { savedScopes } = this;
    if (savedScopes.includes(scope) === isSaved) return;
    await this.memento.update(
      SAVED_SCOPES_KEY,
      isSaved ? [...savedScopes, scope] : savedScopes.filter((savedScope) => savedScope !== scope),
    );
  }

  /** Remembers what the store says, unless a key was set or deleted while it was asked. */
  private async read(name: string): Promise<string | undefined> {
    const { revision } = this;
    const stored = await withTimeout(this.secrets.get(name));
    if (revision === this.revision) this.cache.set(name, stored);
    return stored;
  }

  private invalidate(name: string): void {
    this.revision += 1;
    this.cache.delete(name);
    this.pending.delete(name);
  }

  private async tryStore(name: string, key: string): Promise<boolean> {
    try {
      await withTimeout(this.secrets.store(name, key));
      return (await withTimeout(this.secrets.get(name))) === key;
    } catch {
      return false;
    }
  }
}

function secretName(baseUrl: string): string {
  return SECRET_PREFIX + keyScope(baseUrl);
}

async function withTimeout<T>(work: Thenable<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new QuilletError('key.store', { limitMs: KEYRING_TIMEOUT_MS })),
      KEYRING_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } catch (thrown) {
    // The keyring's own message may hold paths and names of the machine; the cause goes to the log.
    throw thrown instanceof QuilletError ? thrown : new QuilletError('key.store', {}, { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}
