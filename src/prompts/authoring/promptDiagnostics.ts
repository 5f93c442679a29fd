import {
  Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  languages,
  Range,
  type TextDocument,
  workspace,
} from 'vscode';
import { DisposableStore } from '../../platform/disposableStore';
import type { PromptDefinition } from '../common/promptFile';
import { isSharedFile } from '../common/promptFolder';
import { promptIdOf } from '../common/promptLibrary';
import type { PromptProblem } from '../common/promptProblem';
import { unknownLanguages } from '../common/unknownLanguages';
import { describeBroken, problemSentence } from '../promptProblemMessages';

/** A prompt file as it stands in its editor. */
export interface ReadPromptFile {
  readonly id: string;
  readonly prompt?: PromptDefinition;
  readonly problems: readonly PromptProblem[];
}

/** So long after the last key somebody has stopped to look. */
const QUIET_MS = 200;

/** Shows what is wrong with the prompt files that are open, while they are typed. */
export class PromptDiagnostics implements Disposable {
  private readonly store = new DisposableStore();
  private readonly shown = this.store.add(languages.createDiagnosticCollection('quillet'));
  private readonly waiting = new Map<TextDocument, ReturnType<typeof setTimeout>>();

  /** @param isOwn whether a document is a prompt file that Quillet reads. */
  constructor(private readonly isOwn: (document: TextDocument) => boolean) {
    this.store.add(workspace.onDidOpenTextDocument((document) => this.showSoon(document, 0)));
    this.store.add(workspace.onDidChangeTextDocument(({ document }) => this.showSoon(document, QUIET_MS)));
    this.store.add(workspace.onDidCloseTextDocument((document) => this.forget(document)));
    // What belongs to the library changes with these.
    const all = () => this.showAll();
    this.store.add(workspace.onDidGrantWorkspaceTrust(all));
    this.store.add(workspace.onDidChangeWorkspaceFolders(all));
    this.store.add(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('quillet.promptFolders')) all();
      }),
    );
    all();
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
    this.store.dispose();
  }

  private showAll(): void {
    for (const document of workspace.textDocuments) {
      if (this.isOwn(document)) this.showSoon(document, 0);
      else this.forget(document);
    }
  }

  private showSoon(document: TextDocument, delay: number): void {
    if (!this.isOwn(document)) return;
    clearTimeout(this.waiting.get(document));
    this.waiting.set(
      document,
      setTimeout(() => {
        this.waiting.delete(document);
        void this.show(document);
      }, delay),
    );
  }

  private async show(document: TextDocument): Promise<void> {
    const { version } = document;
    const { prompt, problems } = await readPromptDocument(document);
    const foreign =
      prompt === undefined ? [] : unknownLanguages(document.getText(), prompt, await languages.getLanguages());
    // It was typed on, or closed, while the parser was loaded.
    if (document.isClosed || document.version !== version) return;
    this.shown.set(
      document.uri,
      [...problems, ...foreign].map((problem) => diagnosticOf(document, problem)),
    );
  }

  private forget(document: TextDocument): void {
    clearTimeout(this.waiting.get(document));
    this.waiting.delete(document);
    this.shown.delete(document.uri);
  }
}

/** Reads a prompt file as it stands in its editor, saved or not. */
export async function readPromptDocument(document: TextDocument): Promise<ReadPromptFile> {
  const { parsePromptFile } = await import('../common/promptFile');
  const name = document.uri.path.split('/').at(-1) ?? '';
  const id = promptIdOf(name) ?? name;
  return { id, ...parsePromptFile(id, document.getText(), { isShared: isSharedFile(document.uri.path) }) };
}

/** The first problem of a file that cannot be used, with its place. */
export function describeRead({ id, problems }: ReadPromptFile): string {
  return describeBroken({ id, source: 'user', problems });
}

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

function diagnosticOf(document: TextDocument, problem: PromptProblem): Diagnostic {
  const { code, severity } = problem;
  const diagnostic = new Diagnostic(rangeOf(document, problem), problemSentence(problem), severities[severity]);
  diagnostic.source = 'Quillet';
  diagnostic.code = code;
  return diagnostic;
}

function rangeOf(document: TextDocument, { line, column, endColumn, code }: PromptProblem): Range {
  const range = document.validateRange(new Range(line - 1, column - 1, line - 1, endColumn - 1));
  // What is at one place only would be hard to see.
  if (range.isEmpty) return range.with({ end: document.lineAt(range.start).range.end });
  // The YAML library names the first character of what it complains of.
  const word = code === 'yaml' ? document.getWordRangeAtPosition(range.start) : undefined;
  return word?.start.isEqual(range.start) === true ? range.union(word) : range;
}
