import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { isQuilletError } from '../../src/core/errors';
import { Redactor } from '../../src/core/redact';
import { KeyStore } from '../../src/host/keyStore';

const url = 'https://api.example.com/v1';
const key = 'sk-0123456789abcdef';

/** A keyring that can be made to misbehave, as those of real systems do. */
class Keyring implements Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'> {
  readonly kept = new Map<string, string>();
  readonly changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  readonly onDidChange = this.changed.event;
  isRefusing = false;
  isForgetful = false;
  asked = 0;

  async get(name: string): Promise<string | undefined> {
    this.asked += 1;
    if (this.isRefusing) throw new Error('The name org.freedesktop.secrets was not provided');
    return this.kept.get(name);
  }

  async store(name: string, value: string): Promise<void> {
    if (this.isRefusing) throw new Error('Cannot create an item in a locked collection');
    if (!this.isForgetful) this.kept.set(name, value);
    this.changed.fire({ key: name });
  }

  async delete(name: string): Promise<void> {
    this.kept.delete(name);
    this.changed.fire({ key: name });
  }
}

describe('a keyring that misbehaves', () => {
  let keyring: Keyring;
  let redactor: Redactor;
  let store: KeyStore;

  beforeEach(() => {
    keyring = new Keyring();
    redactor = new Redactor();
    store = new KeyStore({ secrets: keyring as unknown as vscode.SecretStorage }, redactor);
  });
  afterEach(() => store.dispose());

  it('K11: a store that cannot be read is an error of its own, and is asked again', async () => {
    keyring.isRefusing = true;
    const thrown: unknown = await store.get(url).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.equal(isQuilletError(thrown) && thrown.kind, 'key.store');
    keyring.isRefusing = false;
    assert.equal(await store.get(url), undefined);
  });

  it('K12, needs 15: a key that is refused works until the window is closed', async () => {
    keyring.isRefusing = true;
    assert.equal(await store.set(url, key), 'session');
    assert.equal(await store.get(url), key);
    assert.equal(keyring.kept.size, 0);
  });

  it('K13, needs 15: a key that is forgotten at once works until the window is closed', async () => {
    keyring.isForgetful = true;
    assert.equal(await store.set(url, key), 'session');
    assert.equal(await store.get(url), key);
  });

  it('a new key that is refused wins over the old one that is still stored', async () => {
    assert.equal(await store.set(url, 'sk-old-0123456789abcdef'), 'saved');
    keyring.isRefusing = true;
    await store.set(url, key);
    assert.equal(await store.get(url), key);
  });

  it('needs 16, K10: a key that another window changed or deleted is read anew', async () => {
    await store.set(url, key);
    assert.equal(await store.get(url), key);
    const [name = ''] = keyring.kept.keys();
    await keyring.store(name, 'sk-new-0123456789abcdef');
    assert.equal(await store.get(url), 'sk-new-0123456789abcdef');
    await keyring.delete(name);
    assert.equal(await store.get(url), undefined);
  });

  it('asks the keyring once, not for every request', async () => {
    await store.set(url, key);
    const { asked } = keyring;
    for (let count = 0; count < 5; count += 1) await store.get(url);
    assert.ok(keyring.asked - asked <= 1, String(keyring.asked - asked));
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
