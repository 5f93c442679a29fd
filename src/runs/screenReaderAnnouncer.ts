import { type Disposable, type Event, l10n } from 'vscode';
import type { RunRecord } from '../core/runRecord';
import type { Notifier } from '../notifications/notifier';
import { runCommand } from '../platform/commands';
import { isScreenReaderModeOn } from '../settings/configuration';

export interface AnnouncerServices {
  readonly onDidRecord: Event<RunRecord>;
  readonly notifier: Notifier;
}

/**
 * Says that an answer is complete where VS Code is set up for a screen reader: threads and the text change without a
 * sound, and only a notification is read out (vscode-facts 1). Failures have a notification of their own.
 */
export function registerAnnouncer({ onDidRecord, notifier }: AnnouncerServices): Disposable {
  return onDidRecord(({ outcome, destination, charactersOut, error }) => {
    if (outcome !== 'ok' || error !== undefined || !isScreenReaderModeOn()) return;
    const sentence = l10n.t('The answer is complete: {0} characters.', charactersOut.toLocaleString());
    const isInThread = destination === 'thread' || destination === 'review';
    const goToAnswer = { label: l10n.t('Go to Answer'), run: () => runCommand('quillet.focusThread') };
    notifier.inform(sentence, ...(isInThread ? [goToAnswer] : []));
  });
}
