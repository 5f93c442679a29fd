import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { OutboundDecisions } from '../../../src/core/outboundText';
import type { RunPlan } from '../../../src/core/run';
import type { RunRecord } from '../../../src/core/runRecord';
import { completedRow, type RunFacts, startedRow } from '../../../src/usage/common/runRow';
import { UsageLog } from '../../../src/usage/common/usageLog';
import { createReport } from '../../../src/usage/common/usageReport';
import type { UsageRow } from '../../../src/usage/common/usageRow';
import { endpointAt, type ObservedRun, runAt, useServer } from '../../support/llmHarness';
import { messagesStream, messagesUsage, responsesStream, responsesUsage } from '../../support/otherApis';
import { checkAsyncProperty } from '../../support/properties';
import {
  deltaFrame,
  doneFrame,
  finishFrame,
  frame,
  framesOf,
  type Scenario,
  usageFrame,
  type WireUsage,
} from '../../support/scenario';
import { MemoryUsageFiles, readAll } from '../../support/usageSamples';

function factsAt(baseUrl: string, id = 'window-0', model = 'gpt-5-mini'): RunFacts {
  const plan: RunPlan = {
    promptId: 'explain',
    title: 'Explain',
    destination: 'thread',
    endpoint: endpointAt(baseUrl),
    model,
    messages: [],
    parameters: {},
    languageId: 'plaintext',
    documentUri: 'file:///home/me/secret/place.txt',
    group: { id: 1, selectionCount: 1 },
    outboundDecisions: new OutboundDecisions(),
  };
  return { id, time: new Date('2026-11-28T12:00:00Z'), plan, workspace: 'project', redact: (text) => text };
}

function recordOf({ plan }: RunFacts, run: ObservedRun, charactersIn = 3000): RunRecord {
  const { text, shown: _shown, phases: _phases, ...numbers } = run;
  return {
    ...numbers,
    id: 1,
    groupId: 1,
    promptId: plan.promptId,
    destination: plan.destination,
    modelRef: { providerId: plan.endpoint.providerId, model: plan.model },
    charactersIn,
    charactersOut: text.length,
    origin: 'http://127.0.0.1',
  };
}

function answer(...usages: readonly WireUsage[]): Scenario {
  const [head, ...rest] = usages.map((usage) => usageFrame(usage));
  return framesOf(
    deltaFrame({ content: 'yes' }),
    ...(head === undefined ? [] : [head]),
    finishFrame(),
    ...rest,
    doneFrame,
  );
}

// Not on this machine, so it has a price.
const remote = 'https://llm.example.com/v1';

