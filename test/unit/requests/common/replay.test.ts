import assert from 'node:assert/strict';
import { type Endpoint, VSCODE_MODELS_URL } from '../../../../src/core/chat';
import { OutboundDecisions } from '../../../../src/core/outboundText';
import type { RunPlan } from '../../../../src/core/run';
import { createReplay } from '../../../../src/requests/common/replay';

const endpoint: Endpoint = {
  providerId: 'p',
  label: 'P',
  baseUrl: 'https://one.example/v1',
  api: 'chat',
  headers: {},
  needsKey: true,
  parameters: { temperature: 1 },
};
const elsewhere = {
  ...endpoint,
  providerId: 'q',
  baseUrl: 'https://two.example/v1',
  parameters: { temperature: 0, seed: 1 },
};
const sent: RunPlan = {
  promptId: 'explain',
  title: 'Explain',
  destination: 'replace',
  endpoint,
  model: 'm',
  messages: [{ role: 'user', content: 'a' }],
  parameters: { temperature: 0.5 },
  languageId: 'typescript',
  documentUri: 'file:///a.ts',
  group: { id: 1, selectionCount: 3 },
  outboundDecisions: new OutboundDecisions(),
};
const group = { id: 2, selectionCount: 1 };

describe('a resent request', () => {
  it('differs only in its destination', () => {
    const plan = createReplay(sent, { endpoint, model: 'm' }, group);
    assert.deepEqual(plan, { ...sent, group, destination: 'request' });
    assert.equal(plan.outboundDecisions, sent.outboundDecisions);
  });

  it('keeps its parameters and adds those of the other provider', () => {
    const { parameters, model, endpoint: place } = createReplay(sent, { endpoint: elsewhere, model: 'n' }, group);
    assert.deepEqual([parameters, model, place], [{ temperature: 0.5, seed: 1 }, 'n', elsewhere]);
  });

  it('is reviewed again if it goes to another server [U22]', () => {
    sent.outboundDecisions.setOutboundText('a', 'a');
    assert.ok(!createReplay(sent, { endpoint: elsewhere, model: 'm' }, group).outboundDecisions.isDecided('a'));
  });

  it("is reviewed again if VS Code passes it on to another extension's model [U22]", () => {
    const vscode: Endpoint = { ...endpoint, api: 'vscode', baseUrl: VSCODE_MODELS_URL };
    const plan = { ...sent, endpoint: vscode, model: 'copilot/a' };
    plan.outboundDecisions.setOutboundText('a', 'a');
    const isDecided = (model: string) =>
      createReplay(plan, { endpoint: vscode, model }, group).outboundDecisions.isDecided('a');
    assert.deepEqual([isDecided('copilot/b'), isDecided('other/b')], [true, false]);
  });

  it('keeps an edited body, with the other model in it', () => {
    const edited = { ...sent, body: { model: 'm', messages: [], extra: 1 } };
    assert.deepEqual(createReplay(edited, { endpoint, model: 'n' }, group).body, {
      model: 'n',
      messages: [],
      extra: 1,
    });
    assert.deepEqual(createReplay({ ...sent, body: { prompt: 'a' } }, { endpoint, model: 'n' }, group).body, {
      prompt: 'a',
    });
    assert.deepEqual(createReplay({ ...sent, body: ['a'] }, { endpoint, model: 'n' }, group).body, ['a']);
  });

  it('drops a body that was edited for another API', () => {
    const edited = { ...sent, body: { model: 'm', messages: [] } };
    const plan = createReplay(edited, { endpoint: { ...endpoint, api: 'responses' }, model: 'm' }, group);
    assert.ok(!('body' in plan));
  });
});
