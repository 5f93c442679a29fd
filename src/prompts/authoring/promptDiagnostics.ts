import {
  Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  languages,
  Range,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import { DisposableStore } from '../../platform/disposableStore';
import type { PromptDefinition } from '../common/promptFile';
import { isSharedPromptFile } from '../common/promptFolder';
import { type PromptSource, promptIdFromFileName } from '../common/promptLibrary';
import type { PromptProblem } from '../common/promptProblem';
import { unknownLanguages } from '../common/unknownLanguages';
import { describeFirstError, problemMessage } from '../promptProblemMessages';

export interface ParsedPromptFile {
  readonly id: string;
  readonly prompt?: PromptDefinition;
  readonly problems: readonly PromptProblem[];
}

const DEBOUNCE_MS = 200;

export class PromptDiagnostics implements Disposable {
  private readonly store = new DisposableStore();
  private readonly collection = this.store.add(languages.createDiagnosticCollection('quillet'));
  private readonly timers = new Map<TextDocument, ReturnType<typeof setTimeout>>();

  constructor(private readonly findSource: (uri: Uri) => PromptSource | undefined) {
    this.store.add(workspace.onDidOpenTextDocument((document) => this.scheduleRefresh(document, 0)));
    this.store.add(workspace.onDidChangeTextDocument(({ document }) => this.scheduleRefresh(document, DEBOUNCE_MS)));
    this.store.add(workspace.onDidCloseTextDocument((document) => this.clear(document)));
    // These decide which files belong to the library.
    const refreshAll = () => this.refreshAll();
    this.store.add(workspace.onDidGrantWorkspaceTrust(refreshAll));
    this.store.add(workspace.onDidChangeWorkspaceFolders(refreshAll));
    this.store.add(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('quillet.promptFolders')) refreshAll();
      }),
    );
    refreshAll();
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.store.dispose();
  }

  private refreshAll(): void {
    for (const document of workspace.textDocuments) {
      if (this.findSource(document.uri) !== undefined) this.scheduleRefresh(document, 0);
      else this.clear(document);
    }
  }

  private scheduleRefresh(document: TextDocument, delay: number): void {
    if (this.findSource(document.uri) === undefined) return;
    clearTimeout(this.timers.get(document));
    this.timers.set(
      document,
      setTimeout(() => {
        this.timers.delete(document);
        void this.refresh(document);
      }, delay),
    );
  }

  private async refresh(document: TextDocument): Promise<void> {
    const { version } = document;
    const { prompt, problems } = await parsePromptDocument(document, this.findSource(document.uri));
    const unknown =
      prompt === undefined ? [] : unknownLanguages(document.getText(), prompt, await languages.getLanguages());
    // The document was changed or closed while the parser was loading.
    if (document.isClosed || document.version !== version) return;
    this.collection.set(
      document.uri,
      [...problems, ...unknown].map((problem) => toDiagnostic(document, problem)),
    );
  }

  private clear(document: TextDocument): void {
    clearTimeout(this.timers.get(document));
    this.timers.delete(document);
    this.collection.delete(document.uri);
  }
}

export async function parsePromptDocument(
  document: TextDocument,
  source: PromptSource | undefined,
): Promise<ParsedPromptFile> {
  const { parsePromptFile } = await import('../common/promptFile');
  const name = document.uri.path.split('/').at(-1) ?? '';
  const id = promptIdFromFileName(name) ?? name;
  const options = { isShared: isSharedPromptFile(document.uri.path), isOwn: source === 'user' };
  return { id, ...parsePromptFile(id, document.getText(), options) };
}

export function describeParseError({ id, problems }: ParsedPromptFile): string {
  return describeFirstError({ id, source: 'user', problems });
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

function toDiagnostic(document: TextDocument, problem: PromptProblem): Diagnostic {
  const { code, severity } = problem;
  const diagnostic = new Diagnostic(toRange(document, problem), problemMessage(problem), SEVERITIES[severity]);
  diagnostic.source = 'Quillet';
  diagnostic.code = code;
  return diagnostic;
}

function toRange(document: TextDocument, { line, column, endColumn, code }: PromptProblem): Range {
  const range = document.validateRange(new Range(line - 1, column - 1, line - 1, endColumn - 1));
  // An empty range would hardly be visible.
  if (range.isEmpty) return range.with({ end: document.lineAt(range.start).range.end });
  // The YAML library reports only the first character.
  const word = code === 'yaml' ? document.getWordRangeAtPosition(range.start) : undefined;
  return word?.start.isEqual(range.start) === true ? range.union(word) : range;
}
