import type { ApiStyle } from '../../core/chat';
import type { JsonValue } from '../../util/json';
import { type ExportedRequest, getCredentialHeader, getStreamFormat, getTextPath } from './exportedRequest';
import { isSameJsonInPython, pythonLiteral, pythonString } from './pythonLiteral';

/** A program that uses `requests` and exits with a message on any error. */
export function toPythonRequests(request: ExportedRequest): string {
  const { wire } = request;
  const isStream = getStreamFormat(request) !== 'none';
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
    '    timeout=(10, 300),  # connect and read timeouts in seconds',
    '    allow_redirects=False,  # a redirect would send the prompt to another server',
    ...(isStream ? ['    stream=True,'] : []),
    ')',
  ];
  return `${[
    ...imports,
    '',
    'import requests',
    '',
    ...headerAssignment(request),
    ...(hasBody ? bodyAssignment(request) : []),
    '',
    'try:',
    ...indent(send),
    '    response.raise_for_status()',
    'except requests.HTTPError as error:',
    '    sys.exit(f"{error}\\n{error.response.text}")',
    'except requests.RequestException as error:',
    '    sys.exit(f"Request failed: {error}")',
    'if response.is_redirect:',
    '    sys.exit(f"The server redirected to {response.headers[\'Location\']}")',
    '',
    ...(isStream ? printStream(request) : printResponse(request)),
  ].join('\n')}\n`;
}

/** A program that uses the `openai` package. */
export function toPythonOpenai(request: ExportedRequest): string {
  const { credential, baseUrl } = request;
  const headers = Object.entries(request.wire.headers).filter(([name]) => name !== 'content-type');
  const keyHeaderLines =
    credential?.header === undefined
      ? []
      : [`    ${pythonString(credential.header)}: os.environ[${pythonString(credential.variable)}],`];
  const apiKey =
    credential === undefined || credential.header !== undefined
      ? '"none"'
      : `os.environ[${pythonString(credential.variable)}]`;
  const headerEntries = [
    ...headers.map(([name, value]) => `    ${pythonString(name)}: ${pythonString(value)},`),
    ...keyHeaderLines,
  ];
  return `${[
    ...(getStreamFormat(request) === 'none' ? [] : ['import json']),
    ...(credential === undefined ? [] : ['import os']),
    'import sys',
    '',
    ...(getStreamFormat(request) === 'sse' ? ['import httpx'] : []),
    'import openai',
    '',
    'client = openai.OpenAI(',
    `    base_url=${pythonString(baseUrl)},`,
    `    api_key=${apiKey},`,
    '    max_retries=0,',
    ...(headerEntries.length === 0 ? [] : ['    default_headers={', ...indent(headerEntries), '    },']),
    ')',
    '',
    'try:',
    ...indent(sdkCall(request)),
    'except openai.APIStatusError as error:',
    '    sys.exit(f"{error.status_code}: {error.message}")',
    'except openai.APIError as error:',
    '    sys.exit(f"Request failed: {error.message}")',
    ...streamErrorHandlers(request),
  ].join('\n')}\n`;
}

/** Handles errors during streaming that the `openai` package does not wrap. */
function streamErrorHandlers(request: ExportedRequest): string[] {
  const stream = getStreamFormat(request);
  if (stream === 'none') return [];
  return [
    ...(stream === 'sse' ? ['except httpx.HTTPError as error:', EXIT_ON_BROKEN_STREAM] : []),
    'except json.JSONDecodeError as error:',
    '    sys.exit(f"The stream contains invalid JSON: {error.doc[:300]}")',
  ];
}

function headerAssignment(request: ExportedRequest): string[] {
  const { credential } = request;
  const lines = Object.entries(request.wire.headers).map(
    ([name, value]) => `    ${pythonString(name)}: ${pythonString(value)},`,
  );
  if (credential !== undefined) {
    const { name, prefix } = getCredentialHeader(credential);
    const variable = `os.environ[${pythonString(credential.variable)}]`;
    lines.push(`    ${pythonString(name)}: ${prefix === '' ? variable : `${pythonString(prefix)} + ${variable}`},`);
  }
  return ['headers = {', ...lines, '}'];
}

/** Sends exactly the same bytes: the JSON text itself if Python would serialize the value differently. */
function bodyAssignment({ wire }: ExportedRequest): string[] {
  const { body = null } = wire;
  if (!isSameJsonInPython(body)) return [`data = ${pythonString(JSON.stringify(body))}.encode()`];
  return [
    `body = ${pythonLiteral(body)}`,
    'data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()',
  ];
}

function printResponse(request: ExportedRequest): string[] {
  return [
    'try:',
    '    result = response.json()',
    'except requests.JSONDecodeError:',
    '    sys.exit(f"The response is not JSON: {response.text[:300]}")',
    ...printText(getTextPath(request, 'text'), 'response.text[:300]'),
  ];
}

function printText(path: readonly (string | number)[], shown: string): string[] {
  return [
    'try:',
    `    print(result${subscripts(path)})`,
    'except (KeyError, IndexError, TypeError):',
    `    sys.exit(f"The response contains no text: {${shown}}")`,
  ];
}

function printStream(request: ExportedRequest): string[] {
  return [
    'try:',
    ...indent([...readEvents(getStreamFormat(request) === 'sse'), ...indent(printEvent(request))]),
    'except requests.RequestException as error:',
    EXIT_ON_BROKEN_STREAM,
    'print()',
  ];
}

const EXIT_ON_BROKEN_STREAM = '    sys.exit(f"\\nThe response ended early: {error}")';

