import { l10n } from 'vscode';
import { OutboundDecisions } from '../core/outboundText';
import type { RunPlan } from '../core/run';
import type { ChosenModel } from '../models/providerSetup';
import { runCommand } from '../platform/commands';
import { mergeParameters } from '../providers/endpoint';
import { REPLAY_DESTINATION } from '../requests/common/replay';
import type { RequestPreviewer } from '../requests/requestPreview';
import type { ActiveRuns } from '../runs/activeRuns';
import type { RunExecutor } from '../runs/runExecutor';
import type { Configuration } from '../settings/configuration';

export interface TryModelServices {
  readonly settings: Configuration;
  readonly runs: ActiveRuns;
  readonly executor: RunExecutor;
  readonly preview: RequestPreviewer;
}

/** Runs a short prompt like any other, with budget, preview and usage log. False if it failed or was canceled. */
export async function tryModel(
  { endpoint, model }: ChosenModel,
  { settings, runs, executor, preview }: TryModelServices,
): Promise<boolean> {
  const { parameters, previewRequests } = settings.read();
  const plan: RunPlan = {
    promptId: 'testConnection',
    title: l10n.t('Test Connection'),
    destination: REPLAY_DESTINATION,
    endpoint,
    model,
    messages: [{ role: 'user', content: 'Say OK.' }],
    parameters: mergeParameters(parameters, endpoint.parameters),
    languageId: 'plaintext',
    documentUri: '',
    group: runs.createGroup(1),
    outboundDecisions: new OutboundDecisions(),
  };
  const reviewedPlan = previewRequests ? await preview.confirm(plan) : plan;
  if (reviewedPlan === undefined) return false;
  const retry = () => runCommand('quillet.testConnection');
  const sink = { onText: () => undefined, finish: () => Promise.resolve({ retry }) };
  const { error } = await executor.execute(reviewedPlan, sink);
  return error === undefined;
}
