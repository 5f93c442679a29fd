import { l10n, Uri, window, workspace } from 'vscode';
import { concatBytes } from '../../util/bytes';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { UsagePeriod } from '../common/period';
import { type ExportFormat, exportFrame, formatExportRow } from '../common/usageExport';
import type { UsageRow } from '../common/usageRow';

const ROWS_PER_CHUNK = 2000;

/** Writes the runs to a file the user chooses. */
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
  await workspace.fs.writeFile(target, await encodeExport(rows, format));
  void window.showInformationMessage(l10n.t('Exported requests: {0}', rows.length.toLocaleString()));
}

async function encodeExport(rows: readonly UsageRow[], format: ExportFormat): Promise<Uint8Array> {
  const { before, between, after } = exportFrame(format);
  const encoder = new TextEncoder();
  const chunks = [encoder.encode(before)];
  for (let from = 0; from < rows.length; from += ROWS_PER_CHUNK) {
    const lines = rows.slice(from, from + ROWS_PER_CHUNK).map((row) => formatExportRow(row, format));
    chunks.push(encoder.encode((from === 0 ? '' : between) + lines.join(between)));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return concatBytes([...chunks, encoder.encode(after)]);
}
