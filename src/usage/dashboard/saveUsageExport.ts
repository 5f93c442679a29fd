import { l10n, Uri, window, workspace } from 'vscode';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { UsagePeriod } from '../common/period';
import { type ExportFormat, formatExport } from '../common/usageExport';
import type { UsageRow } from '../common/usageRow';

export async function saveUsageExport(
  rows: readonly UsageRow[],
  period: UsagePeriod,
  format: ExportFormat,
): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder === undefined ? undefined : Uri.joinPath(folder, `quillet-usage-${period}.${format}`);
  const target = await window.showSaveDialog({
    title: l10n.t('Export Usage'),
    filters: { [format.toUpperCase()]: [format] },
    ...withoutUndefined({ defaultUri }),
  });
  if (target === undefined) return;
  await workspace.fs.writeFile(target, new TextEncoder().encode(formatExport(rows, format).join('')));
  void window.showInformationMessage(l10n.t('Exported {0} requests.', rows.length.toLocaleString()));
}
