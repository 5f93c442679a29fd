import { l10n } from 'vscode';
import { FileExclusions } from '../ignore/fileExclusions';
import { Notifier } from '../notifications/notifier';
import { openSetting } from '../platform/commands';
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
  const settings = register(new Configuration((problems) => reportInvalidSettings(problems, { log, notifier })));
  const exclusions = new FileExclusions({ settings, notifier });
  const runs = register(new ActiveRuns());
  const threads = register(new CommentThreads());
  const reviews = new PendingReviews();
  const proposals = register(new ProposalDocuments());
  return { redactor, log, notifier, settings, exclusions, runs, threads, reviews, proposals };
}

export type Services = ReturnType<typeof createServices>;

// Values are not repeated, because they may contain secrets.
function reportInvalidSettings(
  problems: readonly SettingsProblem[],
  { log, notifier }: { readonly log: Log; readonly notifier: Notifier },
): void {
  for (const { key, message } of problems) log.warn('settings', { key, message });
  const invalid = problems.filter(({ unknownField }) => unknownField === undefined);
  const unknown = problems.filter(({ unknownField }) => unknownField !== undefined);
  const warn = (message: string, setting: string) =>
    notifier.warn(message, { label: l10n.t('Open Settings'), run: () => openSetting(setting) });
  if (invalid[0] !== undefined) {
    const keys = invalid.map(({ key }) => key).join(', ');
    warn(l10n.t('Ignoring invalid settings (using defaults): {0}', keys), settingOf(invalid[0]));
  }
  if (unknown[0] !== undefined) warn(describeUnknown(unknown), settingOf(unknown[0]));
}

function settingOf({ key }: SettingsProblem): string {
  return key.replace(/^(quillet\.(?:providers|headers|parameters|prices|budget))\..*$/s, '$1');
}

function describeUnknown(problems: readonly SettingsProblem[]): string {
  const list = problems.map(({ key, unknownField }) =>
    unknownField?.suggestion === undefined ? key : l10n.t('{0} (did you mean "{1}"?)', key, unknownField.suggestion),
  );
  const message = l10n.t('Ignoring unknown settings: {0}.', list.join(', '));
  const hasParameter = problems.some(({ unknownField }) => unknownField?.isParameter === true);
  return hasParameter ? `${message} ${l10n.t('To send other fields, use "body" in a provider.')}` : message;
}
