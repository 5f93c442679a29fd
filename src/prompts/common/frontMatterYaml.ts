import { type Document, type ErrorCode, Lexer, LineCounter, Parser, parseDocument, type YAMLError } from 'yaml';
import type { PromptProblem, YamlErrorKind } from './promptProblem';

const MAX_NESTING_DEPTH = 10;

// Front matter that uses every key has fewer than a hundred.
const MAX_LEXEMES = 4_000;

export interface ParsedYaml {
  readonly source: string;
  readonly document: Document.Parsed;
  readonly lineCounter: LineCounter;
  readonly errors: readonly YAMLError[];
}

export function parseYaml(source: string): ParsedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(source, {
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter,
  });
  // The library only warns about unknown tags and the like.
  return { source, document, lineCounter, errors: [...document.errors, ...document.warnings] };
}

/** Retries invalid YAML as VS Code would read it. */
export function parseLooseYaml(source: string): ParsedYaml {
  const parsed = parseYaml(source);
  if (parsed.errors.length === 0) return parsed;
  const quoted = quoteLooseValues(source);
  const reparsed = quoted === source || isTooComplex(quoted) ? parsed : parseYaml(quoted);
  return reparsed.errors.length === 0 ? reparsed : parsed;
}

const TEXT_KEYS = 'name|description|argument-hint|agent|mode|model';

/** Text in one line: the next line is not part of it. */
const TEXT_LINE = new RegExp(`^(${TEXT_KEYS}):[ \\t]+(\\S.*)$(?!\\n[ \\t]+\\S)`, 'gm');

/** Makes valid YAML of what only VS Code can read: tabs, and unquoted text as in `description: Fix: find the cause`. */
function quoteLooseValues(source: string): string {
  return source
    .replaceAll(/^\t+/gm, (tabs) => '  '.repeat(tabs.length))
    .replaceAll(TEXT_LINE, (line, key: string, value: string) =>
      parseYaml(line).errors.length === 0 ? line : `${key}: ${JSON.stringify(withoutQuotes(value.trimEnd()))}`,
    );
}

/** For text with an apostrophe, as in `'It's done'`. */
function withoutQuotes(value: string): string {
  return /^'(.*)'$/.exec(value)?.[1] ?? value;
}

/** Deep nesting could overflow the stack, because the library composes nodes recursively. Its parser does not. */
export function isTooComplex(source: string): boolean {
  const parser = new Parser();
  let lexemeCount = 0;
  for (const lexeme of new Lexer().lex(source)) {
    for (const _token of parser.next(lexeme)) {
      // Only the depth matters here.
    }
    lexemeCount += 1;
    if (lexemeCount > MAX_LEXEMES || parser.stack.length > MAX_NESTING_DEPTH) return true;
  }
  return false;
}

/** Frequent mistakes, which have translated messages. */
const YAML_ERROR_KINDS: Readonly<Partial<Record<ErrorCode, YamlErrorKind>>> = {
  MULTILINE_IMPLICIT_KEY: 'colon',
  BLOCK_AS_IMPLICIT_KEY: 'quotes',
  BAD_SCALAR_START: 'quotes',
  DUPLICATE_KEY: 'duplicateKey',
  TAB_AS_INDENT: 'tab',
  BAD_INDENT: 'indent',
  TAG_RESOLVE_FAILED: 'tag',
};

export function classifyYamlError({ code, message }: YAMLError): Pick<PromptProblem, 'yamlError' | 'detail'> {
  const isColonMissing = code === 'MISSING_CHAR' && message.startsWith('Implicit map keys');
  const yamlError = isColonMissing ? 'colon' : YAML_ERROR_KINDS[code];
  return yamlError === undefined ? { detail: message } : { yamlError };
}
