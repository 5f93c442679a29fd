import { type Disposable, type Event, l10n } from 'vscode';
import type { RunRecord } from '../core/runRecord';
import type { Notifier } from '../notifications/notifier';
import { runCommand } from '../platform/commands';
import { isScreenReaderModeOn } from '../settings/configuration';

export interface AnnouncerServices {
  readonly onDidRecord: Event<RunRecord>;
  readonly notifier: Notifier;
}

/** Threads and editors have no live region, so only a notification is read out. Failures already show one. */
export function registerAnnouncer({ onDidRecord, notifier }: AnnouncerServices): Disposable {
  return onDidRecord(({ outcome, destination, charactersOut, error }) => {
    if (outcome !== 'ok' || error !== undefined || !isScreenReaderModeOn()) return;
    const sentence = l10n.t('Answer complete: {0} characters.', charactersOut.toLocaleString());
    const isInThread = destination === 'thread' || destination === 'review';
    const focusAnswer = { label: l10n.t('Focus Answer'), run: () => runCommand('quillet.focusThread') };
    notifier.inform(sentence, ...(isInThread ? [focusAnswer] : []));
  });
}
