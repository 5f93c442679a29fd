import type { JsonValue } from './bodyTemplate';
import { findHidden } from './hiddenText';
import { parseJson } from './json';
import type { WireRequest } from './wireRequest';

/** What is said of a request above its body, one line each. */
export interface PreviewFacts {
  readonly lines: readonly string[];
}

/** A request as a document to be read and edited: facts as comments, then the body as JSON. */
export function previewText(wire: WireRequest, { lines }: PreviewFacts): string {
  const facts = lines.map((line) => `// ${line.replaceAll(/[\r\n\u2028\u2029]+/g, ' ')}`);
  return `${[...facts, visible(JSON.stringify(wire.body ?? null, undefined, 2))].join('\n')}\n`;
}

/** Hidden characters as JSON writes them, so that they can be seen and mean the same when they are read back (R24). */
function visible(json: string): string {
  let end = 0;
  const parts = findHidden(json).flatMap((run) => {
    const before = json.slice(end, run.start);
    end = run.end;
    return [before, json.slice(run.start, run.end).replace(/[\s\S]/g, (unit) => `\\u${hexOf(unit)}`)];
  });
  return parts.join('') + json.slice(end);
}

function hexOf(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0');
}

/**
 * The body of an edited preview. Only whole lines are comments: a line of JSON can begin with two slashes in no other way.
 * @returns undefined where what is left is no JSON.
 */
export function previewBody(text: string): JsonValue | undefined {
  const lines = text.split(/\r\n?|\n/).filter((line) => !line.trimStart().startsWith('//'));
  return parseJson(lines.join('\n')) as JsonValue | undefined;
}
