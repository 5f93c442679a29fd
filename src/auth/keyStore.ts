import { type Disposable, EventEmitter, type Memento, type SecretStorage } from 'vscode';
import { QuilletError } from '../core/errors';
import type { Redactor } from '../sanitize/redactor';
import { keyScope } from '../util/origin';

const PREFIX = 'quillet.key ';
/** A keyring that asks for its own password can take a while; one that never answers must not hang a command (K11). */
const ANSWER_MS = 10_000;
/** The scopes of the keys that were saved, never the keys: what is missing later was lost, and not forgotten by the user. */
const SAVED = 'quillet.savedKeys';

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
export interface KeyPlaces {
  readonly secrets: SecretStorage;
  readonly globalState: Pick<Memento, 'get' | 'update'>;
}

/** The only user of SecretStorage: one secret per origin, so that a key can never be sent to another one (R2). */
export class KeyStore implements Disposable {
  private readonly changed = new EventEmitter<KeyChange>();
  readonly onDidChange = this.changed.event;
  private readonly secrets: SecretStorage;
  private readonly memento: KeyPlaces['globalState'];
  private readonly subscription: Disposable;
  /** What the store said last, until it says that something changed: asking it is a round trip for each request. */
  private readonly known = new Map<string, string | undefined>();
  /** Questions under way: whoever asks for the same key meanwhile waits for the same answer. */
  private readonly asked = new Map<string, Promise<string | undefined>>();
  private changes = 0;
  /** Keys that could not be stored; they work until the window is closed. */
  private readonly session = new Map<string, string>();

  constructor(
    { secrets, globalState }: KeyPlaces,
    private readonly redactor: Redactor,
  ) {
    this.secrets = secrets;
    this.memento = globalState;
    this.subscription = secrets.onDidChange((event) => {
      if (!event.key.startsWith(PREFIX)) return;
      this.forget(event.key);
      this.changed.fire({ scope: event.key.slice(PREFIX.length) });
    });
  }

  /** @throws QuilletError `key.store` when the store fails or does not answer. */
  async get(baseUrl: string): Promise<string | undefined> {
    const name = secretName(baseUrl);
    // The newer one: it is here because a store that may still hold the old one did not take it.
    const unsaved = this.session.get(name);
    if (unsaved !== undefined) return unsaved;
    const stored = this.known.has(name) ? this.known.get(name) : await this.askOnce(name);
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
    this.forget(name);
    const isSaved = await this.tryStore(name, key);
    if (isSaved) this.session.delete(name);
    else this.session.set(name, key);
    await this.noteSaved(keyScope(baseUrl), isSaved);
    return isSaved ? 'saved' : 'session';
  }

  /** Every key that is kept, also of providers that are gone from the settings. */
  async list(): Promise<readonly StoredKey[]> {
    const names = (await answered(this.secrets.keys())).filter((name) => name.startsWith(PREFIX));
    const all = [...new Set([...names, ...this.session.keys()])].sort();
    return all.map((name) => ({
      scope: name.slice(PREFIX.length),
      persistence: this.session.has(name) ? 'session' : 'saved',
    }));
  }

  async delete(scope: string): Promise<void> {
    const name = PREFIX + scope;
    this.session.delete(name);
    this.forget(name);
    await this.noteSaved(scope, false);
    await answered(this.secrets.delete(name));
    this.forget(name);
  }

  /** Whether a key that was saved is gone although nobody deleted it (K13). Says so once for each key. */
  async wasLost(baseUrl: string): Promise<boolean> {
    const scope = keyScope(baseUrl);
    if (!this.saved.includes(scope)) return false;
    await this.noteSaved(scope, false);
    return true;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
    this.session.clear();
    this.known.clear();
    this.asked.clear();
  }

  private askOnce(name: string): Promise<string | undefined> {
    const underWay = this.asked.get(name);
    if (underWay !== undefined) return underWay;
    const asking = this.ask(name).finally(() => {
      if (this.asked.get(name) === asking) this.asked.delete(name);
    });
    this.asked.set(name, asking);
    return asking;
  }

  private get saved(): readonly string[] {
    return this.memento.get<readonly string[]>(SAVED, []);
  }

  private async noteSaved(scope: string, isSaved: boolean): Promise<void> {
    const { saved } = this;
    if (saved.includes(scope) === isSaved) return;
    await this.memento.update(SAVED, isSaved ? [...saved, scope] : saved.filter((one) => one !== scope));
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
    this.asked.delete(name);
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
