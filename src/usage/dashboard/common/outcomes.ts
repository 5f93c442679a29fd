import type { Localizer } from '../../common/formatTotals';

export function outcomeNames(l10n: Localizer): Readonly<Record<string, string>> {
  return {
    ok: l10n.t('Succeeded'),
    truncated: l10n.t('Cut off'),
    failed: l10n.t('Failed'),
    cancelled: l10n.t('Stopped'),
    refused: l10n.t('Refused'),
    abandoned: l10n.t('Abandoned'),
  };
}

/** Describes an error kind in a few words. Undefined if the outcome says it all. */
export function describeReason(kind: string, l10n: Localizer): string | undefined {
  const reasons: Readonly<Record<string, string>> = {
    'http.401': l10n.t('API key rejected'),
    'http.403': l10n.t('access denied'),
    'http.404': l10n.t('not found'),
    'http.413': l10n.t('too large'),
    'http.429': l10n.t('rate limit'),
    'http.5xx': l10n.t('server error'),
    'http.loading': l10n.t('model loading'),
    'http.quota': l10n.t('no credit left'),
    'http.redirect': l10n.t('redirected'),
    'body.error': l10n.t('server error'),
    'sse.error': l10n.t('server error'),
    'finish.length': l10n.t('length limit'),
    'finish.filter': l10n.t('content filter'),
    'body.empty': l10n.t('empty answer'),
    http: l10n.t('request rejected'),
    lm: l10n.t('request rejected'),
    net: l10n.t('connection failed'),
    time: l10n.t('timed out'),
    body: l10n.t('invalid response'),
    sse: l10n.t('invalid response'),
    limit: l10n.t('too large'),
    key: l10n.t('no API key'),
    cfg: l10n.t('invalid settings'),
    doc: l10n.t('not written'),
    review: l10n.t('not written'),
    internal: l10n.t('internal error'),
  };
  return reasons[kind] ?? reasons[kind.replace(/\..*/, '')];
}
