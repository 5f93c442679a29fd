import assert from 'node:assert/strict';
import { OutputLimits } from '../../../src/models/outputLimits';
import type { MementoLike } from '../../../src/platform/mementoLike';
import { endpointAt } from '../../support/llmHarness';

function newMemento(): MementoLike {
  const values = new Map<string, unknown>();
  return {
    get: <T>(key: string, fallback?: T) => (values.get(key) ?? fallback) as T,
    update: async (key, value) => void values.set(key, JSON.parse(JSON.stringify(value))),
  };
}

describe('the output limits of models', () => {
  const endpoint = endpointAt('https://h/v1', { api: 'messages' });

  it('are known to later windows, until a list says otherwise', async () => {
    const memento = newMemento();
    const limits = new OutputLimits(memento);
    await limits.store(endpoint, [{ id: 'a', outputLimit: 64_000 }, { id: 'b' }]);
    const later = new OutputLimits(memento);
    assert.equal(later.find(endpoint, 'a'), 64_000);
    assert.equal(later.find(endpoint, 'b'), undefined);
    assert.equal(later.find({ ...endpoint, baseUrl: 'https://other/v1' }, 'a'), undefined);
    await limits.store(endpoint, [{ id: 'a' }]);
    assert.equal(later.find(endpoint, 'a'), undefined);
  });

  it('are not kept for APIs that need none', async () => {
    const limits = new OutputLimits(newMemento());
    await limits.store({ ...endpoint, api: 'chat' }, [{ id: 'a', outputLimit: 64_000 }]);
    assert.equal(limits.find(endpoint, 'a'), undefined);
  });
});
