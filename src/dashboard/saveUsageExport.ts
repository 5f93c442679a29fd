import { l10n, Uri, window, workspace } from 'vscode';
import { type ExportFormat, exportFrame, formatExportRow } from '../usage/common/usageExport';
import { withoutUndefined } from '../util/withoutUndefined';
import type { PagedRuns } from './usageReader';

const ROWS_PER_CHUNK = 2000;

/** Writes the runs, newest first, to a file the user chooses. */
export async function saveUsageExport(runs: PagedRuns, format: ExportFormat): Promise<void> {
  const name = `quillet-usage-${runs.period}.${format}`;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: l10n.t('Export Usage'),
    filters: { [format.toUpperCase()]: [format] },
    ...withoutUndefined({ defaultUri: folder === undefined ? undefined : Uri.joinPath(folder, name) }),
  });
  if (target === undefined) return;
  const bytes = await encodeExport(runs, format);
  if (bytes === undefined) {
    void window.showWarningMessage(l10n.t("Couldn't export usage because some of it has just been deleted."));
    return;
  }
  await workspace.fs.writeFile(target, bytes);
  void window.showInformationMessage(l10n.t('Exported requests: {0}', runs.count.toLocaleString()));
}

/** Undefined if some runs have been deleted: a partial export would be taken for a complete one. */
async function encodeExport({ count, readNewest }: PagedRuns, format: ExportFormat): Promise<Uint8Array | undefined> {
  const { before, between, after } = exportFrame(format);
  const encoder = new TextEncoder();
  const chunks = [encoder.encode(before)];
  for (let from = 0; from < count; from += ROWS_PER_CHUNK) {
    const rows = await readNewest(from, Math.min(ROWS_PER_CHUNK, count - from));
    if (rows === undefined) return undefined;
    const text = rows.map((row) => formatExportRow(row, format)).join(between);
    chunks.push(encoder.encode((from === 0 ? '' : between) + text));
    await new Promise((resolve) => setTimeout(resolve));
  }
  chunks.push(encoder.encode(after));
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
