import type { WireRequest } from '../../core/wireRequest';
import { escapeInvisibleInJson } from '../../sanitize/escapeInvisible';
import type { JsonValue } from '../../util/json';
import { parseJson } from '../../util/json';

/** What is said of a request above its body, one line each. */
export interface PreviewOptions {
  readonly lines: readonly string[];
}

/** A request as a document to be read and edited: facts as comments, then the body as JSON. */
export function previewText(wire: WireRequest, { lines }: PreviewOptions): string {
  const comments = lines.map((line) => `// ${line.replaceAll(/[\r\n\u2028\u2029]+/g, ' ')}`);
  return `${[...comments, escapeInvisibleInJson(JSON.stringify(wire.body ?? null, undefined, 2))].join('\n')}\n`;
}

/**
 * The body of an edited preview. Only whole lines are comments: a line of JSON can begin with two slashes in no other way.
 * @returns undefined where what is left is no JSON.
 */
export function parsePreviewBody(text: string): JsonValue | undefined {
  const lines = text.split(/\r\n?|\n/).filter((line) => !line.trimStart().startsWith('//'));
  return parseJson(lines.join('\n')) as JsonValue | undefined;
}
