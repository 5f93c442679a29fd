import { l10n, window } from 'vscode';
import { findAmbiguousBlocks } from '../answers/codeBlocks';
import { type CodeTarget, fitIndentation } from '../answers/fitCode';
import { QuilletError } from '../core/errors';
import type { SinkReport } from '../core/run';
import { withoutUndefined } from '../util/withoutUndefined';

const PREVIEW_LINES = 4;
const PREVIEW_CHARACTERS = 240;

interface BlockChoice {
  onChosen(code: string): Promise<SinkReport>;
  dispose?(): void;
}

/**
 * Reports an answer with several code blocks: nothing is written and the user can choose a block. The picker doesn't
 * open unasked, because it would take the focus from a user who is typing.
 */
export function createChoiceReport(
  answer: string,
  codeTarget: CodeTarget,
  { onChosen, dispose }: BlockChoice,
): SinkReport {
  const blocks = findAmbiguousBlocks(answer, codeTarget.languageId);
  const unresolved: SinkReport = {
    error: new QuilletError('doc.choice', { subject: String(blocks.length) }),
    unwritten: answer,
  };
  const run = async (): Promise<SinkReport> => {
    const block = await pickCodeBlock(blocks);
    return block === undefined ? unresolved : onChosen(fitIndentation(block, codeTarget));
  };
  return { ...unresolved, choice: { run, ...withoutUndefined({ dispose }) } };
}

async function pickCodeBlock(blocks: readonly string[]): Promise<string | undefined> {
  const items = blocks.map((block, index) => {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    return {
      label: l10n.t('Block {0}', String(index + 1)),
      description: lines.length === 1 ? l10n.t('1 line') : l10n.t('{0} lines', String(lines.length)),
      detail: lines
        .slice(0, PREVIEW_LINES)
        .map((line) => line.trim())
        .join(' ⏎ ')
        .slice(0, PREVIEW_CHARACTERS),
      block,
    };
  });
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Which code block do you want to use?'),
    placeHolder: l10n.t("The other code blocks won't be used"),
    matchOnDetail: true,
  });
  return picked?.block;
}
