import { type CodeBlock, type FencedPart, isClosingFence, openingFence, readFences } from '../text/codeFence';
import { isMarkdownLanguage, isProseLanguage } from './languages';

export type ExtractedCode =
  | { readonly kind: 'text'; readonly text: string; readonly language?: string }
  | { readonly kind: 'choice'; readonly blocks: readonly string[] };

// "Here is the rewritten function:" is dropped silently, an explanation is not.
const MAX_LEAD_IN_LENGTH = 200;
// "Hope this helps!"
const MAX_CLOSING_LENGTH = 40;

/** A choice if the answer has several blocks, or a block with text around it that may be wanted. */
export function extractCode(answer: string, languageId: string): ExtractedCode {
  if (isMarkdownLanguage(languageId)) return { kind: 'text', text: answer };
  const quotedMarkdown = readQuotedMarkdown(answer);
  if (quotedMarkdown !== undefined) return { kind: 'text', text: quotedMarkdown, language: 'markdown' };
  const parts = readFences(answer);
  const blocks = parts.filter((part) => 'fence' in part);
  const [first] = blocks;
  if (first === undefined) return { kind: 'text', text: answer };
  const texts = blocks.map(blockText).filter((text) => text.trim() !== '');
  if (texts.length > 1) return { kind: 'choice', blocks: texts };
  const isUnnamed = blocks.length === 1 && !first.isClosed && first.fence.info === '';
  if (isUnnamed && parts[0] !== first) return splitAtSingleFence(textOf(parts.slice(0, 1)), blockText(first));
  const block = blocks.find((candidate) => blockText(candidate).trim() !== '') ?? first;
  const index = parts.indexOf(block);
  const [before, after] = [textOf(parts.slice(0, index)), textOf(parts.slice(index + 1))];
  if (!isDispensable(before, after, languageId)) return { kind: 'choice', blocks: [blockText(block)] };
  return { kind: 'text', text: blockText(block), language: languageOf(block) };
}

/** An answer that is one block of Markdown, whatever fences are in it. */
function readQuotedMarkdown(answer: string): string | undefined {
  const lines = answer.trim().split('\n');
  const fence = openingFence(lines[0] ?? '');
  if (fence === undefined || !/^(?:md|mdx|markdown)$/i.test(fence.info)) return undefined;
  if (lines.length < 2 || !isClosingFence(lines.at(-1) ?? '', fence.marker)) return undefined;
  const inner = lines.slice(1, -1);
  const isOnlyBlock = readFences(inner.join('\n')).every((part) => 'text' in part || part.isClosed);
  return isOnlyBlock ? inner.join('\n') : undefined;
}

/** A single fence without a language is the beginning of a block after a lead-in, or the end of one after code. */
function splitAtSingleFence(before: string, after: string): ExtractedCode {
  if (after.trim() === '') return { kind: 'text', text: before };
  if (isLeadIn(before)) return { kind: 'text', text: after };
  return { kind: 'choice', blocks: [before, after].map((text) => text.replace(/^\n+|\n+$/g, '')) };
}

function isDispensable(before: string, after: string, languageId: string): boolean {
  if (before.trim() === '' && after.trim() === '') return true;
  if (isProseLanguage(languageId)) return false;
  return (before.trim() === '' || isLeadIn(before)) && isClosing(after);
}

function isLeadIn(text: string): boolean {
  const trimmed = text.trim();
  const hasList = /^\s*(?:[-*+]|\d+[.)])\s/m.test(trimmed);
  const isSentence = /[:：.!?。！…]["'”)*_]*$/.test(trimmed) || /^(?:#+ [^\n]*|\*\*[^\n]*\*\*)$/.test(trimmed);
  return trimmed.length <= MAX_LEAD_IN_LENGTH && isSentence && !hasList;
}

function isClosing(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === '') return true;
  return trimmed.length <= MAX_CLOSING_LENGTH && /^\p{L}[^\n;{}=]*[.!?。！…)]$/u.test(trimmed);
}

function textOf(parts: readonly FencedPart[]): string {
  return parts.map((part) => ('text' in part ? part.text.join('\n') : blockText(part))).join('\n');
}

function blockText({ lines }: CodeBlock): string {
  return lines.join('\n').replace(/\r$/, '');
}

function languageOf({ fence }: CodeBlock): string {
  return /^[^\s{,:]*/.exec(fence.info)?.[0] ?? '';
}
