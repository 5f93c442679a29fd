import * as v from 'valibot';
import { type ModelRef, parseModelRef, VSCODE_MODELS_URL } from '../../core/chat';
import { findNearestName } from '../../text/nearestName';
import { asFields, type Fields } from '../../util/json';
import { isJsonPointer } from '../../util/jsonPointer';
import { isLoopback } from '../../util/origin';
import { withoutUndefined } from '../../util/withoutUndefined';
import { partitionHeaders } from './headerRules';
import { findSecretsInSettings, omitPath } from './secretsInSettings';
import { BUDGET_FIELDS, PRICE_FIELDS } from './spendingSettings';

/** An invalid setting, which is replaced by its default. Never includes the value, which may be a pasted key. */
export interface SettingsProblem {
  readonly key: string;
  readonly message: string;
  /** For a field that Quillet does not know: the most similar one, if any. */
  readonly unknownField?: { readonly suggestion?: string; readonly isParameter: boolean };
}

// A name may be anything that was pasted.
const MAX_NAME_LENGTH = 60;

// Valibot accepts an array as an object with the keys 0, 1, ….
const NOT_ARRAY = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value)),
);

const PARAMETER_FIELDS = v.object({
  temperature: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  topP: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  maxOutputTokens: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  stop: v.exactOptional(v.array(v.string())),
  seed: v.exactOptional(v.pipe(v.number(), v.integer())),
  reasoningEffort: v.exactOptional(v.string()),
});

const PARAMETERS_SCHEMA = v.pipe(NOT_ARRAY, PARAMETER_FIELDS);

// A workspace may set this and it becomes part of the prompt, so it must be too short for instructions.
const LANGUAGE_SCHEMA = v.pipe(v.string(), v.regex(/^[\p{L}\p{M}\p{N} ()'-]{1,40}$/u));

const ENTRIES_SCHEMA = v.pipe(NOT_ARRAY, v.record(v.string(), v.unknown()));

const HEADERS_SCHEMA = v.pipe(NOT_ARRAY, v.record(v.string(), v.string()));

const MODEL_SCHEMA = v.object({ id: v.string(), body: v.optional(v.unknown()) });

const FALLBACK_SCHEMA = v.pipe(
  v.array(
    v.pipe(
      v.string(),
      v.check((text) => parseModelRef(text) !== undefined),
    ),
  ),
  v.maxLength(2),
);

const POINTER_SCHEMA = v.exactOptional(v.pipe(v.string(), v.check(isJsonPointer)));

const REQUEST_SCHEMA = v.object({
  url: v.string(),
  method: v.exactOptional(v.picklist(['POST', 'PUT', 'GET'])),
  body: v.optional(v.unknown(), null),
  stream: v.exactOptional(v.picklist(['none', 'sse', 'ndjson'])),
  text: POINTER_SCHEMA,
  delta: POINTER_SCHEMA,
  finish: POINTER_SCHEMA,
  usage: POINTER_SCHEMA,
  error: POINTER_SCHEMA,
});

const PROVIDER_FIELDS = v.object({
  preset: v.exactOptional(v.string()),
  label: v.exactOptional(v.string()),
  baseUrl: v.exactOptional(v.string()),
  api: v.exactOptional(v.picklist(['chat', 'responses', 'messages', 'completions', 'http'])),
  headers: v.exactOptional(HEADERS_SCHEMA),
  models: v.exactOptional(v.array(v.union([v.string(), MODEL_SCHEMA]))),
  parameters: v.exactOptional(PARAMETERS_SCHEMA),
  fallback: v.exactOptional(FALLBACK_SCHEMA),
  // Checked by `resolveEndpoint`: without them, nothing may be sent.
  body: v.optional(v.unknown()),
  query: v.optional(v.unknown()),
  needsKey: v.exactOptional(v.boolean()),
  /** In tokens, prompt and answer together. */
  contextWindow: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(256))),
  apiKeyEnv: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/))),
  apiKeyCommand: v.exactOptional(
    v.pipe(
      v.array(v.string()),
      v.minLength(1),
      v.check(([program]) => program !== ''),
    ),
  ),
  auth: v.exactOptional(v.picklist(['microsoft', 'github'])),
  keyHeader: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]+$/))),
  request: v.exactOptional(REQUEST_SCHEMA),
});

/** An entry of `quillet.providers`. Absent fields come from the preset. */
export type ProviderSetting = v.InferOutput<typeof PROVIDER_FIELDS>;

export function modelIds({ models = [] }: ProviderSetting): string[] {
  return models.map((model) => (typeof model === 'string' ? model : model.id));
}

