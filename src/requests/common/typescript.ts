import type { ApiStyle } from '../../core/chat';
import { escapeInvisibleInJson } from '../../sanitize/escapeInvisible';
import type { JsonValue } from '../../util/json';
import { deltaPath, type ExportedRequest, plainHeaders, streamOf, textPath } from './exportedRequest';

/** The request as a program with the `openai` package for TypeScript and JavaScript. */
export function toTypescriptOpenai(request: ExportedRequest): string {
  const { credential, baseUrl, api } = request;
  const variable = credential === undefined ? '' : `process.env[${quoted(credential.variable)}]`;
  const headers = plainHeaders(request)
    .filter(([name]) => name !== 'content-type')
    .map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`);
  if (credential?.header !== undefined) headers.push(`    ${quoted(credential.header)}: ${variable},`);
  const isBearer = credential !== undefined && credential.header === undefined;
  return `${[
    "import OpenAI from 'openai';",
    '',
    'const client = new OpenAI({',
    `  baseURL: ${quoted(baseUrl)},`,
    `  apiKey: ${isBearer ? variable : "'none'"},`,
    '  maxRetries: 0,',
    ...(headers.length === 0 ? [] : ['  defaultHeaders: {', ...headers, '  },']),
    '});',
    '',
    'try {',
    ...indent(api === 'http' ? httpCall(request) : sdkCall(request, api)),
    '} catch (error) {',
    ...(streamOf(request) === 'none' ? errorLines : streamErrorLines),
    '  process.exitCode = 1;',
    '}',
  ].join('\n')}\n`;
}

const TOLD = "console.error(`${error.status ?? 'No answer'}: ${error.message}`);";
const errorLines = ['  if (!(error instanceof OpenAI.APIError)) throw error;', `  ${TOLD}`];
/** While an answer is on its way, the package leaves errors of the connection and of JSON as they are. */
const streamErrorLines = [
  '  if (!(error instanceof Error)) throw error;',
  `  if (error instanceof OpenAI.APIError) ${TOLD}`,
  '  else console.error(`\\nThe answer broke off: ${error.message}`);',
];

const methods: Readonly<Record<Exclude<ApiStyle, 'http'>, { path: string; type: string; text: string }>> = {
  chat: { path: 'chat.completions', type: 'Chat.ChatCompletionCreateParams', text: '.choices[0]?.message.content' },
  completions: { path: 'completions', type: 'CompletionCreateParams', text: '.choices[0]?.text' },
  responses: { path: 'responses', type: 'Responses.ResponseCreateParams', text: '.output_text' },
};

function sdkCall(request: ExportedRequest, api: Exclude<ApiStyle, 'http'>): string[] {
  const { path, type, text } = methods[api];
  const isStream = streamOf(request) === 'sse';
  const body = literal(request.wire.body);
  const create = `client.${path}.create(${body} as OpenAI.${type}${isStream ? 'Streaming' : 'NonStreaming'})`;
  if (!isStream) return [`const answer = await ${create};`, `console.log(answer${text});`];
  const piece = {
    chat: "process.stdout.write(event.choices[0]?.delta.content ?? '');",
    completions: "process.stdout.write(event.choices[0]?.text ?? '');",
    responses: "if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);",
  }[api];
  return [
    `const stream = await ${create};`,
    'for await (const event of stream) {',
    `  ${piece}`,
    '}',
    "process.stdout.write('\\n');",
  ];
}

/** The package can send any JSON to any address with the same client. */
function httpCall(request: ExportedRequest): string[] {
  const { wire } = request;
  const call = (...more: string[]) => {
    const options = [...(wire.body === undefined ? [] : [`body: ${literal(wire.body)}`]), ...more];
    const given = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
    return `client.${wire.method.toLowerCase()}(${quoted(wire.url)}${given})`;
  };
  const print = `process.stdout.write(event${access(deltaPath(request))} ?? '');`;
  switch (streamOf(request)) {
    case 'none':
      return [`const answer: any = await ${call()};`, `console.log(answer${access(textPath(request))});`];
    case 'sse':
      return [
        `const stream = (await ${call('stream: true')}) as AsyncIterable<any>;`,
        ...['for await (const event of stream) {', `  ${print}`, '}', "process.stdout.write('\\n');"],
      ];
    case 'ndjson':
      return [
        `const response = await ${call()}.asResponse();`,
        "for (const line of (await response.text()).split('\\n')) {",
        ...["  if (line.trim() === '') continue;", '  const event: any = JSON.parse(line);', `  ${print}`, '}'],
        "process.stdout.write('\\n');",
      ];
  }
}

function access(path: readonly (string | number)[]): string {
  return path.map((step) => `?.[${typeof step === 'number' ? step : quoted(step)}]`).join('');
}

/** A JSON value as TypeScript writes it; what cannot be seen is escaped. */
function literal(value: JsonValue | undefined): string {
  return escapeInvisibleInJson(JSON.stringify(value ?? null, undefined, 2));
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`);
}
