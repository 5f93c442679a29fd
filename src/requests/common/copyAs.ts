import { toCurl, toPowerShell } from './curl';
import type { ExportedRequest } from './exportedRequest';
import { toPythonOpenai, toPythonRequests } from './python';
import { toTypescriptOpenai } from './typescript';

/** In the order in which they are offered. */
export const COPY_FORMATS = ['curl', 'powershell', 'pythonRequests', 'pythonOpenai', 'typescriptOpenai'] as const;

export type CopyFormat = (typeof COPY_FORMATS)[number];

const WRITERS: Readonly<Record<CopyFormat, (request: ExportedRequest) => string>> = {
  curl: toCurl,
  powershell: toPowerShell,
  pythonRequests: toPythonRequests,
  pythonOpenai: toPythonOpenai,
  typescriptOpenai: toTypescriptOpenai,
};

/**
 * Formats a request as a program that sends the same bytes, apart from headers of the network stack. It contains no API
 * key.
 */
export function copyAs(format: CopyFormat, request: ExportedRequest): string {
  return WRITERS[format](request);
}
