import { hasPicturePlace } from '../../core/picture';
import { type ExportedRequest, getCredentialHeader, getStreamFormat, splitHeader } from './exportedRequest';
import { replacePictures } from './jsonPictures';

/** Linux limits one argument to 128 KiB. A longer body is piped to curl. */
const MAX_ARGUMENT_LENGTH = 100_000;

export function toCurl(request: ExportedRequest): string {
  const { wire, credential } = request;
  const body = wire.body === undefined ? undefined : JSON.stringify(wire.body);
  const hasPictures = hasPicturePlace(wire.body);
  const isPiped = body !== undefined && (hasPictures || body.length > MAX_ARGUMENT_LENGTH);
  const options = [
    `curl ${curlFlags(request)} ${quoteForShell(wire.url)}`,
    ...(wire.method === 'POST' ? [] : [`--request ${wire.method}`]),
    ...Object.entries(wire.headers).map((header) => `--header ${quoteHeader(header)}`),
  ];
  if (credential !== undefined) {
    const { name, prefix } = getCredentialHeader(credential);
    options.push(`--header "${name}: ${prefix}$${credential.variable}"`);
  }
  if (body !== undefined) options.push(isPiped ? '--data-binary @-' : `--data-raw ${quoteForShell(body)}`);
  const command = options.join(' \\\n  ');
  return isPiped && body !== undefined ? `printf %s ${quoteWithPictures(body)} |\n${command}\n` : `${command}\n`;
}

/**
 * In PowerShell `curl` may be an alias, and arguments lose their quotes when passed to programs. So `curl.exe` reads
 * the body, and headers that contain quotes, from files without a byte order mark.
 */
export function toPowerShell(request: ExportedRequest): string {
  const { wire, credential } = request;
  const files: [name: string, expression: string][] = [];
  const options = [`curl.exe ${curlFlags(request)} ${quoteForPowerShell(wire.url)}`];
  if (wire.method !== 'POST') options.push(`--request ${wire.method}`);
  const isSecret = ([, value]: readonly [string, string]) => splitHeader(value).some((part) => 'variable' in part);
  const headers = Object.entries(wire.headers)
    .filter((header) => !isSecret(header))
    .map(headerLine);
  for (const [name, value] of Object.entries(wire.headers).filter(isSecret)) {
    const parts = splitHeader(value).map((part) =>
      'text' in part ? part.text.replace(/[$"`\u201c\u201d\u201e]/g, '`$&') : `\${env:${part.variable}}`,
    );
    options.push(`--header "${name}: ${parts.join('')}"`);
  }
  options.push(...headers.filter(isSafeArgument).map((header) => `--header ${quoteForPowerShell(header)}`));
  const unsafeHeaders = headers.filter((header) => !isSafeArgument(header));
  if (unsafeHeaders.length > 0) {
    files.push(['$headers', quoteForPowerShell(unsafeHeaders.join('\n'))]);
    options.push('--header "@$headers"');
  }
  if (credential !== undefined) {
    const { name, prefix } = getCredentialHeader(credential);
    options.push(`--header "${name}: ${prefix}\${env:${credential.variable}}"`);
  }
  if (wire.body !== undefined) {
    files.push(['$body', quoteWithPicturesForPowerShell(JSON.stringify(wire.body))]);
    options.push('--data-binary "@$body"');
  }
  const lines = files.flatMap(([name, expression]) => [
    `${name} = [IO.Path]::GetTempFileName()`,
    `[IO.File]::WriteAllText(${name}, ${expression})`,
  ]);
  lines.push(options.join(' `\n  '));
  if (files.length > 0) lines.push(`Remove-Item ${files.map(([name]) => name).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function curlFlags(request: ExportedRequest): string {
  const stream = getStreamFormat(request) === 'none' ? '' : ' --no-buffer';
  // Without it curl interprets brackets in the URL as a range.
  const globoff = /[[\]{}]/.test(request.wire.url) ? ' --globoff' : '';
  return `--fail-with-body --silent --show-error${stream}${globoff}`;
}

/** curl drops a header without a value unless it ends with a semicolon. */
function headerLine([name, value]: readonly [string, string]): string {
  return value.trim() === '' ? `${name};` : `${name}: ${value}`;
}

function quoteHeader([name, value]: readonly [string, string]): string {
  const parts = splitHeader(value);
  if (parts.every((part) => 'text' in part)) return quoteForShell(headerLine([name, value]));
  const texts = parts.map((part) => ('text' in part ? part.text.replace(/[$"`\\]/g, '\\$&') : `\${${part.variable}}`));
  return `"${name}: ${texts.join('')}"`;
}

/** How PowerShell passes quotes, and backslashes before quotes, to programs depends on its version. */
function isSafeArgument(text: string): boolean {
  return !/["\\]/.test(text);
}

/** Inside single quotes, `sh` interprets only the single quote. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON whose pictures are read from files in the current folder. */
function quoteWithPictures(json: string): string {
  return replacePictures(
    quoteForShell(json),
    ({ prefix, fileName }) => `"${prefix}'"$(base64 < ${fileName} | tr -d '\\n')"'"`,
  );
}

function quoteWithPicturesForPowerShell(json: string): string {
  const quoted = replacePictures(
    quoteForPowerShell(json),
    ({ prefix, fileName }) =>
      `"${prefix}' + [Convert]::ToBase64String([IO.File]::ReadAllBytes("$PWD/${fileName}")) + '"`,
  );
  // An argument that is an expression needs parentheses.
  return quoted === quoteForPowerShell(json) ? quoted : `(${quoted})`;
}

/** PowerShell also treats typographic quotes as quotes. */
function quoteForPowerShell(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, (quote) => quote + quote)}'`;
}
