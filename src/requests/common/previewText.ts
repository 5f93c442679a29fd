import type { WireRequest } from '../../core/chat';
import { escapeInvisibleInJson } from '../../sanitize/escapeInvisible';
import { type JsonValue, parseJson } from '../../util/json';

export function previewText(wire: WireRequest, lines: readonly string[]): string {
  const comments = lines.map((line) => `// ${line.replaceAll(/[\r\n\u2028\u2029]+/g, ' ')}`);
  return `${[...comments, escapeInvisibleInJson(JSON.stringify(wire.body ?? null, undefined, 2))].join('\n')}\n`;
}

/** Lines that start with `//` are comments, which no line of JSON does. Undefined if the rest is not valid JSON. */
export function parsePreviewBody(text: string): JsonValue | undefined {
  const lines = text.split(/\r\n?|\n/).filter((line) => !line.trimStart().startsWith('//'));
  return parseJson(lines.join('\n')) as JsonValue | undefined;
}
