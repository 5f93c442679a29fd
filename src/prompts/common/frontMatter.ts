import * as v from 'valibot';
import { isMap, isScalar, type Node, type Scalar, type YAMLMap } from 'yaml';
import { parseModelRef } from '../../core/chat';
import { DESTINATION_KINDS } from '../../core/destinationKind';
import { findNearestName } from '../../text/nearestName';
import { withoutUndefined } from '../../util/withoutUndefined';
import { extraBodySchema } from './extraBodySchema';
import { IGNORED_PROMPT_KEYS, PARAMETER_KEYS, PROMPT_KEYS, type PromptKey } from './frontMatterKeys';
import { classifyYamlError, isTooComplex, type ParsedYaml, parseLooseYaml, parseYaml } from './frontMatterYaml';
import { parametersSchema } from './parameterSchema';
import { EXPECTED_VALUES, type ExpectedValue, type PromptProblem, type PromptProblemCode } from './promptProblem';
import { findVariableProblems } from './variables';

const MAX_ALIASES = 50;

// Keys that would decide where data is sent or which credential is used. Prompt files must not.
const FORBIDDEN_KEYS = new Set(['baseurl', 'apikey', 'headers', 'provider', 'providers', 'env', 'proxy', 'request']);

const nonEmptyString = (expected: ExpectedValue) => v.pipe(v.string(expected), v.trim(), v.minLength(1, expected));
const optionalText = v.optional(nonEmptyString('text'));
const optionalBoolean = v.optional(v.boolean('boolean' satisfies ExpectedValue));

const EXPECTED_LANGUAGES: ExpectedValue = 'languages';
const EXPECTED_NOTES: ExpectedValue = 'notes';
const EXPECTED_MODEL: ExpectedValue = 'model';
const EXPECTED_FALLBACK: ExpectedValue = 'fallback';

const modelRef = (expected: ExpectedValue) =>
  v.pipe(
    nonEmptyString(expected),
    v.check((value) => parseModelRef(value) !== undefined, expected),
  );

const schemaEntries = {
  name: optionalText,
  description: optionalText,
  destination: v.optional(v.picklist(DESTINATION_KINDS, 'destination' satisfies ExpectedValue)),
  documentLanguage: optionalText,
  model: v.optional(modelRef(EXPECTED_MODEL)),
  fallback: v.nullish(
    v.union(
      [
        modelRef(EXPECTED_FALLBACK),
        v.pipe(v.array(modelRef(EXPECTED_FALLBACK), EXPECTED_FALLBACK), v.maxLength(2, EXPECTED_FALLBACK)),
      ],
      EXPECTED_FALLBACK,
    ),
  ),
  parameters: v.nullish(parametersSchema),
  body: v.nullish(extraBodySchema),
  system: optionalText,
  languages: v.nullish(
    v.union(
      [nonEmptyString(EXPECTED_LANGUAGES), v.array(nonEmptyString(EXPECTED_LANGUAGES), EXPECTED_LANGUAGES)],
      EXPECTED_LANGUAGES,
    ),
  ),
  languageNotes: v.nullish(v.record(v.string(), nonEmptyString(EXPECTED_NOTES), EXPECTED_NOTES)),
  menu: optionalBoolean,
  lightbulb: optionalBoolean,
} satisfies Record<PromptKey, unknown>;

const frontMatterSchema = v.object(schemaEntries);

export interface FrontMatter extends v.InferOutput<typeof frontMatterSchema> {
  readonly lines: { readonly system?: number; readonly notes?: Readonly<Record<string, number>> };
}

export interface FrontMatterResult {
  frontMatter?: FrontMatter;
  problems: PromptProblem[];
}

export interface ParseOptions {
  /** Whether VS Code reads the file too. Its keys and models are accepted, unknown variables are sent as written. */
  readonly isShared?: boolean;
  /** Whether the file belongs to the user. Files of a workspace must not add fields to requests. */
  readonly isOwn?: boolean;
}

