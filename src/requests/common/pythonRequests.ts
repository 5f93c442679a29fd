import {
  concatenateHeader,
  type ExportedRequest,
  getCredentialHeader,
  getStreamFormat,
  getTextPath,
} from './exportedRequest';
import { pythonDict, pythonImports, pythonLiteral, pythonString, pythonVariable } from './pythonLiteral';

/** A program that uses `requests` and exits with a message on any error. */
export function toPythonRequests(request: ExportedRequest): string {
  const { wire } = request;
  const isStream = getStreamFormat(request) !== 'none';
  return `${pythonImports('import json\nimport os\nimport sys\n\nimport requests\n', wire.body)}
headers = ${headers(request)}
body = ${pythonLiteral(wire.body ?? null)}

try:
    response = requests.request(
        ${pythonString(wire.method)},
        ${pythonString(wire.url)},
        headers=headers,
        json=body,
        timeout=(10, 300),  # connect and read timeouts in seconds
        allow_redirects=False,  # a redirect would send the prompt to another server
        stream=${isStream ? 'True' : 'False'},
    )
    response.raise_for_status()
except requests.HTTPError as error:
    sys.exit(f"{error}\\n{error.response.text}")
except requests.RequestException as error:
    sys.exit(f"Request failed: {error}")
if response.is_redirect:
    sys.exit(f"The server redirected to {response.headers['Location']}")
${isStream ? printStream(request) : printResponse(request)}`;
}

function headers({ wire, credential }: ExportedRequest): string {
  const entries = Object.entries(wire.headers).map(
    ([name, value]) => [name, concatenateHeader(value, pythonString, pythonVariable)] as const,
  );
  if (credential === undefined) return pythonDict(entries);
  const { name, prefix } = getCredentialHeader(credential);
  const variable = pythonVariable(credential.variable);
  return pythonDict([...entries, [name, prefix === '' ? variable : `${pythonString(prefix)} + ${variable}`]]);
}

function printResponse(request: ExportedRequest): string {
  return `
try:
    print(response.json()${subscripts(getTextPath(request, 'text'))})
except requests.JSONDecodeError:
    sys.exit(f"The response is not JSON: {response.text[:300]}")
except (KeyError, IndexError, TypeError):
    sys.exit(f"The response contains no text: {response.text[:300]}")
`;
}

function printStream(request: ExportedRequest): string {
  const isSse = getStreamFormat(request) === 'sse';
  const delta = `event${subscripts(getTextPath(request, 'delta'))}`;
  const text =
    request.api === 'responses' ? `${delta} if event["type"] == "response.output_text.delta" else ""` : delta;
  return `${isSse ? NOT_A_STREAM : ''}
try:
    for line in response.iter_lines():
        if ${isSse ? 'not line.startswith(b"data:") or line[5:].strip() == b"[DONE]"' : 'not line.strip()'}:
            continue
        event = json.loads(line${isSse ? '[5:]' : ''})
        if isinstance(event, dict) and event.get("error"):
            sys.exit(f"The server reported an error: {event['error']}")
        try:
            print(${text} or "", end="", flush=True)
        except (KeyError, IndexError, TypeError):
            pass  # an event without text
except ValueError as error:
    sys.exit(f"The stream contains invalid JSON: {error}")
except requests.RequestException as error:
    sys.exit(f"\\nThe response ended early: {error}")
print()
`;
}

const NOT_A_STREAM = `if not response.headers.get("content-type", "").startswith("text/event-stream"):
    sys.exit(f"The response is not a stream: {response.text[:300]}")
`;

function subscripts(path: readonly (string | number)[]): string {
  return path.map((step) => `[${typeof step === 'number' ? step : pythonString(step)}]`).join('');
}
