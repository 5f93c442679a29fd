import { type Disposable, EventEmitter, type SecretStorage } from 'vscode';
import { QuilletError } from '../core/errors';
import type { MementoLike } from '../platform/mementoLike';
import type { Redactor } from '../sanitize/redactor';
import { raceAbort } from '../util/abort';
import { keyScope } from '../util/origin';

const SECRET_PREFIX = 'quillet.key ';
// A keyring may ask for its own password, but one that never responds must not block commands.
const KEYRING_TIMEOUT_MS = 10_000;
// Scopes of saved keys, never the keys: if one is missing later, the keyring lost it.
const SAVED_SCOPES_KEY = 'quillet.savedKeys';

/** VS Code without a usable keyring holds secrets in memory or loses them (see docs/vscode-notes.md, "Secrets"). */
export type KeyPersistence = 'saved' | 'session';

export interface StoredKey {
  /** For a secret in a header, followed by a space and its name. */
  readonly scope: string;
  readonly persistence: KeyPersistence;
}

/** API keys in secret storage, one per origin, so that a key is never sent to another origin. */
export class KeyStore implements Disposable {
  private readonly changeEmitter = new EventEmitter<string>();
  /** Fires with the scope of the key. */
  readonly onDidChange = this.changeEmitter.event;
  private readonly secrets: SecretStorage;
  private readonly memento: MementoLike;
  private readonly subscription: Disposable;
  // Reading secret storage takes a round trip, so values are cached until a change event.
  private readonly cache = new Map<string, Promise<string | undefined>>();
  // Keys that could not be stored. They work until the window closes.
  private readonly sessionKeys = new Map<string, string>();

  constructor(
    { secrets, globalState }: { readonly secrets: SecretStorage; readonly globalState: MementoLike },
    private readonly redactor: Redactor,
  ) {
    this.secrets = secrets;
    this.memento = globalState;
    this.subscription = secrets.onDidChange((event) => {
      if (!event.key.startsWith(SECRET_PREFIX)) return;
      this.cache.delete(event.key);
      this.changeEmitter.fire(event.key.slice(SECRET_PREFIX.length));
    });
  }

  /** @param secret the name of a secret in a header, instead of the API key */
  async get(baseUrl: string, secret?: string): Promise<string | undefined> {
    const name = secretName(baseUrl, secret);
    // Takes precedence: secret storage may still contain the previous key.
    const sessionKey = this.sessionKeys.get(name);
    if (sessionKey !== undefined) return sessionKey;
    const stored = await (this.cache.get(name) ?? this.read(name));
    if (stored === undefined || stored === '') return undefined;
    // A broken keyring may return anything.
    if (typeof stored !== 'string') throw new QuilletError('key.store');
    this.redactor.addSecret(stored);
    return stored;
  }

  /** Stores a key and reads it back, because some keyrings accept a secret and lose it. */
  async set(baseUrl: string, key: string, secret?: string): Promise<KeyPersistence> {
    const name = secretName(baseUrl, secret);
    this.redactor.addSecret(key);
    this.cache.delete(name);
    const isSaved = await this.tryStore(name, key);
    if (isSaved) this.sessionKeys.delete(name);
    else this.sessionKeys.set(name, key);
    await this.markSaved(name.slice(SECRET_PREFIX.length), isSaved);
    return isSaved ? 'saved' : 'session';
  }

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
    this.cache.delete(name);
    await this.markSaved(scope, false);
    await withTimeout(this.secrets.delete(name));
    this.cache.delete(name);
  }

  /** Returns true once for each saved key that disappeared without being deleted. */
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

  private read(name: string): Promise<string | undefined> {
    const reading = withTimeout(this.secrets.get(name));
    this.cache.set(name, reading);
    // A failed read is repeated, unless a key was set or deleted since.
    reading.catch(() => {
      if (this.cache.get(name) === reading) this.cache.delete(name);
    });
    return reading;
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

function secretName(baseUrl: string, secret?: string): string {
  return SECRET_PREFIX + keyScope(baseUrl) + (secret === undefined ? '' : ` ${secret}`);
}

async function withTimeout<T>(work: Thenable<T>): Promise<T> {
  const timeout = AbortSignal.timeout(KEYRING_TIMEOUT_MS);
  try {
    return await raceAbort(timeout, Promise.resolve(work));
  } catch (thrown) {
    // The keyring's message may contain paths and names of this machine, so it is only logged as the cause.
    const details = timeout.aborted ? { limitMs: KEYRING_TIMEOUT_MS } : {};
    throw new QuilletError('key.store', details, { cause: thrown });
  }
}