describe('usage reported by a server, in the usage log', () => {
  const server = useServer();

  async function rowFor(scenario: Scenario, { own = {}, baseUrl = remote } = {}): Promise<UsageRow> {
    server().script(scenario);
    const facts = factsAt(baseUrl);
    return (await completedRow(facts, recordOf(facts, await runAt(server().url)), own)).row;
  }

  const counts = fc.record(
    {
      prompt_tokens: fc.nat(100_000),
      completion_tokens: fc.nat(100_000),
      cached: fc.nat(100_000),
      reasoning: fc.nat(1000),
      cost: fc.nat(10_000).map((units) => units / 1000),
    },
    { requiredKeys: [], noNullPrototype: true },
  );

  it('adds up per day and per model, and counts the rest as unknown (property) [Q09]', async () => {
    await checkAsyncProperty(
      fc.asyncProperty(
        fc.array(fc.tuple(counts, fc.constantFrom('one', 'two')), { minLength: 1, maxLength: 6 }),
        async (runs) => {
          const files = new MemoryUsageFiles();
          const log = new UsageLog(files, (failure) => assert.fail(String(failure)));
          const said = { input: 0, output: 0, cached: 0, reasoning: 0, usd: 0, unknown: 0 };
          for (const [index, [{ cached, reasoning, ...usage }, model]] of runs.entries()) {
            const wire = {
              ...usage,
              ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
              ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
            };
            // Cumulative counts in every chunk: the last one is the total.
            server().script(answer({ ...wire, prompt_tokens: 1, completion_tokens: 1 }, wire));
            const isReported = [usage.prompt_tokens, usage.completion_tokens, cached, reasoning].some(
              (count) => (count ?? 0) > 0,
            );
            const last = isReported
              ? { ...usage, cached, reasoning }
              : { prompt_tokens: 1, completion_tokens: 1, cached, reasoning, cost: usage.cost };
            said.input += last.prompt_tokens ?? 0;
            said.output += last.completion_tokens ?? 0;
            said.cached += last.cached ?? 0;
            said.reasoning += last.reasoning ?? 0;
            said.usd += last.cost ?? 0;
            said.unknown += last.prompt_tokens === undefined || last.completion_tokens === undefined ? 1 : 0;
            const facts = factsAt(server().url, `window-${index}`, model);
            log.end((await completedRow(facts, recordOf(facts, await runAt(server().url)), {})).row);
          }
          await log.close();
          const { rows } = await readAll(files);
          const report = await createReport(rows);
          const { total } = report;
          assert.deepEqual(
            [total.runs, total.input, total.output, total.cached, total.reasoning, total.runsWithoutTokens],
            [runs.length, said.input, said.output, said.cached, said.reasoning, said.unknown],
          );
          assert.ok(Math.abs(total.usd - said.usd) < 1e-9);
          for (const group of ['days', 'models', 'outcomes'] as const) {
            const sums = [...report[group].values()];
            assert.equal(
              sums.reduce((sum, one) => sum + one.input + one.output, 0),
              said.input + said.output,
            );
          }
        },
      ),
      { seed: 9, numRuns: 40 },
    );
  });

  it('takes the last of cumulative counts in every chunk as the total', async () => {
    const usage = (output: number) => ({ prompt_tokens: 1000, completion_tokens: output, total_tokens: 1000 + output });
    assert.deepEqual((await rowFor(answer(usage(1), usage(20), usage(50)))).tokens, { input: 1000, output: 50 });
  });

  it('leaves tokens and cost unknown, not 0, without a report', async () => {
    const row = await rowFor(answer());
    assert.deepEqual([row.tokens, row.cost, row.outcome], [{}, undefined, 'ok']);
  });

  it('leaves tokens and cost of a cancelled run unknown', async () => {
    server().script({ steps: [{ do: 'send', text: deltaFrame({ content: 'yes' }) }, { do: 'hang' }] });
    const stop = new AbortController();
    const facts = factsAt(remote);
    const run = await runAt(server().url, { signal: stop.signal, onText: () => stop.abort() });
    const { row, cost } = await completedRow(facts, recordOf(facts, run), {});
    assert.deepEqual([row.outcome, row.tokens, row.cost, cost], ['cancelled', {}, undefined, undefined]);
    assert.ok((row.estimated?.tokens ?? 0) >= 1000, 'a budget counts it all the same');
  });

  it('has the requested model and the one reported last [S32]', async () => {
    const row = await rowFor(
      framesOf(
        deltaFrame({ content: 'a' }, { model: 'first' }),
        deltaFrame({}, { model: 'last', finishReason: 'stop' }),
        doneFrame,
      ),
    );
    assert.deepEqual([row.model, row.reportedModel], ['gpt-5-mini', 'last']);
  });

  it('has the service tier and what was written to the cache, wherever the server reports them', async () => {
    const usage = {
      ...messagesUsage,
      cache_creation_input_tokens: 9,
      cache_creation: { ephemeral_1h_input_tokens: 4 },
    };
    const details = { input_tokens_details: { cache_write_tokens: 9 } };
    const cases = [
      [
        'chat',
        framesOf(
          frame({ service_tier: 'flex', choices: [{ delta: { content: 'a' } }] }),
          finishFrame(),
          usageFrame({ prompt_tokens: 21, completion_tokens: 34, prompt_tokens_details: { cache_write_tokens: 9 } }),
          doneFrame,
        ),
      ],
      [
        'responses',
        responsesStream(['a'], { status: 'completed', service_tier: 'flex', usage: { ...responsesUsage, ...details } }),
      ],
      ['messages', messagesStream(['a'], { usage: { ...usage, service_tier: 'flex' } })],
    ] as const;
    for (const [api, scenario] of cases) {
      server().script(scenario, api);
      const facts = factsAt(remote);
      const { row } = await completedRow(facts, recordOf(facts, await runAt(server().url, { endpoint: { api } })), {});
      assert.deepEqual([row.serviceTier, row.tokens.cacheWrite, row.cost], ['flex', 9, undefined], api);
      assert.equal(row.tokens.cacheWriteHour, api === 'messages' ? 4 : undefined);
      assert.ok((row.estimated?.usd ?? 0) > 0, 'a budget counts it all the same');
    }
  });

  it('has no file path if a server names its model by one', async () => {
    for (const place of [
      '/home/jo/models/m-Q4.gguf',
      'C:\\Users\\jo\\m-Q4.gguf',
      '~/m-Q4.gguf',
      'file:///home/jo/m-Q4.gguf/',
    ]) {
      const row = await rowFor(
        framesOf(deltaFrame({ content: 'a' }), deltaFrame({}, { model: place, finishReason: 'stop' }), doneFrame),
      );
      assert.equal(row.reportedModel, 'm-Q4.gguf');
      const facts = factsAt(remote);
      assert.equal(startedRow({ ...facts, plan: { ...facts.plan, model: place } }, 1).model, 'm-Q4.gguf');
    }
    const { model } = startedRow(
      { ...factsAt(remote), plan: { ...factsAt(remote).plan, model: '~openai/gpt-5/x:free' } },
      1,
    );
    assert.equal(model, '~openai/gpt-5/x:free');
  });

  const unusualReports: readonly [string, WireUsage[], number][] = [
    ['nothing', [], 2001],
    ['zeros', [{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }], 2001],
    ['words', [{ prompt_tokens: 'few', completion_tokens: 'some' }], 2001],
    ['negative numbers', [{ prompt_tokens: -1e9, completion_tokens: -1e9 }], 2001],
    ['huge numbers', [{ prompt_tokens: 1e308, completion_tokens: 1e308 }], 2001],
    ['half of the counts', [{ prompt_tokens: 1500 }], 1501],
    ['a total alone', [{ total_tokens: 77_000 }], 77_000],
  ];
  for (const [what, usages, minTokens] of unusualReports) {
    it(`does not bypass a budget by reporting ${what} [E19, S30]`, async () => {
      server().script(answer(...usages));
      const facts = factsAt(remote);
      const record = recordOf(facts, await runAt(server().url), 6000);
      const { row } = await completedRow(facts, record, {});
      assert.equal(row.cost, undefined);
      assert.equal(row.estimated?.tokens, minTokens);
      assert.ok((row.estimated?.usd ?? 0) > 0);
    });
  }

  it('is estimated at the known price of the model, and free on this machine [E19]', async () => {
    const own = { 'gpt-5-mini': { input: 0, output: 3 } };
    assert.ok(((await rowFor(answer(), { own })).estimated?.usd ?? 0) > 0);
    assert.equal((await rowFor(answer(), { own: { 'gpt-5-mini': { input: 0, output: 0 } } })).estimated?.usd, 0);
    assert.deepEqual(Object.keys((await rowFor(answer(), { baseUrl: 'http://127.0.0.1:1/v1' })).estimated ?? {}), [
      'tokens',
    ]);
    assert.deepEqual(startedRow(factsAt(remote), 30_000).estimated, { tokens: 10_000, usd: 0.1 });
  });

  it('is not estimated for a refused request or a complete report', async () => {
    const refused = await rowFor({
      status: 401,
      headers: { 'content-type': 'application/json' },
      steps: [{ do: 'send', text: '{}' }],
    });
    assert.deepEqual([refused.outcome, refused.error, refused.estimated], ['failed', 'http.401', undefined]);
    assert.equal((await rowFor(answer({ prompt_tokens: 5, completion_tokens: 5 }))).estimated, undefined);
  });

  it('has no key, path or text, whatever a server puts into names [R19]', async () => {
    const key = 'sk-CANARY-in-a-name';
    server().script(
      framesOf(
        deltaFrame({ content: 'THE ANSWER' }, { model: `${key}${'x'.repeat(100_000)}` }),
        finishFrame(),
        doneFrame,
      ),
    );
    const facts = { ...factsAt(remote), clean: (text: string) => text.replaceAll(key, '***') };
    const line = JSON.stringify((await completedRow(facts, recordOf(facts, await runAt(server().url)), {})).row);
    assert.doesNotMatch(line, /CANARY|ANSWER|secret|place\.txt/);
    assert.ok(line.length < 1000);
  });
});
