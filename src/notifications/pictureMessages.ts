import { l10n } from 'vscode';
import type { ErrorDetails, ErrorKind } from '../core/errors';

type PictureErrorKind = Extract<ErrorKind, `picture.${string}`>;

export const PICTURE_MESSAGES: Readonly<Record<PictureErrorKind, (details: ErrorDetails) => string>> = {
  'picture.format': () => l10n.t('Only PNG, JPEG and WebP pictures can be sent.'),
  'picture.empty': () => l10n.t('The picture is empty.'),
  'picture.toolarge': (d) => l10n.t('A picture can have up to {0} MB.', String(d.max ?? 0)),
  'picture.toomany': (d) => l10n.t('A question can have up to {0} pictures.', String(d.max ?? 0)),
  'picture.gone': (d) => l10n.t('{0} is no longer in memory. Paste the picture again.', d.subject ?? ''),
  'picture.style': (d) =>
    l10n.t(
      '"{0}" uses the API style {1}, which takes no pictures. Remove them, or select another model.',
      d.providerLabel ?? '',
      d.subject ?? '',
    ),
};
