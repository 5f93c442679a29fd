import { credentialHeader, type ExportedRequest, isStreamed, plainHeaders } from './exportRequest';

/** Longer than this, an argument may not fit into a command line (128 KiB for one on Linux), so the body comes by a pipe. */
const LONGEST_ARGUMENT = 100_000;

/** The request as a command line for `sh`, with the very bytes of the body. */
export function toCurl(request: ExportedRequest): string {
  const { wire, credential } = request;
  const body = wire.body === undefined ? undefined : JSON.stringify(wire.body);
  const isPiped = body !== undefined && body.length > LONGEST_ARGUMENT;
  const options = [
    `curl --fail-with-body --silent --show-error${isStreamed(request) ? ' --no-buffer' : ''} ${inQuotes(wire.url)}`,
    ...(wire.method === 'POST' ? [] : [`--request ${wire.method}`]),
    ...plainHeaders(request).map(([name, value]) => `--header ${inQuotes(`${name}: ${value}`)}`),
  ];
  if (credential !== undefined) {
    const { name, prefix } = credentialHeader(credential);
    options.push(`--header "${name}: ${prefix}$${credential.variable}"`);
  }
  if (body !== undefined) options.push(isPiped ? '--data-binary @-' : `--data-raw ${inQuotes(body)}`);
  const command = options.join(' \\\n  ');
  return isPiped && body !== undefined ? `printf %s ${inQuotes(body)} |\n${command}\n` : `${command}\n`;
}

/**
 * The request for PowerShell, where `curl` may be another command and arguments lose their quotes on the way to a
 * program: the body is written to a file without a byte order mark, and `curl.exe` reads it from there.
 */
export function toPowerShell(request: ExportedRequest): string {
  const { wire, credential } = request;
  const lines: string[] = [];
  const isStream = isStreamed(request);
  const options = [
    `curl.exe --fail-with-body --silent --show-error${isStream ? ' --no-buffer' : ''} ${literal(wire.url)}`,
  ];
  if (wire.method !== 'POST') options.push(`--request ${wire.method}`);
  options.push(...plainHeaders(request).map(([name, value]) => `--header ${literal(`${name}: ${value}`)}`));
  if (credential !== undefined) {
    const { name, prefix } = credentialHeader(credential);
    options.push(`--header "${name}: ${prefix}$env:${credential.variable}"`);
  }
  if (wire.body !== undefined) {
    lines.push('$file = New-TemporaryFile');
    lines.push(`[IO.File]::WriteAllText($file, ${literal(JSON.stringify(wire.body))})`);
    options.push('--data-binary "@$file"');
  }
  lines.push(options.join(' `\n  '));
  if (wire.body !== undefined) lines.push('Remove-Item $file');
  return `${lines.join('\n')}\n`;
}

/** For `sh`: between single quotes only the quote itself means anything. */
function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** For PowerShell, which takes typographic quotes for quotes too. */
function literal(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, (quote) => quote + quote)}'`;
}
