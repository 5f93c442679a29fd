import { l10n, window } from 'vscode';
import { type CodeTarget, createChoiceError, findChoices, fitIndentation } from '../answers/fitCode';
import { isProseLanguage } from '../answers/languages';
import type { SinkReport } from '../core/run';
import { matchTrailingNewline, toLineFeeds } from '../text/indentation';
import { withoutUndefined } from '../util/withoutUndefined';

const PREVIEW_LINES = 4;
const PREVIEW_CHARACTERS = 240;

interface BlockChoice {
  onChosen(code: string): Promise<SinkReport>;
  dispose?(): void;
}

/** The picker doesn't open unasked, because it would take the focus from a user who is typing. */
export function createChoiceReport(
  answer: string,
  codeTarget: CodeTarget,
  { onChosen, dispose }: BlockChoice,
): SinkReport {
  const unresolved: SinkReport = { error: createChoiceError(findChoices(answer, codeTarget)), unwritten: answer };
  const run = async (): Promise<SinkReport> => {
    const code = await pickCode(answer, codeTarget);
    return code === undefined ? unresolved : onChosen(code);
  };
  return { ...unresolved, choice: { run, ...withoutUndefined({ dispose }) } };
}

interface CodeItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly code: string;
}

export async function pickCode(answer: string, codeTarget: CodeTarget): Promise<string | undefined> {
  const blocks = findChoices(answer, codeTarget);
  const items = blocks.map((block, index) =>
    createItem(l10n.t('Block {0}', String(index + 1)), block, fitIndentation(block, codeTarget)),
  );
  if (blocks.length === 1 || isProseLanguage(codeTarget.languageId)) {
    const text = toLineFeeds(answer);
    items.push(createItem(l10n.t('Whole Answer'), text, matchTrailingNewline(text, codeTarget.text)));
  }
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Which code block do you want to use?'),
    placeHolder: l10n.t("The rest of the answer won't be used"),
    matchOnDetail: true,
  });
  return picked?.code;
}

function createItem(label: string, text: string, code: string): CodeItem {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const detail = lines
    .slice(0, PREVIEW_LINES)
    .map((line) => line.trim())
    .join(' ⏎ ')
    .slice(0, PREVIEW_CHARACTERS);
  const description = lines.length === 1 ? l10n.t('1 line') : l10n.t('{0} lines', String(lines.length));
  return { label, description, detail, code };
}
