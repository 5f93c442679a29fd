import { l10n, type Range, type TextDocument, type Uri, window, workspace } from 'vscode';
import type { Endpoint } from '../core/chat';
import { isQuilletError, QuilletError, toQuilletError } from '../core/errors';
import { findPictureProblem } from '../core/messagePictures';
import { describeDiagnostics } from '../editor/diagnosticRegion';
import { getDiagnostics } from '../editor/diagnostics';
import { getFileName } from '../editor/workspacePath';
import type { FileExclusions } from '../ignore/fileExclusions';
import { getStagedChanges } from '../platform/stagedChanges';
import { summarizeDiff } from '../text/diffSummary';
import { withoutUndefined } from '../util/withoutUndefined';
import type { Attachments } from './common/attachments';
import { type ContextName, findReferences, type Reference } from './common/findReferences';
import type { PictureStore } from './common/pictureStore';
import { findReferencedFile, readReferencedFile } from './referencedFiles';
import { findReferencedSymbol } from './referencedSymbols';
import { formatBlock, readDefinitions } from './workspaceContext';

const MAX_REFERENCES = 20;

export type ReadTerminal = () => Promise<string | undefined>;

/** The code that a question is about. */
export interface QuestionTarget {
  readonly document: TextDocument;
  readonly ranges: readonly Range[];
}

/** Reads what the `@` references and the markers of pictures in questions refer to. */
export class ReferenceResolver {
  constructor(
    private readonly readTerminal: ReadTerminal,
    private readonly exclusions: FileExclusions,
    private readonly pictures: PictureStore,
  ) {}

  /**
   * A block of text for each reference, named as in the question, and the pictures. Undefined if the user cancels.
   * @throws QuilletError `ref.*`, naming the reference, `picture.*` or `doc.excluded`
   */
  async resolve(question: string, target: QuestionTarget): Promise<Attachments | undefined> {
    const pictures = this.pictures.find(question);
    const references = findReferences(question);
    if (references.length > MAX_REFERENCES) throw new QuilletError('ref.toomany', { max: MAX_REFERENCES });
    const blocks: string[] = [];
    for (const reference of references) {
      const block = await this.readIfFound(reference, target);
      if (block !== undefined) blocks.push(block);
      else if (!(await confirmSendingAsText(reference.label))) return undefined;
    }
    return { blocks, pictures };
  }

  /** Why the pictures of a question can't be sent to an endpoint. */
  findPictureProblem(question: string, endpoint: Endpoint): QuilletError | undefined {
    try {
      return findPictureProblem(endpoint, this.pictures.find(question));
    } catch (thrown) {
      return toQuilletError(thrown);
    }
  }

  /** Undefined if there is nothing of that name: what looks like a reference may be meant as text. */
  private async readIfFound(reference: Reference, about: QuestionTarget): Promise<string | undefined> {
    try {
      return await this.toBlock(reference, about);
    } catch (thrown) {
      if (isQuilletError(thrown) && thrown.kind === 'ref.missing') return undefined;
      throw thrown;
    }
  }

  async toBlock({ label, target }: Reference, about: QuestionTarget): Promise<string> {
    if (target.kind === 'context') {
      const text = await this.readContext(label, target.name, about);
      // Declarations are blocks already.
      return target.name === 'definitions' ? `${label}:\n\n${text}` : formatBlock(label, text);
    }
    if (target.kind === 'symbol') {
      const { uri, lines } = await findReferencedSymbol(label, target.name, target.path);
      const text = await readReferencedFile(label, uri, { exclusions: this.exclusions, lines });
      const location = `${workspace.asRelativePath(uri)}:${lines.first}-${lines.last}`;
      return formatBlock(`${label} (${location})`, text, getFileName(uri));
    }
    const uri = await findReferencedFile(label, target.path);
    const options = { exclusions: this.exclusions, ...withoutUndefined({ lines: target.lines }) };
    return formatBlock(label, await readReferencedFile(label, uri, options), getFileName(uri));
  }

  private async readContext(label: string, name: ContextName, about: QuestionTarget): Promise<string> {
    const filter = (diff: string, root: Uri) => this.exclusions.filterDiff(diff, root);
    const text = await this.findContext(name, about, filter);
    if (text === undefined || text === '') throw new QuilletError('ref.nothing', { subject: label, code: name });
    return text;
  }

  /** Completions only estimate the size of a diff, so they need no filter, which tells the user what it leaves out. */
  async findContext(
    name: ContextName,
    { document, ranges }: QuestionTarget,
    filterDiff: (diff: string, root: Uri) => string | Promise<string> = (diff) => diff,
  ): Promise<string | undefined> {
    if (name === 'terminal') return this.readTerminal();
    if (name === 'definitions') return readDefinitions({ document, ranges, exclusions: this.exclusions });
    if (name === 'problems') return describeDiagnostics(document, getDiagnostics(document));
    const staged = await getStagedChanges(document.uri);
    if (!('diff' in staged)) return undefined;
    return summarizeDiff(await filterDiff(staged.diff, staged.root), Number.POSITIVE_INFINITY);
  }
}

async function confirmSendingAsText(label: string): Promise<boolean> {
  const message = l10n.t("Can't find {0} in the workspace.", label);
  const detail = l10n.t('If it is not meant as a reference, send it as text. Text in backticks is never a reference.');
  // The first button has the focus. Pressing Enter must not send anything.
  const [edit, send] = [l10n.t('Edit Question'), l10n.t('Send as Text')];
  return (await window.showWarningMessage(message, { modal: true, detail }, edit, send)) === send;
}
