import type { ApiStyle } from '../../core/chat';
import { escapeInvisibleInJson } from '../../sanitize/escapeInvisible';
import type { JsonValue } from '../../util/json';
import { type ExportedRequest, getStreamFormat, getTextPath } from './exportedRequest';

/** A program that uses the `openai` package. */
export function toTypescriptOpenai(request: ExportedRequest): string {
  const { credential, baseUrl, api } = request;
  const variable = credential === undefined ? '' : `process.env[${quote(credential.variable)}]`;
  const headers = Object.entries(request.wire.headers)
    .filter(([name]) => name !== 'content-type')
    .map(([name, value]) => `    ${quote(name)}: ${quote(value)},`);
  if (credential?.header !== undefined) headers.push(`    ${quote(credential.header)}: ${variable},`);
  const isBearer = credential !== undefined && credential.header === undefined;
  return `${[
    "import OpenAI from 'openai';",
    '',
    'const client = new OpenAI({',
    `  baseURL: ${quote(baseUrl)},`,
    `  apiKey: ${isBearer ? variable : "'none'"},`,
    '  maxRetries: 0,',
    ...(headers.length === 0 ? [] : ['  defaultHeaders: {', ...headers, '  },']),
    '});',
    '',
    'try {',
    ...indent(api === 'http' ? httpCall(request) : sdkCall(request, api)),
    '} catch (error) {',
    ...(getStreamFormat(request) === 'none' ? ERROR_LINES : STREAM_ERROR_LINES),
    '  process.exitCode = 1;',
    '}',
  ].join('\n')}\n`;
}

const LOG_ERROR = "console.error(`${error.status ?? 'Request failed'}: ${error.message}`);";
const ERROR_LINES = ['  if (!(error instanceof OpenAI.APIError)) throw error;', `  ${LOG_ERROR}`];
/** During streaming, the package does not wrap network and JSON errors. */
const STREAM_ERROR_LINES = [
  '  if (!(error instanceof Error)) throw error;',
  `  if (error instanceof OpenAI.APIError) ${LOG_ERROR}`,
  '  else console.error(`\\nThe response ended early: ${error.message}`);',
];

const METHODS: Readonly<Record<Exclude<ApiStyle, 'http'>, { path: string; type: string; text: string }>> = {
  chat: { path: 'chat.completions', type: 'Chat.ChatCompletionCreateParams', text: '.choices[0]?.message.content' },
  completions: { path: 'completions', type: 'CompletionCreateParams', text: '.choices[0]?.text' },
  responses: { path: 'responses', type: 'Responses.ResponseCreateParams', text: '.output_text' },
};

function sdkCall(request: ExportedRequest, api: Exclude<ApiStyle, 'http'>): string[] {
  const { path, type, text } = METHODS[api];
  const isStream = getStreamFormat(request) === 'sse';
  const body = formatJson(request.wire.body);
  const create = `client.${path}.create(${body} as OpenAI.${type}${isStream ? 'Streaming' : 'NonStreaming'})`;
  if (!isStream) return [`const result = await ${create};`, `console.log(result${text});`];
  const printEvent = {
    chat: "process.stdout.write(event.choices[0]?.delta.content ?? '');",
    completions: "process.stdout.write(event.choices[0]?.text ?? '');",
    responses: "if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);",
  }[api];
  return [
    `const stream = await ${create};`,
    'for await (const event of stream) {',
    `  ${printEvent}`,
    '}',
    "process.stdout.write('\\n');",
  ];
}

/** The SDK's client can send any JSON to any URL. */
function httpCall(request: ExportedRequest): string[] {
  const { wire } = request;
  const call = (...extraOptions: string[]) => {
    const options = [...(wire.body === undefined ? [] : [`body: ${formatJson(wire.body)}`]), ...extraOptions];
    const optionsArgument = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
    return `client.${wire.method.toLowerCase()}(${quote(wire.url)}${optionsArgument})`;
  };
  const printEvent = `process.stdout.write(event${optionalAccess(getTextPath(request, 'delta'))} ?? '');`;
  switch (getStreamFormat(request)) {
    case 'none':
      return [
        `const result: any = await ${call()};`,
        `console.log(result${optionalAccess(getTextPath(request, 'text'))});`,
      ];
    case 'sse':
      return [
        `const stream = (await ${call('stream: true')}) as AsyncIterable<any>;`,
        ...['for await (const event of stream) {', `  ${printEvent}`, '}', "process.stdout.write('\\n');"],
      ];
    case 'ndjson':
      return [
        `const response = await ${call()}.asResponse();`,
        "for (const line of (await response.text()).split('\\n')) {",
        ...["  if (line.trim() === '') continue;", '  const event: any = JSON.parse(line);', `  ${printEvent}`, '}'],
        "process.stdout.write('\\n');",
      ];
  }
}

function optionalAccess(path: readonly (string | number)[]): string {
  return path.map((step) => `?.[${typeof step === 'number' ? step : quote(step)}]`).join('');
}

/** Valid TypeScript, with invisible characters escaped. */
function formatJson(value: JsonValue | undefined): string {
  return escapeInvisibleInJson(JSON.stringify(value ?? null, undefined, 2));
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`);
}
