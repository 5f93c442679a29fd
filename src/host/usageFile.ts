import { l10n, Uri, window, workspace } from 'vscode';
import type { LedgerRow } from '../core/ledgerRow';
import { type ExportFormat, exportedRow, exportFrame } from '../core/usageExport';

/** Rows that are written as text in one go, a few milliseconds' work. */
const SLICE_ROWS = 2000;

/** The runs of a period. */
export interface ExportedRuns {
  readonly period: string;
  readonly count: number;
  /** Some of them, the newest first. */
  readonly newest: (first: number, count: number) => Promise<readonly LedgerRow[]>;
}

/** Asks where to, and writes runs there, the newest first. The user names the file, nobody else. */
export async function saveUsage(runs: ExportedRuns, format: ExportFormat): Promise<void> {
  const name = `quillet-usage-${runs.period}.${format}`;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: l10n.t('Export Usage'),
    filters: { [format.toUpperCase()]: [format] },
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, name) }),
  });
  if (target === undefined) return;
  await workspace.fs.writeFile(target, await exportBytes(runs, format));
  void window.showInformationMessage(l10n.t('Exported runs: {0}', runs.count.toLocaleString()));
}

async function exportBytes({ count, newest }: ExportedRuns, format: ExportFormat): Promise<Uint8Array> {
  const { before, between, after } = exportFrame(format);
  const encoder = new TextEncoder();
  const parts = [encoder.encode(before)];
  for (let from = 0; from < count; from += SLICE_ROWS) {
    const rows = (await newest(from, Math.min(SLICE_ROWS, count - from))).map((row) => exportedRow(row, format));
    parts.push(encoder.encode((from === 0 ? '' : between) + rows.join(between)));
    await new Promise((resolve) => setTimeout(resolve));
  }
  parts.push(encoder.encode(after));
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
