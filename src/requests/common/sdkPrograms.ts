import type { ApiStyle } from '../../core/chat';
import { hasPicturePlace } from '../../core/picture';
import { escapeInvisibleInJson } from '../../sanitize/escapeInvisible';
import { asFields, type JsonValue } from '../../util/json';
import { concatenateHeader, type ExportedRequest, getStreamFormat } from './exportedRequest';
import { replacePictures } from './jsonPictures';
import { pythonDict, pythonImports, pythonLiteral, pythonString, pythonVariable } from './pythonLiteral';

export type SdkApi = Exclude<ApiStyle, 'http' | 'vscode'>;

interface Sdk {
  readonly pythonModule: string;
  readonly typescriptPackage: string;
  readonly client: string;
  /** The header of the key; undefined for a bearer token. */
  readonly keyHeader?: string;
  /** The package adds it to the base URL. */
  readonly path: string;
  /** More options of the client. */
  readonly python: string;
  readonly typescript: string;
}

const OPENAI: Sdk = {
  pythonModule: 'openai',
  typescriptPackage: 'openai',
  client: 'OpenAI',
  path: '',
  python: '',
  typescript: '',
};

// Without a timeout, the packages reject a long answer that is not a stream.
const ANTHROPIC: Sdk = {
  pythonModule: 'anthropic',
  typescriptPackage: '@anthropic-ai/sdk',
  client: 'Anthropic',
  keyHeader: 'x-api-key',
  path: '/v1',
  python: '\n    timeout=600,',
  typescript: '\n  timeout: 600_000,',
};

interface SdkMethod {
  readonly sdk: Sdk;
  readonly name: string;
  readonly type: string;
  /** The text of the object that a call returns, as an expression. */
  readonly pythonText: (call: string) => string;
  readonly typescriptText: (call: string) => string;
  readonly pythonEvent: string;
  readonly typescriptEvent: string;
  /** Named parameters in Python. Other fields of the body are passed in `extra_body`. */
  readonly parameters: readonly string[];
}

const SAMPLING_PARAMETERS = ['model', 'stream', 'stream_options', 'temperature', 'top_p'];

const METHODS: Readonly<Record<SdkApi, SdkMethod>> = {
  chat: {
    sdk: OPENAI,
    name: 'chat.completions',
    type: 'Chat.ChatCompletionCreateParams',
    pythonText: (call) => `${call}.choices[0].message.content`,
    typescriptText: (call) => `(${call}).choices[0]?.message.content`,
    pythonEvent: 'print("".join(choice.delta.content or "" for choice in event.choices[:1]), end="", flush=True)',
    typescriptEvent: "process.stdout.write(event.choices[0]?.delta.content ?? '');",
    parameters: [
      ...[...SAMPLING_PARAMETERS, 'messages', 'stop', 'seed'],
      ...['max_tokens', 'max_completion_tokens', 'reasoning_effort', 'store'],
    ],
  },
  completions: {
    sdk: OPENAI,
    name: 'completions',
    type: 'CompletionCreateParams',
    pythonText: (call) => `${call}.choices[0].text`,
    typescriptText: (call) => `(${call}).choices[0]?.text`,
    pythonEvent: 'print("".join(choice.text or "" for choice in event.choices[:1]), end="", flush=True)',
    typescriptEvent: "process.stdout.write(event.choices[0]?.text ?? '');",
    parameters: [...SAMPLING_PARAMETERS, 'prompt', 'stop', 'seed', 'max_tokens'],
  },
  responses: {
    sdk: OPENAI,
    name: 'responses',
    type: 'Responses.ResponseCreateParams',
    pythonText: (call) => `${call}.output_text`,
    typescriptText: (call) => `(${call}).output_text`,
    pythonEvent: 'print(event.delta if event.type == "response.output_text.delta" else "", end="", flush=True)',
    typescriptEvent: "if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);",
    parameters: [...SAMPLING_PARAMETERS, 'input', 'max_output_tokens', 'reasoning', 'store', 'instructions'],
  },
  messages: {
    sdk: ANTHROPIC,
    name: 'messages',
    type: 'MessageCreateParams',
    pythonText: (call) => `"".join(block.text for block in ${call}.content if block.type == "text")`,
    typescriptText: (call) => `(${call}).content.map((block) => (block.type === 'text' ? block.text : '')).join('')`,
    pythonEvent:
      'print(event.delta.text if event.type == "content_block_delta" and event.delta.type == "text_delta" else "", end="", flush=True)',
    typescriptEvent:
      "if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') process.stdout.write(event.delta.text);",
    parameters: [
      ...['model', 'messages', 'max_tokens', 'system', 'stream', 'stop_sequences', 'thinking', 'output_config'],
      ...['metadata', 'service_tier'],
    ],
  },
};

/** Whether a package for the API of the request can send it. */
export function hasSdk(request: ExportedRequest): boolean {
  const { api } = request;
  return api !== 'http' && splitBaseUrl(request).address.endsWith(METHODS[api].sdk.path);
}

