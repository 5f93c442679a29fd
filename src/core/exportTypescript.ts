import type { ApiStyle } from './chat';
import { type ExportedRequest, isStreamed, plainHeaders } from './exportRequest';

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
    '  if (!(error instanceof OpenAI.APIError)) throw error;',
    "  console.error(`${error.status ?? 'No answer'}: ${error.message}`);",
    '  process.exitCode = 1;',
    '}',
  ].join('\n')}\n`;
}

const methods: Readonly<Record<Exclude<ApiStyle, 'http'>, { path: string; type: string; text: string }>> = {
  chat: { path: 'chat.completions', type: 'Chat.ChatCompletionCreateParams', text: '.choices[0]?.message.content' },
  completions: { path: 'completions', type: 'CompletionCreateParams', text: '.choices[0]?.text' },
  responses: { path: 'responses', type: 'Responses.ResponseCreateParams', text: '.output_text' },
};

function sdkCall(request: ExportedRequest, api: Exclude<ApiStyle, 'http'>): string[] {
  const { path, type, text } = methods[api];
  const isStream = isStreamed(request);
  const body = JSON.stringify(request.wire.body, undefined, 2);
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
function httpCall({ wire, pointers }: ExportedRequest): string[] {
  const path = (pointers?.text ?? '/choices/0/text')
    .split('/')
    .slice(1)
    .map((step) => `?.[${quoted(step.replaceAll('~1', '/').replaceAll('~0', '~'))}]`)
    .join('');
  const options = wire.body === undefined ? '' : `, { body: ${JSON.stringify(wire.body, undefined, 2)} }`;
  return [
    `const answer: any = await client.${wire.method.toLowerCase()}(${quoted(wire.url)}${options});`,
    `console.log(answer${path});`,
  ];
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`);
}
