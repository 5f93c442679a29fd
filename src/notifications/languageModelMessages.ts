import { l10n } from 'vscode';
import type { ErrorDetails, ErrorKind } from '../core/errors';
import { serverReason } from './messageParts';

type LanguageModelErrorKind = Extract<ErrorKind, `lm.${string}`>;

/** Messages about VS Code's own models. */
export const LANGUAGE_MODEL_MESSAGES: Readonly<Record<LanguageModelErrorKind, (details: ErrorDetails) => string>> = {
  'lm.off': () => l10n.t("VS Code's AI features are turned off (chat.disableAIFeatures), so its models can't be used."),
  'lm.missing': (d) => l10n.t('VS Code has no model "{0}". Select another model.', d.model ?? ''),
  'lm.consent': (d) =>
    l10n.t(
      'VS Code doesn\'t allow Quillet to use "{0}". Try again and allow it, or select another model.',
      d.model ?? '',
    ),
  'lm.revoked': (d) =>
    l10n.t('VS Code no longer allows Quillet to use "{0}", so the answer is incomplete.', d.model ?? ''),
  'lm.blocked': (d) => l10n.t('VS Code blocked the request to "{0}": {1}', d.model ?? '', serverReason(d)),
  'lm.quota': (d) => l10n.t('Your quota for "{0}" in VS Code is used up: {1}', d.model ?? '', serverReason(d)),
  'lm.copy': () => l10n.t('This request goes through VS Code, so there is no HTTP request that a program could send.'),
};