export function toPythonSdk(request: ExportedRequest, api: SdkApi): string {
  const { sdk, name, pythonText, pythonEvent } = METHODS[api];
  const { key, token, headers } = getCredentials(request, sdk, pythonString, pythonVariable);
  const { address, query } = splitBaseUrl(request);
  const baseUrl = address.slice(0, address.length - sdk.path.length);
  const call = `client.${name}.create(**request)`;
  const print = `print(${pythonText(call)})`;
  const printStream = `for event in ${call}:\n        ${pythonEvent}\n    print()`;
  return `${pythonImports(`import os\nimport sys\n\nimport ${sdk.pythonModule}\n`, request.wire.body)}
headers = ${pythonDict(headers)}
client = ${sdk.pythonModule}.${sdk.client}(
    base_url=${pythonString(baseUrl)},
    ${token === undefined ? `api_key=${key ?? '"none"'}` : `auth_token=${token}`},
    max_retries=0,${sdk.python}
    default_headers=headers,${query === undefined ? '' : `\n    default_query=${pythonLiteral(query)},`}
)
request = ${pythonLiteral(toArguments(request, api))}

try:
    ${isStream(request) ? printStream : print}
except ${sdk.pythonModule}.APIError as error:
    sys.exit(f"Request failed: {error}")
except Exception as error:  # the package does not wrap errors during streaming
    sys.exit(f"\\nThe response ended early: {error}")
`;
}

/** The fields of the body, those that the package does not know in `extra_body`. */
function toArguments({ wire }: ExportedRequest, api: SdkApi): JsonValue {
  const { parameters } = METHODS[api];
  const fields = Object.entries((asFields(wire.body) ?? {}) as Readonly<Record<string, JsonValue>>);
  const unknown = fields.filter(([name]) => !parameters.includes(name));
  return {
    ...Object.fromEntries(fields.filter(([name]) => parameters.includes(name))),
    ...(unknown.length === 0 ? {} : { extra_body: Object.fromEntries(unknown) }),
  };
}

export function toTypescriptSdk(request: ExportedRequest, api: SdkApi): string {
  const { sdk, name, type, typescriptText, typescriptEvent } = METHODS[api];
  const toVariable = (variable: string) => `process.env[${quote(variable)}]`;
  const { key, token, headers } = getCredentials(request, sdk, quote, toVariable);
  // The package would send the key as a bearer token.
  if (sdk.keyHeader !== undefined && key !== undefined) headers.push([sdk.keyHeader, key], ['Authorization', 'null']);
  const { address, query } = splitBaseUrl(request);
  const baseUrl = address.slice(0, address.length - sdk.path.length);
  const json = escapeInvisibleInJson(JSON.stringify(request.wire.body ?? null, undefined, 2));
  const body = replacePictures(
    json,
    ({ prefix, fileName }) => `${quote(prefix)} + readFileSync(${quote(fileName)}, 'base64')`,
  );
  const readImport = hasPicturePlace(request.wire.body) ? "import { readFileSync } from 'node:fs';\n" : '';
  const call = `await client.${name}.create(request as ${sdk.client}.${type}${isStream(request) ? 'Streaming' : 'NonStreaming'})`;
  const print = `console.log(${typescriptText(call)});`;
  const printStream = `for await (const event of ${call}) {\n    ${typescriptEvent}\n  }\n  process.stdout.write('\\n');`;
  return `${readImport}import ${sdk.client} from '${sdk.typescriptPackage}';

const client = new ${sdk.client}({
  baseURL: ${quote(baseUrl)},
  ${token === undefined ? `apiKey: ${key ?? "'none'"}` : `authToken: ${token}`},
  maxRetries: 0,${sdk.typescript}
  defaultHeaders: {${headers.map(([header, value]) => ` ${quote(header)}: ${value},`).join('')} },${query === undefined ? '' : `\n  defaultQuery: ${JSON.stringify(query)},`}
});
const request = ${body};

try {
  ${isStream(request) ? printStream : print}
} catch (error) {
  const problem = error instanceof ${sdk.client}.APIError ? 'Request failed' : '\\nThe response ended early';
  console.error(\`\${problem}: \${error}\`);
  process.exitCode = 1;
}
`;
}

/** The packages would append the path to a query string in the base URL. */
function splitBaseUrl({ baseUrl }: ExportedRequest) {
  const [address = '', ...rest] = baseUrl.split('?');
  if (rest.length === 0) return { address };
  return { address, query: Object.fromEntries(new URLSearchParams(rest.join('?'))) };
}

function isStream(request: ExportedRequest): boolean {
  return getStreamFormat(request) !== 'none';
}

/** The key or token that the package takes, if there is one, and the other headers, as expressions of the program. */
function getCredentials(
  { wire, credential }: ExportedRequest,
  { keyHeader }: Sdk,
  toLiteral: (text: string) => string,
  toVariable: (name: string) => string,
) {
  const headers = Object.entries(wire.headers)
    .filter(([name]) => name !== 'content-type')
    .map(([name, value]): [string, string] => [name, concatenateHeader(value, toLiteral, toVariable)]);
  if (credential === undefined) return { headers };
  const variable = toVariable(credential.variable);
  if (credential.header === keyHeader) return { headers, key: variable };
  if (credential.header === undefined) return { headers, token: variable };
  return { headers: [...headers, [credential.header, variable] as [string, string]] };
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
