import type { DestinationKind } from '../../core/destinationKind';
import { SAME_LANGUAGE } from './frontMatterKeys';
import type { PromptDefinition } from './promptFile';

/** Destinations whose answer is a text such as the one that was asked about, and no talk about it. */
const SAME_LANGUAGE_DESTINATIONS: readonly DestinationKind[] = ['review', 'replace', 'insert', 'before', 'after'];

/**
 * The language of the document that the answer opens, where it was asked about one of `languageId`. Undefined is Markdown:
 * so is what a prompt answers that says nothing of its language, unless it was made to write into the text.
 */
export function documentLanguageFor(
  { destination, documentLanguage }: Pick<PromptDefinition, 'destination' | 'documentLanguage'>,
  languageId: string,
): string | undefined {
  const language = documentLanguage ?? (SAME_LANGUAGE_DESTINATIONS.includes(destination) ? SAME_LANGUAGE : undefined);
  return language === SAME_LANGUAGE ? languageId : language;
}
