import { l10n, Uri, window } from 'vscode';
import { revealInvisible } from '../../notifications/invisibleCharacterNames';
import type { Log } from '../../platform/log';
import type { MementoLike } from '../../platform/mementoLike';
import { findInvisible } from '../../sanitize/invisibleCharacters';
import { toSingleLine } from '../../sanitize/redactor';
import { sha256 } from '../../util/sha256';
import type { LibraryPrompt } from '../common/promptLibrary';
import { findAllVariables } from '../common/renderTemplates';
import { describeSentValues } from '../promptDocs';

const ACCEPTED_PROMPTS_KEY = 'quillet.acceptedPrompts';
// Maximum number of remembered consents (LRU).
const MAX_REMEMBERED_FILES = 300;
// The excerpt must fit in a dialog.
const MAX_EXCERPT_LINES = 18;
const MAX_EXCERPT_LINE_LENGTH = 120;

/** Asks before a workspace prompt runs for the first time or after a change: it speaks in the user's name. */
export class PromptConsent {
  constructor(
    private readonly memento: MementoLike,
    private readonly log: Log,
  ) {}

  async confirm(libraryPrompt: LibraryPrompt): Promise<boolean> {
    const { source, file, text } = libraryPrompt;
    if (source !== 'workspace' || file === undefined || text === undefined) return true;
    const digest = await sha256(text);
    const acceptedDigest = this.accepted.get(file);
    if (acceptedDigest === digest) return true;
    const isAccepted = await askForConsent(libraryPrompt, text, acceptedDigest !== undefined);
    this.log.info('prompt', { kind: 'prompt.consent', answer: isAccepted ? 'yes' : 'no' });
    if (isAccepted) await this.remember(file, digest);
    return isAccepted;
  }

  private get accepted(): Map<string, string> {
    return new Map(this.memento.get<readonly [string, string][]>(ACCEPTED_PROMPTS_KEY, []));
  }

  private async remember(file: string, digest: string): Promise<void> {
    const { accepted } = this;
    accepted.delete(file);
    await this.memento.update(ACCEPTED_PROMPTS_KEY, [...accepted.set(file, digest)].slice(-MAX_REMEMBERED_FILES));
  }
}

async function askForConsent(
  { prompt, file = '', overriddenSources }: LibraryPrompt,
  text: string,
  wasAccepted: boolean,
): Promise<boolean> {
  // The first button has the focus. Pressing Enter without reading must not run the prompt.
  const [open, use] = [l10n.t('Open File'), l10n.t('Use Prompt')];
  const question = wasAccepted
    ? l10n.t(
        'The prompt "{0}" in this workspace has changed since you last used it. Do you want to use it?',
        prompt.name,
      )
    : l10n.t('Do you want to use the prompt "{0}" from this workspace?', prompt.name);
  const notes = [
    ...(overriddenSources.length === 0 ? [] : [l10n.t('It overrides another prompt with the same ID.')]),
    ...(findInvisible(text).length === 0
      ? []
      : [l10n.t('It contains invisible characters, shown here as escape sequences.')]),
  ];
  const detail = [excerpt(text), `${describeSentValues(findAllVariables(prompt))}.`, ...notes].join('\n\n');
  const chosen = await window.showWarningMessage(question, { modal: true, detail }, open, use);
  if (chosen === open) await window.showTextDocument(Uri.parse(file), { preview: false });
  return chosen === use;
}

/** Makes invisible characters visible, and says if lines are missing. */
function excerpt(text: string): string {
  const lines = revealInvisible(text).text.trim().split(/\r?\n/);
  const shown = lines.slice(0, MAX_EXCERPT_LINES).map((line) => {
    const clean = toSingleLine(line);
    return clean.length > MAX_EXCERPT_LINE_LENGTH ? `${clean.slice(0, MAX_EXCERPT_LINE_LENGTH)}…` : clean;
  });
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [l10n.t('… and {0} more lines. Open the file to see them.', more)] : [])].join('\n');
}
