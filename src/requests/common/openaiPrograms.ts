import type { ApiStyle } from '../../core/chat';
import { hasPicturePlace } from '../../core/picture';
import { escapeInvisibleInJson } from '../../sanitize/escapeInvisible';
import { asFields, type JsonValue } from '../../util/json';
import { type ExportedRequest, getStreamFormat } from './exportedRequest';
import { replacePictures } from './jsonPictures';
import { pythonDict, pythonImports, pythonLiteral, pythonString } from './pythonLiteral';

export type SdkApi = Exclude<ApiStyle, 'http' | 'messages'>;

interface SdkMethod {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly pythonEvent: string;
  readonly typescriptEvent: string;
  /** Named parameters in Python. Other fields of the body are passed in `extra_body`. */
  readonly parameters: readonly string[];
}

const SAMPLING_PARAMETERS = ['model', 'stream', 'stream_options', 'temperature', 'top_p'];

const METHODS: Readonly<Record<SdkApi, SdkMethod>> = {
  chat: {
    name: 'chat.completions',
    type: 'Chat.ChatCompletionCreateParams',
    text: '.choices[0].message.content',
    pythonEvent: 'print("".join(choice.delta.content or "" for choice in event.choices[:1]), end="", flush=True)',
    typescriptEvent: "process.stdout.write(event.choices[0]?.delta.content ?? '');",
    parameters: [
      ...[...SAMPLING_PARAMETERS, 'messages', 'stop', 'seed'],
      ...['max_tokens', 'max_completion_tokens', 'reasoning_effort', 'store'],
    ],
  },
  completions: {
    name: 'completions',
    type: 'CompletionCreateParams',
    text: '.choices[0].text',
    pythonEvent: 'print("".join(choice.text or "" for choice in event.choices[:1]), end="", flush=True)',
    typescriptEvent: "process.stdout.write(event.choices[0]?.text ?? '');",
    parameters: [...SAMPLING_PARAMETERS, 'prompt', 'stop', 'seed', 'max_tokens'],
  },
  responses: {
    name: 'responses',
    type: 'Responses.ResponseCreateParams',
    text: '.output_text',
    pythonEvent: 'print(event.delta if event.type == "response.output_text.delta" else "", end="", flush=True)',
    typescriptEvent: "if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);",
    parameters: [...SAMPLING_PARAMETERS, 'input', 'max_output_tokens', 'reasoning', 'store', 'instructions'],
  },
};

export function toPythonOpenai(request: ExportedRequest, api: SdkApi): string {
  const { name, text, pythonEvent } = METHODS[api];
  const { bearer, headers } = getCredentials(
    request,
    pythonString,
    (variable) => `os.environ[${pythonString(variable)}]`,
  );
  const { baseUrl, query } = splitBaseUrl(request);
  const call = `client.${name}.create(**request)`;
  const print = `print(${call}${text})`;
  const printStream = `for event in ${call}:\n        ${pythonEvent}\n    print()`;
  return `${pythonImports('import os\nimport sys\n\nimport openai\n', request.wire.body)}
headers = ${pythonDict(headers)}
client = openai.OpenAI(
    base_url=${pythonString(baseUrl)},
    api_key=${bearer ?? '"none"'},
    max_retries=0,
    default_headers=headers,${query === undefined ? '' : `\n    default_query=${pythonLiteral(query)},`}
)
request = ${pythonLiteral(toArguments(request, api))}

try:
    ${isStream(request) ? printStream : print}
except openai.APIError as error:
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

export function toTypescriptOpenai(request: ExportedRequest, api: SdkApi): string {
  const { name, type, text, typescriptEvent } = METHODS[api];
  const { bearer, headers } = getCredentials(request, quote, (variable) => `process.env[${quote(variable)}]`);
  const { baseUrl, query } = splitBaseUrl(request);
  const json = escapeInvisibleInJson(JSON.stringify(request.wire.body ?? null, undefined, 2));
  const body = replacePictures(
    json,
    ({ prefix, fileName }) => `${quote(prefix)} + readFileSync(${quote(fileName)}, 'base64')`,
  );
  const readImport = hasPicturePlace(request.wire.body) ? "import { readFileSync } from 'node:fs';\n" : '';
  const call = `await client.${name}.create(request as OpenAI.${type}${isStream(request) ? 'Streaming' : 'NonStreaming'})`;
  const print = `console.log((${call})${text.replace('[0]', '[0]?')});`;
  const printStream = `for await (const event of ${call}) {\n    ${typescriptEvent}\n  }\n  process.stdout.write('\\n');`;
  return `${readImport}import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: ${quote(baseUrl)},
  apiKey: ${bearer ?? "'none'"},
  maxRetries: 0,
  defaultHeaders: {${headers.map(([header, value]) => ` ${quote(header)}: ${value},`).join('')} },${query === undefined ? '' : `\n  defaultQuery: ${JSON.stringify(query)},`}
});
const request = ${body};

try {
  ${isStream(request) ? printStream : print}
} catch (error) {
  const problem = error instanceof OpenAI.APIError ? 'Request failed' : '\\nThe response ended early';
  console.error(\`\${problem}: \${error}\`);
  process.exitCode = 1;
}
`;
}

/** The packages would append the path to a query string in the base URL. */
function splitBaseUrl({ baseUrl }: ExportedRequest) {
  const [address = '', ...rest] = baseUrl.split('?');
  if (rest.length === 0) return { baseUrl };
  return { baseUrl: address, query: Object.fromEntries(new URLSearchParams(rest.join('?'))) };
}

function isStream(request: ExportedRequest): boolean {
  return getStreamFormat(request) !== 'none';
}

/** The bearer token, if there is one, and the other headers, as expressions of the program. */
function getCredentials(
  { wire, credential }: ExportedRequest,
  toLiteral: (text: string) => string,
  toVariable: (name: string) => string,
) {
  const headers = Object.entries(wire.headers)
    .filter(([name]) => name !== 'content-type')
    .map(([name, value]): [string, string] => [name, toLiteral(value)]);
  if (credential === undefined) return { headers };
  const variable = toVariable(credential.variable);
  if (credential.header === undefined) return { headers, bearer: variable };
  return { headers: [...headers, [credential.header, variable] as [string, string]] };
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
