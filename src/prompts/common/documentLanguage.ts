import type { DestinationKind } from '../../core/destinationKind';
import { SAME_LANGUAGE } from './frontMatterKeys';
import type { PromptDefinition } from './promptFile';

// Destinations whose answer is code like the selection, not an explanation of it.
const SAME_LANGUAGE_DESTINATIONS: readonly DestinationKind[] = ['review', 'replace', 'insert', 'before', 'after'];

/** The language of the document that an answer opens. Code has that of the file; undefined means Markdown. */
export function documentLanguageFor(
  { destination, documentLanguage }: Pick<PromptDefinition, 'destination' | 'documentLanguage'>,
  languageId: string,
): string | undefined {
  const language = documentLanguage ?? (SAME_LANGUAGE_DESTINATIONS.includes(destination) ? SAME_LANGUAGE : undefined);
  return language === SAME_LANGUAGE ? languageId : language;
}
