import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { KeyStore } from '../../../src/auth/keyStore';
import { isQuilletError } from '../../../src/core/errors';
import { Redactor } from '../../../src/sanitize/redactor';

const url = 'https://api.example.com/v1';
const key = 'sk-0123456789abcdef';

/** A keyring that can be made to misbehave, as those of real systems do. */
class FakeKeyring implements vscode.SecretStorage {
  readonly secrets = new Map<string, string>();
  readonly changeEmitter = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  readonly onDidChange = this.changeEmitter.event;
  isFailing = false;
  isForgetful = false;
  /** What it gives out instead of a stored key. */
  override: { readonly value: unknown } | undefined;
  isHanging = false;
  readCount = 0;

  async get(name: string): Promise<string | undefined> {
    this.readCount += 1;
    if (this.isFailing) throw new Error('The name org.freedesktop.secrets was not provided');
    if (this.isHanging) return new Promise(() => undefined);
    if (this.override !== undefined) return this.override.value as string;
    return this.secrets.get(name);
  }

  async keys(): Promise<string[]> {
    return [...this.secrets.keys()];
  }

  async store(name: string, value: string): Promise<void> {
    if (this.isFailing) throw new Error('Cannot create an item in a locked collection');
    if (!this.isForgetful) this.secrets.set(name, value);
    this.changeEmitter.fire({ key: name });
  }

  async delete(name: string): Promise<void> {
    this.secrets.delete(name);
    this.changeEmitter.fire({ key: name });
  }
}

/** The state that VS Code keeps for an extension. */
class FakeMemento {
  readonly values = new Map<string, unknown>();

  get<T>(name: string, fallback?: T): T {
    return (this.values.get(name) ?? fallback) as T;
  }

  async update(name: string, value: unknown): Promise<void> {
    this.values.set(name, value);
  }
}

/** The kind of the error that work fails with. */
async function errorKindOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (thrown: unknown) => (isQuilletError(thrown) ? thrown.kind : String(thrown)),
  );
}

/** Lets the ten seconds that a keyring is given pass at once. */
async function withInstantTimeout<T>(work: () => Promise<T>): Promise<T> {
  const real = globalThis.setTimeout;
  const fastTimeout = (run: () => void, ms?: number) => real(run, ms === 10_000 ? 1 : ms);
  globalThis.setTimeout = fastTimeout as typeof setTimeout;
  try {
    return await work();
  } finally {
    globalThis.setTimeout = real;
  }
}

