import { l10n } from 'vscode';
import type { ErrorDetails } from '../core/errors';

export function exclusionMessage({ subject = '', exclusion }: ErrorDetails): string {
  const { source = '', file, line, rule } = exclusion ?? {};
  if (source === 'chat.disableAIFeatures') return l10n.t('This workspace turns off AI features ({0}).', source);
  if (subject === '') {
    return l10n.t("The changes don't say which files they come from, so Quillet can't apply {0}.", source);
  }
  if (rule === undefined) return l10n.t("{0} can't be sent: {1} is unreadable or too complex.", subject, source);
  return file === undefined
    ? l10n.t('{0} is excluded by the setting {1}: {2}.', subject, source, rule)
    : l10n.t('{0} is excluded by {1}, line {2}: {3}.', subject, source, String(line), rule);
}