/** A custom request for `api: "http"`. For the defaults, see `endpoint.ts`. */
export type RequestSetting = v.InferOutput<typeof REQUEST_SCHEMA>;

const SECONDS_SCHEMA = v.pipe(v.number(), v.minValue(0), v.maxValue(86_400));
const integerBetween = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** All settings and their defaults. A test compares them with the manifest. */
export const SETTING_DEFAULTS = {
  model: '',
  providers: {},
  headers: {},
  parameters: {},
  'timeouts.headers': 30,
  'timeouts.firstToken': 60,
  'timeouts.idle': 120,
  'timeouts.total': 0,
  retries: 2,
  'insert.context': 4000,
  'limits.selection': 200_000,
  'limits.answer': 2_000_000,
  'limits.parallel': 4,
  answerLanguage: 'auto',
  promptFolders: ['.quillet/prompts', '.github/prompts'],
  ignore: [],
  lightbulb: true,
  checkSecrets: true,
  preview: false,
  showReasoning: false,
  'ask.location': 'editor',
  budget: {},
  prices: {},
} as const;

const LOCAL_DEFAULTS = { ...SETTING_DEFAULTS, 'timeouts.headers': 120, 'timeouts.firstToken': 300 } as const;

export type SettingKey = keyof typeof SETTING_DEFAULTS;
export const SETTING_KEYS = Object.keys(SETTING_DEFAULTS) as SettingKey[];

type RawSettings = Readonly<Partial<Record<SettingKey, unknown>>>;

class SettingsParser {
  readonly problems: SettingsProblem[] = [];

  constructor(
    private readonly raw: RawSettings,
    private readonly defaults: Readonly<Record<SettingKey, unknown>> = SETTING_DEFAULTS,
  ) {}

  read<T>(key: SettingKey, schema: v.GenericSchema<unknown, T>): T {
    // VS Code writes null if a user clears a value.
    const result = v.safeParse(schema, dropNulls(this.raw[key] ?? this.defaults[key]));
    if (result.success) return result.output;
    this.reportIssue(key, result.issues[0]);
    return v.parse(schema, this.defaults[key]);
  }

  // Drops invalid entries one by one, so that a typo does not disable all providers.
  readEntries<T>(key: SettingKey, schema: v.GenericSchema<unknown, T>): Record<string, T> {
    const record = this.read(key, ENTRIES_SCHEMA);
    const entries: [string, T][] = [];
    for (const [name, value] of Object.entries(record)) {
      const result = v.safeParse(schema, dropNulls(value));
      if (result.success) entries.push([name, result.output]);
      else this.reportIssue(`${key}.${name}`, result.issues[0]);
    }
    return Object.fromEntries(entries);
  }

  // Valibot's own message contains the value, which may be a pasted key.
  private reportIssue(key: string, issue: v.BaseIssue<unknown>): void {
    const path = v.getDotPath(issue);
    this.report(path === null ? key : `${key}.${path}`, `expected ${issue.expected ?? 'an object'}`);
  }

  report(key: string, message: string): void {
    this.problems.push({ key: `quillet.${key}`, message });
  }

  reportUnknownFields(value: unknown, { entries }: { readonly entries: object }, key: string): void {
    const known = Object.keys(entries);
    for (const name of Object.keys(asFields(value) ?? {}).filter((field) => !known.includes(field))) {
      const suggestion = findNearestName(name, known);
      const message = suggestion === undefined ? 'unknown' : `unknown, did you mean ${suggestion}?`;
      const unknownField = { isParameter: entries === PARAMETER_FIELDS.entries, ...withoutUndefined({ suggestion }) };
      this.problems.push({ key: `quillet.${key}.${name.slice(0, MAX_NAME_LENGTH)}`, message, unknownField });
    }
  }
}

// Keys are reported by the settings audit.
function reportUnknownFields(raw: RawSettings, parser: SettingsParser): void {
  parser.reportUnknownFields(raw.parameters, PARAMETER_FIELDS, 'parameters');
  const secrets = findSecretsInSettings({ providers: raw.providers });
  const providers = secrets.reduce((rest, { path }) => omitPath(rest, path), raw.providers);
  for (const [id, value] of Object.entries(asFields(providers) ?? {})) {
    const { parameters, request, models }: Fields = asFields(value) ?? {};
    const key = `providers.${id}`;
    parser.reportUnknownFields(value, PROVIDER_FIELDS, key);
    parser.reportUnknownFields(parameters, PARAMETER_FIELDS, `${key}.parameters`);
    parser.reportUnknownFields(request, REQUEST_SCHEMA, `${key}.request`);
    for (const model of Array.isArray(models) ? models : [])
      parser.reportUnknownFields(model, MODEL_SCHEMA, `${key}.models`);
  }
}

