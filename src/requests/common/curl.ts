import { type ExportedRequest, getCredentialHeader, getHeaders, getStreamFormat } from './exportedRequest';

/** Longer than this, an argument may not fit into a command line (128 KiB for one on Linux), so the body comes by a pipe. */
const MAX_ARGUMENT_LENGTH = 100_000;

/** The request as a command line for `sh`, with the very bytes of the body. */
export function toCurl(request: ExportedRequest): string {
  const { wire, credential } = request;
  const body = wire.body === undefined ? undefined : JSON.stringify(wire.body);
  const isPiped = body !== undefined && body.length > MAX_ARGUMENT_LENGTH;
  const options = [
    `curl ${curlFlags(request)} ${quoteForShell(wire.url)}`,
    ...(wire.method === 'POST' ? [] : [`--request ${wire.method}`]),
    ...getHeaders(request).map((header) => `--header ${quoteForShell(headerLine(header))}`),
  ];
  if (credential !== undefined) {
    const { name, prefix } = getCredentialHeader(credential);
    options.push(`--header "${name}: ${prefix}$${credential.variable}"`);
  }
  if (body !== undefined) options.push(isPiped ? '--data-binary @-' : `--data-raw ${quoteForShell(body)}`);
  const command = options.join(' \\\n  ');
  return isPiped && body !== undefined ? `printf %s ${quoteForShell(body)} |\n${command}\n` : `${command}\n`;
}

/**
 * The request for PowerShell, where `curl` may be another command and arguments lose their quotes on the way to a
 * program: the body, and headers with such characters, are written to files without a byte order mark, and `curl.exe`
 * reads them from there.
 */
export function toPowerShell(request: ExportedRequest): string {
  const { wire, credential } = request;
  const files: [name: string, text: string][] = [];
  const options = [`curl.exe ${curlFlags(request)} ${quoteForPowerShell(wire.url)}`];
  if (wire.method !== 'POST') options.push(`--request ${wire.method}`);
  const headers = getHeaders(request).map(headerLine);
  options.push(...headers.filter(isSafeArgument).map((header) => `--header ${quoteForPowerShell(header)}`));
  const unsafeHeaders = headers.filter((header) => !isSafeArgument(header));
  if (unsafeHeaders.length > 0) {
    files.push(['$headers', unsafeHeaders.join('\n')]);
    options.push('--header "@$headers"');
  }
  if (credential !== undefined) {
    const { name, prefix } = getCredentialHeader(credential);
    options.push(`--header "${name}: ${prefix}\${env:${credential.variable}}"`);
  }
  if (wire.body !== undefined) {
    files.push(['$body', JSON.stringify(wire.body)]);
    options.push('--data-binary "@$body"');
  }
  const lines = files.flatMap(([name, text]) => [
    `${name} = [IO.Path]::GetTempFileName()`,
    `[IO.File]::WriteAllText(${name}, ${quoteForPowerShell(text)})`,
  ]);
  lines.push(options.join(' `\n  '));
  if (files.length > 0) lines.push(`Remove-Item ${files.map(([name]) => name).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function curlFlags(request: ExportedRequest): string {
  const stream = getStreamFormat(request) === 'none' ? '' : ' --no-buffer';
  // Otherwise curl takes brackets in an address for a list of addresses.
  const globoff = /[[\]{}]/.test(request.wire.url) ? ' --globoff' : '';
  return `--fail-with-body --silent --show-error${stream}${globoff}`;
}

/** curl leaves a header out that has no value, unless it ends with a semicolon. */
function headerLine([name, value]: readonly [string, string]): string {
  return value.trim() === '' ? `${name};` : `${name}: ${value}`;
}

/** Windows PowerShell hands quotes, and a backslash before one, to programs in a way that changed between its versions. */
function isSafeArgument(text: string): boolean {
  return !/["\\]/.test(text);
}

/** For `sh`: between single quotes only the quote itself means anything. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** For PowerShell, which takes typographic quotes for quotes too. */
function quoteForPowerShell(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, (quote) => quote + quote)}'`;
}
