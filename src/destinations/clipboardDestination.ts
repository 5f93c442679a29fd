import { env, l10n, window } from 'vscode';
import { isComplete, toIncompleteReport } from '../core/run';
import type { Destination, DestinationCall } from './destination';

export const clipboardDestination: Destination = {
  modifiesDocument: false,
  selectionMode: 'joined',
  async start(calls) {
    await Promise.all(calls.map(copyAnswer));
  },
};

async function copyAnswer({ plan, execute }: DestinationCall): Promise<void> {
  await execute(plan, {
    onText: () => undefined,
    async finish(result) {
      if (!isComplete(result)) return toIncompleteReport(result);
      await env.clipboard.writeText(result.text);
      window.setStatusBarMessage(l10n.t('Quillet: Answer copied'), 5000);
      return {};
    },
  });
}
