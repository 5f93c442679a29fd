import type { ApiStyle } from './chat';
import { credentialHeader, type ExportedRequest, isStreamed, plainHeaders } from './exportRequest';
import { pythonLiteral, pythonString } from './pythonLiteral';

/** The request as a program with `requests`, which fails loudly on every error there can be. */
export function toPythonRequests(request: ExportedRequest): string {
  const { wire } = request;
  const isStream = isStreamed(request);
  const hasBody = wire.body !== undefined;
  const imports = [
    ...(hasBody || isStream ? ['import json'] : []),
    ...(request.credential === undefined ? [] : ['import os']),
    'import sys',
  ];
  const send = [
    `response = requests.request(`,
    `    ${pythonString(wire.method)},`,
    `    ${pythonString(wire.url)},`,
    '    headers=headers,',
    ...(hasBody ? ['    data=data,'] : []),
    '    timeout=(10, 300),  # seconds to connect, and between two pieces of the answer',
    '    allow_redirects=False,  # a redirect would take the prompt to another server',
    ...(isStream ? ['    stream=True,'] : []),
    ')',
  ];
  return `${[
    ...imports,
    '',
    'import requests',
    '',
    ...headerLines(request),
    ...(hasBody ? bodyLines(request) : []),
    '',
    'try:',
    ...indent(send),
    '    response.raise_for_status()',
    'except requests.HTTPError as error:',
    '    sys.exit(f"{error}\\n{error.response.text}")',
    'except requests.RequestException as error:',
    '    sys.exit(f"No answer: {error}")',
    'if response.is_redirect:',
    '    sys.exit(f"The server redirects to {response.headers[\'Location\']}")',
    '',
    ...(isStream ? streamLines(request) : documentLines(request)),
  ].join('\n')}\n`;
}

/** The request as a program with the `openai` package. */
export function toPythonOpenai(request: ExportedRequest): string {
  const { credential, baseUrl } = request;
  const headers = plainHeaders(request).filter(([name]) => name !== 'content-type');
  const own =
    credential?.header === undefined
      ? []
      : [`    ${pythonString(credential.header)}: os.environ[${pythonString(credential.variable)}],`];
  const key =
    credential === undefined || credential.header !== undefined
      ? '"none"'
      : `os.environ[${pythonString(credential.variable)}]`;
  const added = [...headers.map(([name, value]) => `    ${pythonString(name)}: ${pythonString(value)},`), ...own];
  return `${[
    ...(credential === undefined ? [] : ['import os']),
    'import sys',
    '',
    'import openai',
    '',
    'client = openai.OpenAI(',
    `    base_url=${pythonString(baseUrl)},`,
    `    api_key=${key},`,
    '    max_retries=0,',
    ...(added.length === 0 ? [] : ['    default_headers={', ...indent(added), '    },']),
    ')',
    '',
    'try:',
    ...indent(sdkCall(request)),
    'except openai.APIStatusError as error:',
    '    sys.exit(f"{error.status_code}: {error.message}")',
    'except openai.APIError as error:',
    '    sys.exit(f"No answer: {error.message}")',
  ].join('\n')}\n`;
}

function headerLines(request: ExportedRequest): string[] {
  const { credential } = request;
  const lines = plainHeaders(request).map(([name, value]) => `    ${pythonString(name)}: ${pythonString(value)},`);
  if (credential !== undefined) {
    const { name, prefix } = credentialHeader(credential);
    const variable = `os.environ[${pythonString(credential.variable)}]`;
    lines.push(`    ${pythonString(name)}: ${prefix === '' ? variable : `${pythonString(prefix)} + ${variable}`},`);
  }
  return ['headers = {', ...lines, '}'];
}

/** The very bytes that were sent; where Python would write the same JSON otherwise, the text itself. */
function bodyLines({ wire }: ExportedRequest): string[] {
  const text = JSON.stringify(wire.body);
  const literal = wire.body === undefined ? undefined : pythonLiteral(wire.body);
  if (literal === undefined) return [`data = ${pythonString(text)}.encode()`];
  return [`body = ${literal}`, 'data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()'];
}

function documentLines(request: ExportedRequest): string[] {
  return [
    'try:',
    '    answer = response.json()',
    'except requests.JSONDecodeError:',
    '    sys.exit(f"The answer is not JSON: {response.text[:300]}")',
    'try:',
    `    print(answer${access(textPath(request.api, request.pointers?.text))})`,
    'except (KeyError, IndexError, TypeError):',
    '    sys.exit(f"There is no text where it should be: {response.text[:300]}")',
  ];
}

