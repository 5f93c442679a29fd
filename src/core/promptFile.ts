import * as v from 'valibot';
import { type Document, isMap, isScalar, Lexer, LineCounter, Parser, parseDocument } from 'yaml';
import type { ParameterSet } from './chat';
import { type DestinationKind, destinationKinds } from './destinationKind';
import { toLineFeeds } from './indentation';

/** A prompt as the library holds it: templates, not yet filled in. */
export interface PromptDefinition {
  id: string;
  name: string;
  description: string;
  destination: DestinationKind;
  /** A model ref; absent means the default model. */
  model?: string;
  parameters: ParameterSet;
  system?: string;
  user: string;
}

/** What is wrong with a prompt file, and where; line and column are 1-based. */
export interface PromptProblem {
  line: number;
  column: number;
  message: string;
  code: string;
}

/**
 * Reads a `*.prompt.md` file: optional YAML front matter and a Markdown body. A file with any problem gives no prompt,
 * because half of what somebody wrote is not what they wrote. Front matter is data only: no tags, no code, few aliases.
 */
export function parsePromptFile(id: string, text: string): { prompt?: PromptDefinition; problems: PromptProblem[] } {
  if (text.length > longestFile) {
    return failed({ line: 1, column: 1, message: 'A prompt file holds at most 64 KiB.', code: 'tooLarge' });
  }
  const parts = splitFile(toLineFeeds(text.replace(/^\u{feff}/u, '')));
  if ('message' in parts) return failed(parts);

  const { front, problems } = readFrontMatter(parts.frontMatter);
  if (parts.body === '') {
    problems.push({ line: parts.bodyLine, column: 1, message: 'The prompt has no text.', code: 'emptyBody' });
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  if (front === undefined || problems.length > 0) return { problems };
  return { prompt: definition(id, front, parts.body), problems };
}

const longestFile = 64 * 1024;
const mostAliases = 50;
const deepestNesting = 10;

/** Keys, values, marks and spaces; a front matter with every key in it has less than a hundred. */
const mostParts = 4_000;

/** Keys of VS Code's own prompt files, which mean nothing here. */
const ignoredKeys = new Set(['agent', 'mode', 'tools', 'argument-hint']);

/** Keys that would decide where data goes or what credential goes along; a file never may. */
const forbiddenKeys = new Set([
  'baseurl',
  'apikey',
  'headers',
  'provider',
  'providers',
  'env',
  'proxy',
  'request',
  'body',
]);

const optionalText = (message: string) => v.optional(v.pipe(v.string(message), v.trim(), v.minLength(1, message)));

const numberBetween = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}.`;
  return v.nullish(v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message)));
};

const wholeNumber = (low: number, message: string) =>
  v.nullish(v.pipe(v.number(message), v.safeInteger(message), v.minValue(low, message)));

const stopMessage = 'must be a text, or one to four of them.';

const parametersSchema = v.strictObject(
  {
    temperature: numberBetween(0, 2),
    topP: numberBetween(0, 1),
    maxOutputTokens: wholeNumber(1, 'must be a whole number above 0.'),
    stop: v.nullish(
      v.union(
        [v.string(), v.pipe(v.array(v.string(stopMessage)), v.minLength(1, stopMessage), v.maxLength(4, stopMessage))],
        stopMessage,
      ),
    ),
    seed: wholeNumber(Number.MIN_SAFE_INTEGER, 'must be a whole number.'),
    reasoningEffort: v.nullish(v.string('must be a text.')),
  },
  (issue) => (issue.expected === 'never' ? 'is no parameter.' : 'must be a list of parameters and their values.'),
);

const frontMatterSchema = v.object({
  name: optionalText('must be a text.'),
  description: optionalText('must be a text.'),
  destination: v.optional(v.picklist(destinationKinds, `must be one of ${destinationKinds.join(', ')}.`)),
  model: optionalText('must be a model as provider/model.'),
  parameters: v.nullish(parametersSchema),
  system: optionalText('must be a text.'),
});

type FrontMatter = v.InferOutput<typeof frontMatterSchema>;

interface FileParts {
  readonly frontMatter: string;
  readonly body: string;
  readonly bodyLine: number;
}

function splitFile(text: string): FileParts | PromptProblem {
  const lines = text.split('\n');
  const first = (lines[0] ?? '').trimEnd();
  if (/^---[a-z]/i.test(first)) {
    return {
      line: 1,
      column: 4,
      message: 'Front matter is YAML, after a line of just ---.',
      code: 'frontMatterLanguage',
    };
  }
  if (first !== '---') return { frontMatter: '', body: trimLines(text), bodyLine: 1 };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end === -1) {
    return { line: 1, column: 1, message: 'The front matter has no closing --- line.', code: 'unclosed' };
  }
  const frontMatter = lines.slice(1, end).join('\n');
  return { frontMatter, body: trimLines(lines.slice(end + 1).join('\n')), bodyLine: end + 2 };
}

/** Takes blank lines off the start and white space off the end; the indentation of the first line stays. */
function trimLines(text: string): string {
  return text.trimEnd().replace(/^(?:[^\S\n]*\n)+/, '');
}

function readFrontMatter(source: string): { front?: FrontMatter; problems: PromptProblem[] } {
  if (isTooComplex(source)) {
    return failed({ line: 2, column: 1, message: 'The front matter is too deep or has too many parts.', code: 'yaml' });
  }
  const positions = new LineCounter();
  const document = parseDocument(source, {
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: positions,
  });
  // What is a warning to the library, such as a tag that it does not know, is a problem here.
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return { problems: syntax.map((error) => problemAt(positions, error.pos[0], `${error.message}.`, 'yaml')) };
  }
  return validate(document, positions);
}

function validate(
  document: Document.Parsed,
  positions: LineCounter,
): { front?: FrontMatter; problems: PromptProblem[] } {
  const { contents } = document;
  if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) {
    return failed(problemAt(positions, 0, 'The front matter must be a list of keys and their values.', 'invalid'));
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases }) ?? {};
  } catch {
    const message = 'The front matter has an alias of nothing, or too many aliases.';
    return failed({ line: 2, column: 1, message, code: 'yaml' });
  }
  const result = v.safeParse(frontMatterSchema, value, { abortPipeEarly: true });
  const problems = keyProblems(document, positions);
  for (const issue of result.issues ?? []) {
    const path = (issue.path ?? []).map((item) => String(item.key));
    problems.push(problemAt(positions, offsetOf(document, path), `"${path.join('.')}" ${issue.message}`, 'invalid'));
  }
  return result.success ? { front: result.output, problems } : { problems };
}

function keyProblems(document: Document.Parsed, positions: LineCounter): PromptProblem[] {
  const problems: PromptProblem[] = [];
  for (const { key } of isMap(document.contents) ? document.contents.items : []) {
    const name = isScalar(key) ? String(key.value) : '';
    if (Object.hasOwn(frontMatterSchema.entries, name) || ignoredKeys.has(name)) continue;
    const isForbidden = forbiddenKeys.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
    const message = isForbidden
      ? `"${name}" is not allowed in a prompt file.`
      : `"${name}" is not a key of a prompt file.`;
    problems.push(problemAt(positions, key.range?.[0] ?? 0, message, isForbidden ? 'forbidden' : 'unknownKey'));
  }
  return problems;
}

/** Where the innermost node on a path starts that the file really has. */
function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path[length - 1])
      : undefined;
    if (isScalar(pair?.key)) return pair.key.range?.[0] ?? 0;
  }
  return 0;
}

/** Positions of the YAML text become positions of the file, in which a `---` line stands before it. */
function problemAt(positions: LineCounter, offset: number, message: string, code: string): PromptProblem {
  const { line, col } = positions.linePos(offset);
  return { line: Math.max(line, 1) + 1, column: Math.max(col, 1), message, code };
}

/**
 * Whether the text is nested deeper, or has more parts, than any prompt needs. The library builds nodes recursively, and
 * hostile nesting can take the whole process down with it; its parser does not recurse, so that the depth is found first.
 */
function isTooComplex(source: string): boolean {
  const parser = new Parser();
  let parts = 0;
  for (const lexeme of new Lexer().lex(source)) {
    for (const _token of parser.next(lexeme)) {
      // Only the depth is of interest; finished tokens are let go.
    }
    parts += 1;
    if (parts > mostParts || parser.stack.length > deepestNesting) return true;
  }
  return false;
}

function definition(id: string, front: FrontMatter, user: string): PromptDefinition {
  const { name, description, destination, model, parameters, system } = front;
  return {
    id,
    name: name ?? id,
    description: description ?? '',
    destination: destination ?? 'thread',
    parameters: toParameterSet(parameters),
    user,
    ...(model !== undefined && { model }),
    ...(system !== undefined && { system }),
  };
}

/** Null means "not sent", as it does in the settings. */
function toParameterSet(parameters: FrontMatter['parameters']): ParameterSet {
  const { temperature, topP, maxOutputTokens, stop, seed, reasoningEffort } = parameters ?? {};
  return {
    ...(isSet(temperature) && { temperature }),
    ...(isSet(topP) && { topP }),
    ...(isSet(maxOutputTokens) && { maxOutputTokens }),
    ...(isSet(stop) && { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(isSet(seed) && { seed }),
    ...(isSet(reasoningEffort) && { reasoningEffort }),
  };
}

function isSet<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

function failed(problem: PromptProblem): { problems: PromptProblem[] } {
  return { problems: [problem] };
}