/** Validates raw values. Invalid ones are replaced by their defaults and listed in `problems`. Never throws. */
export function parseSettings(raw: RawSettings) {
  const parser = new SettingsParser(raw);
  const providers = parser.readEntries('providers', v.pipe(NOT_ARRAY, PROVIDER_FIELDS));
  for (const [id, provider] of Object.entries(providers)) {
    if (provider.headers !== undefined) {
      const headers = readHeaders(provider.headers, `providers.${id}.headers`, parser);
      providers[id] = { ...provider, headers };
    }
  }
  reportUnknownFields(raw, parser);
  const settings = {
    model: readModel(parser),
    providers,
    headers: readHeaders(parser.read('headers', HEADERS_SCHEMA), 'headers', parser),
    parameters: parser.read('parameters', PARAMETERS_SCHEMA),
    timeouts: readTimeouts(parser),
    /** For servers on this machine, which may load a model first. The problems were reported above. */
    localTimeouts: readTimeouts(new SettingsParser(raw, LOCAL_DEFAULTS)),
    retries: parser.read('retries', integerBetween(0, 2)),
    /** In characters, like the limits of selection and answer. */
    insertContext: parser.read('insert.context', integerBetween(0, 1_000_000)),
    selectionLimit: parser.read('limits.selection', integerBetween(1, 10_000_000)),
    answerLimit: parser.read('limits.answer', integerBetween(1, 20_000_000)),
    maxParallelRuns: parser.read('limits.parallel', integerBetween(1, 16)),
    /** `auto`, or the name of a language. */
    answerLanguage: parser.read('answerLanguage', LANGUAGE_SCHEMA),
    promptFolders: parser.read('promptFolders', v.array(v.string())),
    ignore: parser.read('ignore', v.array(v.string())),
    lightbulb: parser.read('lightbulb', v.boolean()),
    checkSecrets: parser.read('checkSecrets', v.boolean()),
    previewRequests: parser.read('preview', v.boolean()),
    /** Requests reasoning from servers that report it only on request. */
    showReasoning: parser.read('showReasoning', v.boolean()),
    askLocation: parser.read('ask.location', v.picklist(['editor', 'inputBox'])),
    budget: parser.read('budget', v.pipe(NOT_ARRAY, BUDGET_FIELDS)),
    /** Keys are `provider/model`, or a model. */
    prices: parser.readEntries('prices', v.pipe(NOT_ARRAY, PRICE_FIELDS)),
  };
  return { settings: Object.freeze(settings), problems: parser.problems };
}

/** A frozen snapshot of the settings. A run uses the snapshot it started with. */
export type Settings = ReturnType<typeof parseSettings>['settings'];

/** In milliseconds; 0 means no limit. */
export type Timeouts = Readonly<ReturnType<typeof readTimeouts>>;

function readTimeouts(parser: SettingsParser) {
  const read = (key: SettingKey) => 1000 * parser.read(key, SECONDS_SCHEMA);
  return {
    headers: read('timeouts.headers'),
    firstToken: read('timeouts.firstToken'),
    idle: read('timeouts.idle'),
    total: read('timeouts.total'),
  };
}

export function timeoutsFor({ timeouts, localTimeouts }: Settings, baseUrl: string): Timeouts {
  // VS Code may ask the user first.
  if (baseUrl === VSCODE_MODELS_URL) return { ...timeouts, headers: 0 };
  return isLoopback(baseUrl) ? localTimeouts : timeouts;
}

function readModel(parser: SettingsParser): ModelRef | undefined {
  const text = parser.read('model', v.string());
  if (text === '') return undefined;
  const ref = parseModelRef(text);
  if (ref === undefined) parser.report('model', 'expected provider/model');
  return ref;
}

function readHeaders(
  headers: Readonly<Record<string, string>>,
  key: string,
  parser: SettingsParser,
): Record<string, string> {
  const { allowed, rejected } = partitionHeaders(headers);
  for (const { name, problem } of rejected) parser.report(`${key}.${name}`, `invalid header (${problem})`);
  return allowed;
}

// In nested objects too, null means "not set".
function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null);
  // In the JSON body of a custom request, null is a value.
  return Object.fromEntries(kept.map(([name, field]) => [name, name === 'body' ? field : dropNulls(field)]));
}