function readEvents(isSse: boolean): string[] {
  return [
    ...(isSse ? NOT_A_STREAM : []),
    // Splits bytes instead of text: as text, lines would also end at U+2028, which JSON strings may contain.
    'for raw_line in response.iter_lines():',
    '    line = raw_line.decode("utf-8", "replace")',
    `    if not ${isSse ? 'line.startswith("data:") or line[5:].strip() == "[DONE]"' : 'line.strip()'}:`,
    '        continue',
    '    try:',
    `        event = json.loads(${isSse ? 'line[5:]' : 'line'})`,
    '    except json.JSONDecodeError:',
    '        sys.exit(f"The stream contains invalid JSON: {line[:300]}")',
    '    if isinstance(event, dict) and event.get("error"):',
    '        sys.exit(f"The server reported an error: {event[\'error\']}")',
  ];
}

const NOT_A_STREAM = [
  'if not response.headers.get("content-type", "").startswith("text/event-stream"):',
  '    sys.exit(f"The response is not a stream: {response.text[:300]}")',
];

function printEvent(request: ExportedRequest): string[] {
  switch (request.api) {
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
      return printDelta(request);
  }
}

function printDelta(request: ExportedRequest): string[] {
  return [
    'try:',
    `    print(event${subscripts(getTextPath(request, 'delta'))} or "", end="", flush=True)`,
    'except (KeyError, IndexError, TypeError):',
    '    pass',
  ];
}

/** Named parameters of an SDK method. Other fields of the body are passed in `extra_body`. */
interface Method {
  readonly name: string;
  readonly text: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const SAMPLING_PARAMETERS = ['stream', 'stream_options', 'temperature', 'top_p'];

const METHODS: Readonly<Record<Exclude<ApiStyle, 'http'>, Method>> = {
  chat: {
    name: 'chat.completions',
    text: '.choices[0].message.content',
    required: ['model', 'messages'],
    optional: [
      ...SAMPLING_PARAMETERS,
      ...['stop', 'seed', 'max_tokens', 'max_completion_tokens', 'reasoning_effort', 'store'],
    ],
  },
  responses: {
    name: 'responses',
    text: '.output_text',
    required: ['model', 'input'],
    optional: [...SAMPLING_PARAMETERS, 'max_output_tokens', 'reasoning', 'store', 'instructions'],
  },
  completions: {
    name: 'completions',
    text: '.choices[0].text',
    required: ['model', 'prompt'],
    optional: [...SAMPLING_PARAMETERS, 'stop', 'seed', 'max_tokens'],
  },
};

function sdkCall(request: ExportedRequest): string[] {
  const { api, wire } = request;
  if (api === 'http') return rawCall(request);
  const { name: method, text, required, optional } = METHODS[api];
  const body = typeof wire.body === 'object' && wire.body !== null ? Object.entries(wire.body) : [];
  const names = new Set(body.map(([name]) => name));
  if (!required.every((name) => names.has(name))) return rawCall(request);
  const isKnown = ([name]: [string, unknown]) => required.includes(name) || optional.includes(name);
  const extraBody = Object.fromEntries(body.filter((field) => !isKnown(field)));
  const isStream = getStreamFormat(request) === 'sse';
  return [
    `${isStream ? 'stream' : 'result'} = client.${method}.create(`,
    ...body.filter(isKnown).map(([name, value]) => `    ${name}=${pythonLiteral(value as JsonValue)},`),
    ...(Object.keys(extraBody).length === 0 ? [] : [`    extra_body=${pythonLiteral(extraBody)},`]),
    ')',
    ...(isStream ? printSdkStream(api) : [`print(result${text})`]),
  ];
}

function printSdkStream(api: ApiStyle): string[] {
  const body =
    api === 'responses'
      ? ['if event.type == "response.output_text.delta":', '    print(event.delta, end="", flush=True)']
      : [
          'for choice in event.choices[:1]:',
          `    print(${api === 'chat' ? 'choice.delta.content' : 'choice.text'} or "", end="", flush=True)`,
        ];
  return ['for event in stream:', ...indent(body), 'print()'];
}

/** The SDK's client can send any JSON to any URL. */
function rawCall(request: ExportedRequest): string[] {
  const { wire } = request;
  const stream = getStreamFormat(request);
  const call = (type: string, ...extraArguments: string[]) => [
    `${stream === 'sse' ? 'stream' : 'result'} = client.${wire.method.toLowerCase()}(`,
    `    ${pythonString(wire.url)},`,
    `    cast_to=${type},`,
    ...(wire.body === undefined ? [] : [`    body=${pythonLiteral(wire.body)},`]),
    ...extraArguments,
    ')',
  ];
  switch (stream) {
    case 'none':
      return [...call('object'), ...printText(getTextPath(request, 'text'), 'result')];
    case 'sse':
      return [
        ...call('object', '    stream=True,', '    stream_cls=openai.Stream[object],'),
        ...['for event in stream:', ...indent(printDelta(request)), 'print()'],
      ];
    case 'ndjson':
      return [
        ...call('str'),
        ...['for line in result.split("\\n"):', '    if not line.strip():', '        continue'],
        ...['    event = json.loads(line)', ...indent(printDelta(request)), 'print()'],
      ];
  }
}

function subscripts(path: readonly (string | number)[]): string {
  return path.map((step) => `[${typeof step === 'number' ? step : pythonString(step)}]`).join('');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `    ${line.replaceAll('\n', '\n    ')}`));
}
