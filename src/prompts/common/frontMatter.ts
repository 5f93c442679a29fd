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
import { parseModelRef } from '../../core/chat';
import { DESTINATION_KINDS } from '../../core/destinationKind';
import { withoutUndefined } from '../../util/withoutUndefined';
import { ignoredPromptKeys, type PromptKey } from './frontMatterKeys';
import { parametersSchema } from './parameterSchema';
import { type ExpectedValue, expectedValues, type PromptProblem, type PromptProblemCode } from './promptProblem';
import { findVariableProblems } from './variables';
import { faultOf } from './yamlErrors';

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

/** What is wrong is told as an {@link ExpectedValue}. */
const text = (expected: ExpectedValue) => v.pipe(v.string(expected), v.trim(), v.minLength(1, expected));
const optionalText = v.optional(text('text'));
const optionalBoolean = v.optional(v.boolean('boolean' satisfies ExpectedValue));

const languages: ExpectedValue = 'languages';
const notes: ExpectedValue = 'notes';
const model: ExpectedValue = 'model';

const entries = {
  name: optionalText,
  description: optionalText,
  destination: v.optional(v.picklist(DESTINATION_KINDS, 'destination' satisfies ExpectedValue)),
  documentLanguage: optionalText,
  model: v.optional(
    v.pipe(
      text(model),
      v.check((value) => parseModelRef(value) !== undefined, model),
    ),
  ),
  parameters: v.nullish(parametersSchema),
  system: optionalText,
  languages: v.nullish(v.union([text(languages), v.array(text(languages), languages)], languages)),
  languageNotes: v.nullish(v.record(v.string(), text(notes), notes)),
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

/**
 * Reads the YAML between the `---` lines. Front matter is data only: no tags, no code, few aliases.
 * @param isShared whether the file is VS Code's as well.
 */
export function readFrontMatter(source: string, isShared: boolean): FrontMatterResult {
  if (isTooComplex(source)) return tooComplex;
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
  const reader = new FrontMatterReader(source, document, { positions, isShared });
  for (const error of syntax) reader.report(error.pos, 'yaml', faultOf(error));
  return syntax.length > 0 ? { problems: reader.problems } : reader.read();
}

/** Offsets in the YAML text, as the library has them. */
type Place = readonly [number, number, ...number[]];

class FrontMatterReader {
  readonly problems: PromptProblem[] = [];

  constructor(
    private readonly source: string,
    private readonly document: Document.Parsed,
    private readonly about: { readonly positions: LineCounter; readonly isShared: boolean },
  ) {}

  read(): FrontMatterResult {
    const { contents } = this.document;
    if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) {
      this.report([0, 0], 'yaml', { fault: 'noMap' });
      return { problems: this.problems };
    }
    this.checkKeys();
    let value: unknown;
    try {
      value = this.document.toJS({ maxAliasCount: mostAliases }) ?? {};
    } catch {
      // A key that is a list or a map has no name, and was reported already.
      if (this.problems.length > 0) return { problems: this.problems };
      this.report([0, 0], 'yaml', { fault: 'alias' });
      return { problems: this.problems };
    }
    const result = v.safeParse(frontMatterSchema, this.withoutForeignModel(value), { abortPipeEarly: true });
    for (const issue of result.issues ?? []) {
      const path = (issue.path ?? []).map((item) => String(item.key));
      const expected = expectedValues.find((one) => one === issue.message) ?? 'text';
      this.report(this.rangeOf(path), 'invalid', { subject: path.join('.'), expected });
    }
    this.checkTemplates();
    return result.success
      ? { front: { ...result.output, lines: this.templateLines() }, problems: this.problems }
      : { problems: this.problems };
  }

  /** Positions of the YAML text become positions of the file, in which a `---` line stands before it. */
  report([start, end]: Place, code: PromptProblemCode, more: Partial<PromptProblem> = {}): void {
    const { line, col } = this.about.positions.linePos(start);
    const column = Math.max(col, 1);
    const lineEnd = this.source.indexOf('\n', start);
    const last = Math.min(Math.max(end, start), lineEnd === -1 ? this.source.length : lineEnd);
    this.problems.push({
      line: Math.max(line, 1) + 1,
      column,
      endColumn: column + Math.max(last - start, 0),
      code,
      severity: 'error',
      ...more,
    });
  }

  /** A file of VS Code's names a model of VS Code's, or several: it is told that another one is asked. */
  private withoutForeignModel(value: unknown): unknown {
    if (!this.about.isShared || typeof value !== 'object' || value === null || !('model' in value)) return value;
    const { model: named, ...others } = value;
    if (typeof named === 'string' && parseModelRef(named) !== undefined) return value;
    this.report(this.rangeOf(['model' satisfies PromptKey]), 'foreignModel', { severity: 'info' });
    return others;
  }

  private checkKeys(): void {
    for (const { key } of isMap(this.document.contents) ? this.document.contents.items : []) {
      const name = isScalar(key) ? String(key.value) : '';
      if (Object.hasOwn(entries, name) || ignoredPromptKeys.includes(name)) continue;
      const isForbidden = forbiddenKeys.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
      const severity = this.about.isShared && !isForbidden ? 'info' : 'error';
      this.report(key.range ?? [0, 0], isForbidden ? 'forbidden' : 'unknownKey', { subject: name, severity });
    }
  }

  /** The variables of the templates that stand in the front matter, at the places where they were written. */
  private checkTemplates(): void {
    for (const { node } of this.templates()) {
      const [start, end] = node.range ?? [0, 0];
      let from = start;
      for (const { variable, code } of findVariableProblems(String(node.value))) {
        const written = String(node.value).slice(variable.offset, variable.offset + variable.length);
        const found = this.source.slice(0, end).indexOf(written, from);
        const place = found === -1 ? start : found;
        this.report([place, found === -1 ? end : found + written.length], code, { subject: variable.name });
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
      ...withoutUndefined({
        system: system !== undefined ? this.firstLine(system.node) : undefined,
        notes: notes.length > 0 ? Object.fromEntries(notes) : undefined,
      }),
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
    const { line } = this.about.positions.linePos(range?.[0] ?? 0);
    return Math.max(line, 1) + (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 2 : 1);
  }

  /** Where the innermost node on a path stands that the file really has. */
  private rangeOf(path: readonly string[]): Place {
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

const tooComplex: FrontMatterResult = {
  problems: [{ line: 2, column: 1, endColumn: 1, code: 'yaml', fault: 'complex', severity: 'error' }],
};
