import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import v8 from 'node:v8';
import vm from 'node:vm';
import { OutboundDecisions } from '../../../src/core/outboundText';
import { RequestHistory } from '../../../src/runs/common/requestHistory';
import { endpointAt, newService, runAt, useServer } from '../../support/llmHarness';
import { apiError, streamed } from '../../support/scenario';

const RUNS = 1000;
// After these runs everything that is created once exists.
const WARM_UP_RUNS = 100;
const PARALLEL_RUNS = 5;

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

// After garbage collection.
async function heapMegabytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage().heapUsed / 1_000_000;
}

function timerCount(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('a thousand runs', () => {
  const server = useServer();

  it('leave no listeners, timers or memory behind, with every request recorded [Q13]', async () => {
    const requests = new RequestHistory();
    const service = newService();
    const { signal } = new AbortController();
    const run = async (id: number): Promise<void> => {
      // Every tenth run is rejected, retried and answered, so that each way out of an attempt is taken.
      if (id % 10 === 0) server().scriptNext([apiError(503, { message: 'busy' }, { 'retry-after': '0' })]);
      requests.begin(id, planOf(server().url), 0);
      const onAttempt = (trace: Parameters<RequestHistory['addAttempt']>[1]) => requests.addAttempt(id, trace);
      const { outcome } = await runAt(server().url, { service, signal, onAttempt, model: `model-${id % 5}` });
      assert.equal(outcome, 'ok');
    };
    server().script(streamed(['Hello', ' there']));
    const [before, timersBefore] = await runMany(1, WARM_UP_RUNS, run);
    const [after, timersAfter] = await runMany(WARM_UP_RUNS + 1, WARM_UP_RUNS + RUNS, run);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    assert.ok(timersAfter <= timersBefore, `${timersAfter} timers, ${timersBefore} before`);
    assert.ok(after - before < 5, `${(after - before).toFixed(1)} MB more`);
    assert.equal(requests.all.length, 50);
  });

  /** @returns the heap size and the number of timers after these runs. */
  async function runMany(first: number, last: number, run: (id: number) => Promise<void>): Promise<[number, number]> {
    for (let id = first; id <= last; id += PARALLEL_RUNS) {
      await Promise.all(Array.from({ length: PARALLEL_RUNS }, (_, index) => run(id + index)));
      // The requests recorded by the fake server would count as our memory.
      if (id % 50 === 1) {
        server().reset();
        server().script(streamed(['Hello', ' there']));
      }
    }
    return [await heapMegabytes(), timerCount()];
  }
});

function planOf(url: string): Parameters<RequestHistory['begin']>[1] {
  return {
    promptId: 'explain',
    title: 'Explain',
    destination: 'thread',
    endpoint: endpointAt(url),
    model: 'm',
    messages: [{ role: 'user', content: 'x'.repeat(2000) }],
    parameters: {},
    languageId: 'typescript',
    documentUri: '',
    group: { id: 1, selectionCount: 1 },
    outboundDecisions: new OutboundDecisions(),
  };
}
