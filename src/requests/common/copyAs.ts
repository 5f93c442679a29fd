import { toCurl, toPowerShell } from './curl';
import type { ExportedRequest } from './exportedRequest';
import { toPythonOpenai, toPythonRequests } from './python';
import { toTypescriptOpenai } from './typescript';

const WRITERS = {
  curl: toCurl,
  powershell: toPowerShell,
  pythonRequests: toPythonRequests,
  pythonOpenai: toPythonOpenai,
  typescriptOpenai: toTypescriptOpenai,
};

export type CopyFormat = keyof typeof WRITERS;

/**
 * Formats a request as a program that sends the same bytes, apart from headers of the network stack. It contains no API
 * key.
 */
export function copyAs(format: CopyFormat, request: ExportedRequest): string {
  return WRITERS[format](request);
}