describe('a keyring that misbehaves', () => {
  let keyring: FakeKeyring;
  let redactor: Redactor;
  let store: KeyStore;

  beforeEach(() => {
    keyring = new FakeKeyring();
    redactor = new Redactor();
    store = new KeyStore({ secrets: keyring, globalState: new FakeMemento() }, redactor);
  });
  afterEach(() => store.dispose());

  it('K11: a store that cannot be read is an error of its own, and is asked again', async () => {
    keyring.isFailing = true;
    const thrown: unknown = await store.get(url).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.equal(isQuilletError(thrown) && thrown.kind, 'key.store');
    keyring.isFailing = false;
    assert.equal(await store.get(url), undefined);
  });

  it('K11: a store that never answers is given ten seconds', async () => {
    keyring.isHanging = true;
    assert.equal(await withInstantTimeout(() => errorKindOf(store.get(url))), 'key.store');
    assert.equal(await withInstantTimeout(() => store.set(url, key)), 'session');
    assert.equal(await store.get(url), key);
  });

  it('K11: what is no text is no key, and an empty text is none either', async () => {
    for (const value of [42, {}, ['sk-0123456789abcdef'], true]) {
      keyring.override = { value };
      assert.equal(await errorKindOf(store.get(url)), 'key.store', String(value));
      store.dispose();
      store = new KeyStore({ secrets: keyring, globalState: new FakeMemento() }, redactor);
    }
    keyring.override = { value: '' };
    assert.equal(await store.get(url), undefined);
  });

  it('K12, needs 15: a key that is refused works until the window is closed', async () => {
    keyring.isFailing = true;
    assert.equal(await store.set(url, key), 'session');
    assert.equal(await store.get(url), key);
    assert.equal(keyring.secrets.size, 0);
  });

  it('K13, needs 15: a key that is forgotten at once works until the window is closed', async () => {
    keyring.isForgetful = true;
    assert.equal(await store.set(url, key), 'session');
    assert.equal(await store.get(url), key);
  });

  it('a new key that is refused wins over the old one that is still stored', async () => {
    assert.equal(await store.set(url, 'sk-old-0123456789abcdef'), 'saved');
    keyring.isFailing = true;
    await store.set(url, key);
    assert.equal(await store.get(url), key);
  });

  it('needs 16, K10: a key that another window changed or deleted is read anew', async () => {
    await store.set(url, key);
    assert.equal(await store.get(url), key);
    const [name = ''] = keyring.secrets.keys();
    await keyring.store(name, 'sk-new-0123456789abcdef');
    assert.equal(await store.get(url), 'sk-new-0123456789abcdef');
    await keyring.delete(name);
    assert.equal(await store.get(url), undefined);
  });

  it('K10: tells of a change in another window by the address, never by the key', async () => {
    const changes: unknown[] = [];
    store.onDidChange((change) => changes.push(change));
    await keyring.store('quillet.key https://api.example.com', key);
    await keyring.store('another extension', key);
    assert.deepEqual(changes, [{ scope: 'https://api.example.com' }]);
  });

  it('K13: says once that a saved key is gone which nobody deleted', async () => {
    await store.set(url, key);
    keyring.secrets.clear();
    assert.equal(await store.wasLost(url), true);
    assert.equal(await store.wasLost(url), false);
    assert.equal(await store.wasLost('https://api.example.org/v1'), false);
    await store.set(url, key);
    await store.delete('https://api.example.com');
    assert.equal(await store.wasLost(url), false);
  });

  it('K16: lists every key by its address, and deletes all of them', async () => {
    keyring.secrets.set('another extension', 'value');
    await store.set(url, key);
    await store.set('https://gone.example.org/v1/tenant/openai', key);
    keyring.isForgetful = true;
    await store.set('https://session.example.org/v1', 'sk-session-0123456789');
    assert.deepEqual(await store.list(), [
      { scope: 'https://api.example.com', persistence: 'saved' },
      { scope: 'https://gone.example.org/v1/tenant/openai', persistence: 'saved' },
      { scope: 'https://session.example.org', persistence: 'session' },
    ]);
    for (const { scope } of await store.list()) await store.delete(scope);
    assert.deepEqual(await store.list(), []);
    assert.deepEqual([...keyring.secrets.keys()], ['another extension']);
    assert.equal(await store.get('https://session.example.org/v1'), undefined);
    assert.equal(redactor.redact(`${key} sk-session-0123456789`), '*** ***');
  });

  it('asks the keyring once, not for every request', async () => {
    await store.set(url, key);
    const { readCount } = keyring;
    for (let count = 0; count < 5; count += 1) await store.get(url);
    assert.ok(keyring.readCount - readCount <= 1, String(keyring.readCount - readCount));
  });

  it('asks the keyring once for all that ask at the same time', async () => {
    await Promise.all([store.get(url), store.get(url), store.get(url)]);
    assert.equal(keyring.readCount, 1);
  });

  it('K10: a key that is set while the keyring is asked is not taken for the one before', async () => {
    const before = store.get(url);
    await store.set(url, key);
    assert.equal(await store.get(url), key);
    assert.equal(await before, undefined);
    assert.equal(await store.get(url), key);
  });

  it('R2, K15: a key of one origin is none of another', async () => {
    await store.set(url, key);
    assert.equal(await store.get('https://api.example.org/v1'), undefined);
    assert.equal(await store.get('https://api.example.com:8443/v1'), undefined);
  });

  it('R18: every key that was in use is redacted, the old ones too', async () => {
    await store.set(url, 'sk-old-0123456789abcdef');
    await store.set(url, key);
    assert.equal(redactor.redact(`${key} sk-old-0123456789abcdef`).includes('0123456789'), false);
  });
});
