import * as v from 'valibot';
import {
  type Document,
  isMap,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { parseModelRef } from './chat';
import { destinationKinds } from './destinationKind';
import { ignoredPromptKeys, type PromptKey } from './promptKeys';
import { parametersSchema } from './promptParameters';
import type { PromptProblem, PromptProblemCode } from './promptProblem';
import { findVariableProblems } from './promptVariables';

const mostAliases = 50;
const deepestNesting = 10;

/** Keys, values, marks and spaces; a front matter with every key in it has less than a hundred. */
const mostParts = 4_000;

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

const text = (message: string) => v.pipe(v.string(message), v.trim(), v.minLength(1, message));
const optionalText = (message: string) => v.optional(text(message));
const optionalBoolean = v.optional(v.boolean('must be true or false.'));

const languagesMessage = 'must be the id of a language, or a list of them.';
const notesMessage = 'must be a text for each language.';
const modelMessage = 'must be a model as provider/model.';

const entries = {
  name: optionalText('must be a text.'),
  description: optionalText('must be a text.'),
  destination: v.optional(v.picklist(destinationKinds, `must be one of ${destinationKinds.join(', ')}.`)),
  model: v.optional(
    v.pipe(
      text(modelMessage),
      v.check((value) => parseModelRef(value) !== undefined, modelMessage),
    ),
  ),
  parameters: v.nullish(parametersSchema),
  system: optionalText('must be a text.'),
  languages: v.nullish(
    v.union([text(languagesMessage), v.array(text(languagesMessage), languagesMessage)], languagesMessage),
  ),
  languageNotes: v.nullish(v.record(v.string(), text(notesMessage), notesMessage)),
  menu: optionalBoolean,
  lightbulb: optionalBoolean,
} satisfies Record<PromptKey, unknown>;

const frontMatterSchema = v.object(entries);

/** The front matter as it is meant, with the lines of the file in which its templates begin. */
export interface FrontMatter extends v.InferOutput<typeof frontMatterSchema> {
  readonly lines: { readonly system?: number; readonly notes?: Readonly<Record<string, number>> };
}

export interface FrontMatterResult {
  front?: FrontMatter;
  problems: PromptProblem[];
}

/** Reads the YAML between the `---` lines. Front matter is data only: no tags, no code, few aliases. */
export function readFrontMatter(source: string): FrontMatterResult {
  if (isTooComplex(source)) return failed(2, 'The front matter is too deep or has too many parts.');
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
  const reader = new FrontMatterReader(source, document, positions);
  for (const error of syntax) reader.report(error.pos, `${error.message}.`, 'yaml');
  return syntax.length > 0 ? { problems: reader.problems } : reader.read();
}

class FrontMatterReader {
  readonly problems: PromptProblem[] = [];

  constructor(
    private readonly source: string,
    private readonly document: Document.Parsed,
    private readonly positions: LineCounter,
  ) {}

  read(): FrontMatterResult {
    const { contents } = this.document;
    if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) {
      this.report([0, 0], 'The front matter must be a list of keys and their values.', 'invalid');
      return { problems: this.problems };
    }
    this.checkKeys();
    let value: unknown;
    try {
      value = this.document.toJS({ maxAliasCount: mostAliases }) ?? {};
    } catch {
      // A key that is a list or a map has no name, and was reported already.
      if (this.problems.length > 0) return { problems: this.problems };
      this.report([0, 0], 'The front matter has an alias of nothing, or too many aliases.', 'yaml');
      return { problems: this.problems };
    }
    const result = v.safeParse(frontMatterSchema, value, { abortPipeEarly: true });
    for (const issue of result.issues ?? []) {
      const path = (issue.path ?? []).map((item) => String(item.key));
      this.report(this.rangeOf(path), `"${path.join('.')}" ${issue.message}`, 'invalid');
    }
    this.checkTemplates();
    return result.success
      ? { front: { ...result.output, lines: this.templateLines() }, problems: this.problems }
      : { problems: this.problems };
  }

  /** Positions of the YAML text become positions of the file, in which a `---` line stands before it. */
  report([start, end]: readonly [number, number, ...number[]], message: string, code: PromptProblemCode): void {
    const { line, col } = this.positions.linePos(start);
    const column = Math.max(col, 1);
    const lineEnd = this.source.indexOf('\n', start);
    const last = Math.min(Math.max(end, start), lineEnd === -1 ? this.source.length : lineEnd);
    this.problems.push({
      line: Math.max(line, 1) + 1,
      column,
      endColumn: column + Math.max(last - start, 0),
      message,
      code,
      severity: 'error',
    });
  }

  private checkKeys(): void {
    for (const { key } of isMap(this.document.contents) ? this.document.contents.items : []) {
      const name = isScalar(key) ? String(key.value) : '';
      if (Object.hasOwn(entries, name) || ignoredPromptKeys.includes(name)) continue;
      const isForbidden = forbiddenKeys.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
      const message = isForbidden
        ? `"${name}" is not allowed in a prompt file.`
        : `"${name}" is not a key of a prompt file.`;
      this.report(key.range ?? [0, 0], message, isForbidden ? 'forbidden' : 'unknownKey');
    }
  }

  /** The variables of the templates that stand in the front matter, at the places where they were written. */
  private checkTemplates(): void {
    for (const { node } of this.templates()) {
      const [start, end] = node.range ?? [0, 0];
      let from = start;
      for (const { variable, code, message } of findVariableProblems(String(node.value))) {
        const written = String(node.value).slice(variable.offset, variable.offset + variable.length);
        const found = this.source.slice(0, end).indexOf(written, from);
        const place = found === -1 ? start : found;
        this.report([place, found === -1 ? end : found + written.length], message, code);
        from = place + written.length;
      }
    }
  }

  private templateLines(): FrontMatter['lines'] {
    const templates = this.templates();
    const system = templates.find(({ language }) => language === undefined);
    const notes = templates.flatMap(({ language, node }) =>
      language === undefined ? [] : [[language, this.firstLine(node)] as const],
    );
    return {
      ...(system !== undefined && { system: this.firstLine(system.node) }),
      ...(notes.length > 0 && { notes: Object.fromEntries(notes) }),
    };
  }

  private templates(): { readonly language?: string; readonly node: Scalar }[] {
    const { contents } = this.document;
    if (!isMap(contents)) return [];
    const system = contents.get('system' satisfies PromptKey, true);
    const notes = contents.get('languageNotes' satisfies PromptKey, true);
    return [
      ...(isScalar(system) ? [{ node: system }] : []),
      ...(isMap(notes) ? notes.items : []).flatMap(({ key, value }) =>
        isScalar(key) && isScalar(value) ? [{ language: String(key.value), node: value }] : [],
      ),
    ];
  }

  /** The text of a block begins in the line after its `|` or `>`. */
  private firstLine({ type, range }: Scalar): number {
    const { line } = this.positions.linePos(range?.[0] ?? 0);
    return Math.max(line, 1) + (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 2 : 1);
  }

  /** Where the innermost node on a path stands that the file really has. */
  private rangeOf(path: readonly string[]): readonly [number, number, ...number[]] {
    for (let length = path.length; length > 0; length -= 1) {
      const parent = length === 1 ? this.document.contents : this.document.getIn(path.slice(0, length - 1), true);
      const key = isMap(parent) ? keyOf(parent, path[length - 1]) : undefined;
      if (key !== undefined) return key.range ?? [0, 0];
    }
    return [0, 0];
  }
}

function keyOf(map: YAMLMap, name: string | undefined): Node | undefined {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return isScalar(pair?.key) ? pair.key : undefined;
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

function failed(line: number, message: string): FrontMatterResult {
  return { problems: [{ line, column: 1, endColumn: 1, message, code: 'yaml', severity: 'error' }] };
}
