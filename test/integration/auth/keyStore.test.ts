import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { KeyStore } from '../../../src/auth/keyStore';
import { isQuilletError } from '../../../src/core/errors';
import { Redactor } from '../../../src/sanitize/redactor';

const url = 'https://api.example.com/v1';
const key = 'sk-0123456789abcdef';

/** A keyring with the faults of real ones. */
class FakeKeyring implements vscode.SecretStorage {
  readonly secrets = new Map<string, string>();
  readonly changeEmitter = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  readonly onDidChange = this.changeEmitter.event;
  isFailing = false;
  isForgetful = false;
  /** Returned instead of a stored key. */
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

class FakeMemento {
  readonly values = new Map<string, unknown>();

  get<T>(name: string, fallback?: T): T {
    return (this.values.get(name) ?? fallback) as T;
  }

  async update(name: string, value: unknown): Promise<void> {
    this.values.set(name, value);
  }
}

async function errorKindOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (thrown: unknown) => (isQuilletError(thrown) ? thrown.kind : String(thrown)),
  );
}

/** Shortens the ten-second timeout of the keyring to a millisecond. */
async function withInstantTimeout<T>(work: () => Promise<T>): Promise<T> {
  const real = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => real.call(AbortSignal, ms === 10_000 ? 1 : ms);
  try {
    return await work();
  } finally {
    AbortSignal.timeout = real;
  }
}

describe('KeyStore', () => {
  let keyring: FakeKeyring;
  let redactor: Redactor;
  let store: KeyStore;

  beforeEach(() => {
    keyring = new FakeKeyring();
    redactor = new Redactor();
    store = new KeyStore({ secrets: keyring, globalState: new FakeMemento() }, redactor);
  });
  afterEach(() => store.dispose());

  it('fails if the keyring fails, and reads it again on the next call [K11]', async () => {
    keyring.isFailing = true;
    const thrown: unknown = await store.get(url).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.equal(isQuilletError(thrown) && thrown.kind, 'key.store');
    keyring.isFailing = false;
    assert.equal(await store.get(url), undefined);
  });

  it('gives up on a keyring that never responds after ten seconds [K11]', async () => {
    keyring.isHanging = true;
    assert.equal(await withInstantTimeout(() => errorKindOf(store.get(url))), 'key.store');
    assert.equal(await withInstantTimeout(() => store.set(url, key)), 'session');
    assert.equal(await store.get(url), key);
  });

  it('rejects values that are not strings and ignores empty ones [K11]', async () => {
    for (const value of [42, {}, ['sk-0123456789abcdef'], true]) {
      keyring.override = { value };
      assert.equal(await errorKindOf(store.get(url)), 'key.store', String(value));
      store.dispose();
      store = new KeyStore({ secrets: keyring, globalState: new FakeMemento() }, redactor);
    }
    keyring.override = { value: '' };
    assert.equal(await store.get(url), undefined);
  });

  it('keeps a key for the session if the keyring rejects it [K12]', async () => {
    keyring.isFailing = true;
    assert.equal(await store.set(url, key), 'session');
    assert.equal(await store.get(url), key);
    assert.equal(keyring.secrets.size, 0);
  });

  it('keeps a key for the session if the keyring loses it immediately [K13]', async () => {
    keyring.isForgetful = true;
    assert.equal(await store.set(url, key), 'session');
    assert.equal(await store.get(url), key);
  });

  it('prefers a new key that was not saved over a stored old one', async () => {
    assert.equal(await store.set(url, 'sk-old-0123456789abcdef'), 'saved');
    keyring.isFailing = true;
    await store.set(url, key);
    assert.equal(await store.get(url), key);
  });

  it('reads a key again after another window changed or deleted it [K10]', async () => {
    await store.set(url, key);
    assert.equal(await store.get(url), key);
    const [name = ''] = keyring.secrets.keys();
    await keyring.store(name, 'sk-new-0123456789abcdef');
    assert.equal(await store.get(url), 'sk-new-0123456789abcdef');
    await keyring.delete(name);
    assert.equal(await store.get(url), undefined);
  });

  it('reports changes from other windows by address, never by key [K10]', async () => {
    const changes: unknown[] = [];
    store.onDidChange((change) => changes.push(change));
    await keyring.store('quillet.key https://api.example.com', key);
    await keyring.store('another extension', key);
    assert.deepEqual(changes, ['https://api.example.com']);
  });

  it('reports a lost key once [K13]', async () => {
    await store.set(url, key);
    keyring.secrets.clear();
    assert.equal(await store.wasLost(url), true);
    assert.equal(await store.wasLost(url), false);
    assert.equal(await store.wasLost('https://api.example.org/v1'), false);
    await store.set(url, key);
    await store.delete('https://api.example.com');
    assert.equal(await store.wasLost(url), false);
  });

  it('lists all keys by address and deletes them [K16]', async () => {
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

  it('reads the keyring once for several requests', async () => {
    await store.set(url, key);
    const { readCount } = keyring;
    for (let count = 0; count < 5; count += 1) await store.get(url);
    assert.ok(keyring.readCount - readCount <= 1, String(keyring.readCount - readCount));
  });

  it('reads the keyring once for concurrent requests', async () => {
    await Promise.all([store.get(url), store.get(url), store.get(url)]);
    assert.equal(keyring.readCount, 1);
  });

  it('returns a key that was set while the keyring was read [K10]', async () => {
    const before = store.get(url);
    await store.set(url, key);
    assert.equal(await store.get(url), key);
    assert.equal(await before, undefined);
    assert.equal(await store.get(url), key);
  });

  it('never returns the key of another origin [R02, K15]', async () => {
    await store.set(url, key);
    assert.equal(await store.get('https://api.example.org/v1'), undefined);
    assert.equal(await store.get('https://api.example.com:8443/v1'), undefined);
  });

  it('registers current and previous keys for redaction [R18]', async () => {
    await store.set(url, 'sk-old-0123456789abcdef');
    await store.set(url, key);
    assert.equal(redactor.redact(`${key} sk-old-0123456789abcdef`).includes('0123456789'), false);
  });
});
