import { l10n, window } from 'vscode';
import { Notifier } from '../notifications/notifier';
import { Log } from '../platform/log';
import { PendingReviews } from '../review/pendingReviews';
import { ProposalDocuments } from '../review/proposalDocuments';
import { ActiveRuns } from '../runs/activeRuns';
import { Redactor } from '../sanitize/redactor';
import type { SettingsProblem } from '../settings/common/settings';
import { Configuration } from '../settings/configuration';
import { CommentThreads } from '../threads/commentThreads';

/** Disposes the value when the extension is deactivated. */
export type Register = <T extends { dispose(): void }>(disposable: T) => T;

export function createServices(register: Register) {
  const redactor = new Redactor();
  const log = register(new Log(redactor));
  const notifier = new Notifier(log, redactor);
  const settings = register(new Configuration((problems) => reportInvalidSettings(problems, log)));
  const runs = register(new ActiveRuns());
  const threads = register(new CommentThreads());
  const reviews = new PendingReviews();
  const proposals = register(new ProposalDocuments());
  return { redactor, log, notifier, settings, runs, threads, reviews, proposals };
}

export type Services = ReturnType<typeof createServices>;

// Values are not repeated, because they may contain secrets.
function reportInvalidSettings(problems: readonly SettingsProblem[], log: Log): void {
  for (const { key, message } of problems) log.warn('settings', { key, message });
  const keys = problems.map((problem) => problem.key).join(', ');
  void window.showWarningMessage(l10n.t('Ignoring invalid settings (using defaults): {0}', keys));
}