/** Parses the YAML between the `---` lines. No tags, no code, few aliases. */
export function readFrontMatter(source: string, { isShared = false, isOwn = false }: ParseOptions): FrontMatterResult {
  if (isTooComplex(source)) return TOO_COMPLEX;
  const parsed = isShared ? parseLooseYaml(source) : parseYaml(source);
  const reader = new FrontMatterReader(parsed, isShared, isOwn);
  if (parsed.errors.length === 0) return reader.read();
  for (const error of parsed.errors) reader.report(error.pos, 'yaml', classifyYamlError(error));
  return { problems: reader.problems };
}

type OffsetRange = readonly [number, number, ...number[]];

class FrontMatterReader {
  readonly problems: PromptProblem[] = [];

  constructor(
    private readonly yaml: ParsedYaml,
    private readonly isShared: boolean,
    private readonly isOwn: boolean,
  ) {}

  read(): FrontMatterResult {
    const { contents } = this.yaml.document;
    if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) {
      this.report([0, 0], 'yaml', { yamlError: 'notMap' });
      return { problems: this.problems };
    }
    this.checkKeys();
    if (isMap(contents)) this.checkParameters();
    let value: unknown;
    try {
      value = this.yaml.document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
    } catch {
      // A list or map used as a key has no name and has already been reported.
      if (this.problems.length > 0) return { problems: this.problems };
      this.report([0, 0], 'yaml', { yamlError: 'alias' });
      return { problems: this.problems };
    }
    const result = v.safeParse(frontMatterSchema, this.adaptForeignValues(value), { abortPipeEarly: true });
    for (const issue of result.issues ?? []) {
      const path = (issue.path ?? []).map((item) => String(item.key));
      const isReported = this.problems.some(({ expected }) => expected === 'parameter');
      if (issue.message === ('parameter' satisfies ExpectedValue) && isReported) continue;
      const expected = EXPECTED_VALUES.find((expectedValue) => expectedValue === issue.message) ?? 'text';
      this.report(this.findKeyRange(path), 'invalid', { subject: path.join('.'), expected });
    }
    this.checkTemplates();
    return result.success
      ? { frontMatter: { ...result.output, lines: this.findTemplateLines() }, problems: this.problems }
      : { problems: this.problems };
  }

  /** Converts offsets in the YAML text to positions in the file, which has a `---` line before it. */
  report([start, end]: OffsetRange, code: PromptProblemCode, details: Partial<PromptProblem> = {}): void {
    const { line, col } = this.yaml.lineCounter.linePos(start);
    const column = Math.max(col, 1);
    const lineEnd = this.yaml.source.indexOf('\n', start);
    const rangeEnd = Math.min(Math.max(end, start), lineEnd === -1 ? this.yaml.source.length : lineEnd);
    this.problems.push({
      line: Math.max(line, 1) + 1,
      column,
      endColumn: column + Math.max(rangeEnd - start, 0),
      code,
      severity: 'error',
      ...details,
    });
  }

  /** Files shared with VS Code may name VS Code's models, and VS Code takes any value for text. */
  private adaptForeignValues(value: unknown): unknown {
    if (!this.isShared || typeof value !== 'object' || value === null) return value;
    const adapted: Record<string, unknown> = { ...value };
    const { model } = adapted;
    if ('model' in adapted && (typeof model !== 'string' || parseModelRef(model) === undefined)) {
      this.report(this.findKeyRange(['model' satisfies PromptKey]), 'foreignModel', { severity: 'info' });
      delete adapted['model'];
    }
    for (const key of ['name', 'description'] satisfies PromptKey[]) {
      const text = String(adapted[key] ?? '').trim();
      if (text === '') delete adapted[key];
      else if (typeof adapted[key] !== 'object') adapted[key] = text;
    }
    return adapted;
  }

  private checkKeys(): void {
    for (const { key } of isMap(this.yaml.document.contents) ? this.yaml.document.contents.items : []) {
      const name = isScalar(key) ? String(key.value) : '';
      if (name === ('body' satisfies PromptKey) && !this.isOwn)
        this.report(key.range ?? [0, 0], 'ownFilesOnly', { subject: name });
      if (Object.hasOwn(schemaEntries, name) || IGNORED_PROMPT_KEYS.includes(name)) continue;
      const isForbidden = FORBIDDEN_KEYS.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
      const severity = this.isShared && !isForbidden ? 'info' : 'error';
      const known = PROMPT_KEYS.filter((promptKey) => promptKey !== 'body' || this.isOwn);
      const suggestion = isForbidden ? undefined : findNearestName(name, known);
      this.report(key.range ?? [0, 0], isForbidden ? 'forbidden' : 'unknownKey', {
        subject: name,
        severity,
        ...withoutUndefined({ suggestion }),
      });
    }
  }

  // The schema reports only the first one.
  private checkParameters(): void {
    const parameters = this.yaml.document.getIn(['parameters' satisfies PromptKey], true);
    for (const { key } of isMap(parameters) ? parameters.items : []) {
      if (!isScalar(key) || PARAMETER_KEYS.some((known) => known === key.value)) continue;
      const name = String(key.value);
      this.report(key.range ?? [0, 0], 'invalid', {
        subject: `parameters.${name}`,
        expected: 'parameter',
        allowsBody: this.isOwn,
        ...withoutUndefined({ suggestion: findNearestName(name, PARAMETER_KEYS) }),
      });
    }
  }

  private checkTemplates(): void {
    if (this.isShared) return;
    for (const { node } of this.findTemplates()) {
      const [start, end] = node.range ?? [0, 0];
      let searchOffset = start;
      for (const { variable, code } of findVariableProblems(String(node.value))) {
        const variableText = String(node.value).slice(variable.offset, variable.offset + variable.length);
        const foundOffset = this.yaml.source.slice(0, end).indexOf(variableText, searchOffset);
        const position = foundOffset === -1 ? start : foundOffset;
        this.report([position, foundOffset === -1 ? end : foundOffset + variableText.length], code, {
          subject: variable.name,
        });
        searchOffset = position + variableText.length;
      }
    }
  }

  private findTemplateLines(): FrontMatter['lines'] {
    const templates = this.findTemplates();
    const system = templates.find(({ language }) => language === undefined);
    const notes = templates.flatMap(({ language, node }) =>
      language === undefined ? [] : [[language, this.getFirstLine(node)] as const],
    );
    return {
      ...withoutUndefined({
        system: system !== undefined ? this.getFirstLine(system.node) : undefined,
        notes: notes.length > 0 ? Object.fromEntries(notes) : undefined,
      }),
    };
  }

  private findTemplates(): { readonly language?: string; readonly node: Scalar }[] {
    const { contents } = this.yaml.document;
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

  /** The text of a block scalar starts in the line after its `|` or `>`. */
  private getFirstLine({ type, range }: Scalar): number {
    const { line } = this.yaml.lineCounter.linePos(range?.[0] ?? 0);
    return Math.max(line, 1) + (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 2 : 1);
  }

  /** The range of the innermost key on the path that exists in the file. */
  private findKeyRange(path: readonly string[]): OffsetRange {
    for (let length = path.length; length > 0; length -= 1) {
      const parent =
        length === 1 ? this.yaml.document.contents : this.yaml.document.getIn(path.slice(0, length - 1), true);
      const key = isMap(parent) ? findKeyNode(parent, path[length - 1]) : undefined;
      if (key !== undefined) return key.range ?? [0, 0];
    }
    return [0, 0];
  }
}

function findKeyNode(map: YAMLMap, name: string | undefined): Node | undefined {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return isScalar(pair?.key) ? pair.key : undefined;
}

const TOO_COMPLEX: FrontMatterResult = {
  problems: [{ line: 2, column: 1, endColumn: 1, code: 'yaml', yamlError: 'complex', severity: 'error' }],
};
