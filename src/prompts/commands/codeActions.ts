import {
  CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type CodeActionProvider,
  CodeActionTriggerKind,
  type Disposable,
  l10n,
  languages,
  type Range,
  type Selection,
  type TextDocument,
  workspace,
} from 'vscode';
import { getDiagnosticsOnLines } from '../../editor/diagnostics';
import { lastLine } from '../../editor/lastLine';
import type { CommandId, OfferedPrompt } from '../../platform/commands';

/** Argument of `quillet.fix`. Lines are 0-based. */
export interface DiagnosticLocation {
  readonly uri: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

type GetOfferedPrompts = (languageId: string) => Promise<readonly OfferedPrompt[]>;

const MAX_WAIT_MS = 1000;

/** Registers the code actions before the first command. They load prompts only if the user opens the menu. */
export function registerCodeActions(getOfferedPrompts: GetOfferedPrompts): Disposable {
  const providedCodeActionKinds = [CodeActionKind.QuickFix, CodeActionKind.Empty];
  const provider: CodeActionProvider = {
    provideCodeActions: (document, range, context) => provideCodeActions(document, range, context, getOfferedPrompts),
  };
  return languages.registerCodeActionsProvider('*', provider, { providedCodeActionKinds });
}

async function provideCodeActions(
  document: TextDocument,
  range: Range | Selection,
  { only, triggerKind }: CodeActionContext,
  getOfferedPrompts: GetOfferedPrompts,
): Promise<CodeAction[] | undefined> {
  if (!isWritable(document) || workspace.getConfiguration('quillet').get('lightbulb') === false) return undefined;
  const actions: CodeAction[] = [];
  const diagnostics =
    only === undefined || only.contains(CodeActionKind.QuickFix) ? getDiagnosticsOnLines(document, range) : [];
  if (diagnostics.length > 0) {
    const location: DiagnosticLocation = {
      uri: document.uri.toString(),
      firstLine: range.start.line,
      lastLine: lastLine(range),
    };
    const fix = createAction(l10n.t('Fix with Quillet'), CodeActionKind.QuickFix, 'quillet.fix', location);
    fix.diagnostics = diagnostics;
    actions.push(fix);
  }
  // Only when the user opens the menu: a lightbulb next to every selection would be in the way. The kind is empty so
  // that a menu of refactorings does not list them.
  const isInvoked = triggerKind === CodeActionTriggerKind.Invoke && only === undefined;
  if (isInvoked && !range.isEmpty) {
    actions.push(createAction(l10n.t('Explain with Quillet'), CodeActionKind.Empty, 'quillet.explain'));
    const timeout = new Promise<readonly OfferedPrompt[]>((resolve) => setTimeout(resolve, MAX_WAIT_MS, []));
    for (const { id, name } of await Promise.race([getOfferedPrompts(document.languageId), timeout])) {
      actions.push(createAction(l10n.t('{0} with Quillet', name), CodeActionKind.Empty, 'quillet.run', { prompt: id }));
    }
  }
  return actions;
}

function isWritable({ uri: { scheme } }: TextDocument): boolean {
  return (
    scheme === 'untitled' || scheme === 'vscode-notebook-cell' || workspace.fs.isWritableFileSystem(scheme) === true
  );
}

function createAction(title: string, kind: CodeActionKind, command: CommandId, ...args: readonly object[]): CodeAction {
  const codeAction = new CodeAction(title, kind);
  codeAction.command = { title, command, arguments: [...args] };
  return codeAction;
}
