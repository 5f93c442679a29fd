// Fences are content here: Markdown and its relatives, text without a format, and boxes for messages.
const MARKDOWN_LANGUAGE =
  /markdown|^md[xc]?$|^markdoc$|^quarto$|^[rq]md$|^prompts?$|instructions|^skills?$|^chat|^agents?$|plaintext|^text$|commit|^scminput$|^typst$|^djot$|^asciidoc|^adoc$|^gemtext$/i;

// Text in a markup of its own, where a fence is no content but the text around it is.
const PROSE_LANGUAGE =
  /latex|^tex$|^context(?:\.tex)?$|^plaintex$|^bibtex$|restructuredtext|^rst$|^org(?:mode)?$|wiki|^textile$|^texinfo$|^[gnt]?roff$|^man$|^pod$|^norg$|^help$|^vimdoc$|^fountain$|^creole$|^rnoweb$|^rsweave$|^todotxt$|^taskpaper$/i;

// Every character at the start of a line means something here.
const FIXED_INDENTATION = /^(?:diff|patch|tsv|csv|makefile|make|mk|git-rebase)$/i;

export function isMarkdownLanguage(languageId: string): boolean {
  return MARKDOWN_LANGUAGE.test(languageId);
}

/** Whether the text around a code block may be what was asked for. */
export function isProseLanguage(languageId: string): boolean {
  return isMarkdownLanguage(languageId) || PROSE_LANGUAGE.test(languageId);
}

export function hasFixedIndentation(languageId: string, code: string): boolean {
  if (FIXED_INDENTATION.test(languageId)) return true;
  return /^ya?ml$/i.test(languageId) && /^ *\t/m.test(code);
}

export function isMakefileLanguage(languageId: string): boolean {
  return /^(?:makefile|make|mk)$/i.test(languageId);
}

export function isDiffLanguage(languageId: string): boolean {
  return /^(?:diff|patch|udiff)$/i.test(languageId);
}