function streamLines(request: ExportedRequest): string[] {
  return [
    'if not response.headers.get("content-type", "").startswith("text/event-stream"):',
    '    sys.exit(f"The answer is not a stream: {response.text[:300]}")',
    'response.encoding = "utf-8"',
    'for line in response.iter_lines(decode_unicode=True):',
    '    if not line.startswith("data:") or line[5:].strip() == "[DONE]":',
    '        continue',
    '    try:',
    '        event = json.loads(line[5:])',
    '    except json.JSONDecodeError:',
    '        sys.exit(f"A piece of the answer is not JSON: {line[:300]}")',
    '    if event.get("error"):',
    '        sys.exit(f"The server gave up: {event[\'error\']}")',
    ...indent(eventLines(request)),
    'print()',
  ];
}

function eventLines({ api, pointers }: ExportedRequest): string[] {
  switch (api) {
    case 'chat':
      return [
        'for choice in event.get("choices", [])[:1]:',
        '    print(choice.get("delta", {}).get("content") or "", end="", flush=True)',
      ];
    case 'completions':
      return ['for choice in event.get("choices", [])[:1]:', '    print(choice.get("text") or "", end="", flush=True)'];
    case 'responses':
      return ['if event.get("type") == "response.output_text.delta":', '    print(event["delta"], end="", flush=True)'];
    case 'http':
      return [
        'try:',
        `    print(event${access(pointerPath(pointers?.delta ?? '/choices/0/text'))} or "", end="", flush=True)`,
        'except (KeyError, IndexError, TypeError):',
        '    pass',
      ];
  }
}

/** Parameters that the package's own methods know; others go into `extra_body`. */
const knownParameters = new Set([
  ...['model', 'messages', 'input', 'prompt', 'stream', 'stream_options', 'temperature', 'top_p', 'stop', 'seed'],
  ...[
    'max_tokens',
    'max_completion_tokens',
    'max_output_tokens',
    'reasoning',
    'reasoning_effort',
    'store',
    'instructions',
  ],
]);

function sdkCall(request: ExportedRequest): string[] {
  const { api, wire } = request;
  const isStream = isStreamed(request);
  if (api === 'http') return httpCall(request);
  const body = typeof wire.body === 'object' && wire.body !== null ? Object.entries(wire.body) : [];
  const known = body.filter(([name]) => knownParameters.has(name));
  const extra = body.filter(([name]) => !knownParameters.has(name));
  const method = { chat: 'chat.completions', responses: 'responses', completions: 'completions' }[api];
  const literalOf = (value: unknown) => pythonLiteral(value as never, { isExact: false }) ?? 'None';
  return [
    `answer = client.${method}.create(`,
    ...known.map(([name, value]) => `    ${name}=${literalOf(value)},`),
    ...(extra.length === 0 ? [] : [`    extra_body=${literalOf(Object.fromEntries(extra))},`]),
    ')',
    ...(isStream ? sdkStream(api) : [`print(answer${sdkText[api]})`]),
  ];
}

const sdkText: Readonly<Record<Exclude<ApiStyle, 'http'>, string>> = {
  chat: '.choices[0].message.content',
  completions: '.choices[0].text',
  responses: '.output_text',
};

function sdkStream(api: ApiStyle): string[] {
  const body =
    api === 'responses'
      ? ['if event.type == "response.output_text.delta":', '    print(event.delta, end="", flush=True)']
      : [
          'for choice in event.choices[:1]:',
          `    print(${api === 'chat' ? 'choice.delta.content' : 'choice.text'} or "", end="", flush=True)`,
        ];
  return ['for event in answer:', ...indent(body), 'print()'];
}

/** The package can send any JSON to any address with the same client. */
function httpCall({ wire, pointers }: ExportedRequest): string[] {
  const body = wire.body === undefined ? [] : [`    body=${pythonLiteral(wire.body, { isExact: false }) ?? 'None'},`];
  return [
    `answer = client.${wire.method.toLowerCase()}(`,
    `    ${pythonString(wire.url)},`,
    '    cast_to=object,',
    ...body,
    ')',
    `print(answer${access(pointerPath(pointers?.text ?? '/choices/0/text'))})`,
  ];
}

function textPath(api: ApiStyle, pointer: string | undefined): readonly (string | number)[] {
  switch (api) {
    case 'chat':
      return ['choices', 0, 'message', 'content'];
    case 'completions':
      return ['choices', 0, 'text'];
    case 'responses':
      return ['output', -1, 'content', 0, 'text'];
    case 'http':
      return pointerPath(pointer ?? '/choices/0/text');
  }
}

/** The steps of a JSON Pointer (RFC 6901); digits are taken for places in a list. */
function pointerPath(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^(0|[1-9]\d*)$/.test(step) ? Number(step) : step));
}

function access(path: readonly (string | number)[]): string {
  return path.map((step) => `[${typeof step === 'number' ? step : pythonString(step)}]`).join('');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `    ${line.replaceAll('\n', '\n    ')}`));
}
