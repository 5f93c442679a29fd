import { l10n, window } from 'vscode';
import type { ChatMessage, ParameterSet } from '../core/chat';
import { countPictureTokens } from '../core/messagePictures';
import type { ResolvedModel } from '../providers/endpoint';
import type { Settings } from '../settings/common/settings';
import { estimateTokens } from '../text/tokenEstimate';
import { estimateText } from '../usage/usageText';
import { tooLargeText } from './runText';

export interface SizeCheck {
  readonly requests: readonly (readonly ChatMessage[])[];
  readonly limit: number;
  readonly ready: ResolvedModel;
  readonly parameters: ParameterSet;
  readonly prices: Settings['prices'];
}

/** Asks before sending large requests or requests that exceed the context window. Requests are never truncated. */
export async function confirmSize(check: SizeCheck): Promise<boolean> {
  return (await askAboutSize(check)) !== 'refused';
}

export async function askAboutSize(check: SizeCheck): Promise<'fits' | 'accepted' | 'refused'> {
  const { requests, limit, ready, parameters, prices } = check;
  const { endpoint, model, contextWindow } = ready;
  const size = requests.flat().reduce((sum, { content }) => sum + content.length, 0);
  const isLarge = size > limit;
  if (!isLarge && contextWindow === undefined) return 'fits';
  const tokens = requests.map(estimateMessages);
  const isTooLarge = contextWindow !== undefined && Math.max(...tokens) > contextWindow;
  if (!isLarge && !isTooLarge) return 'fits';
  const send = l10n.t('Send');
  const inputTokens = tokens.reduce((sum, count) => sum + count, 0);
  const estimate = await estimateText({ ready, inputTokens, requestCount: requests.length, parameters, prices });
  const messageArgs = [size.toLocaleString(), estimate, endpoint.label] as const;
  const question =
    requests.length === 1
      ? l10n.t('Send {0} characters ({1}) to {2}?', ...messageArgs)
      : l10n.t('Send {0} characters ({1}) to {2} in {3} requests?', ...messageArgs, String(requests.length));
  const options = isTooLarge ? { modal: true, detail: tooLargeText(model, contextWindow) } : { modal: true };
  return (await window.showWarningMessage(question, options, send)) === send ? 'accepted' : 'refused';
}

function estimateMessages(messages: readonly ChatMessage[]): number {
  return estimateTokens(messages.map(({ content }) => content)) + countPictureTokens(messages);
}
