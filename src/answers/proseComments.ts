import { openingFence } from '../text/codeFence';

const COMMENT_LANGUAGES: Readonly<Record<string, string>> = {
  '//': 'bicep c cpp csharp cuda-cpp dart fsharp glsl go groovy hlsl java javascript javascriptreact jsonc kotlin less objective-c objective-cpp odin php prisma proto3 rust sass scala scss solidity swift systemverilog typescript typescriptreact v verilog zig',
  '#': 'bazel coffeescript cmake crystal dockercompose dockerfile dotenv elixir gdscript graphql ignore julia just makefile nim nix perl perl6 powershell properties puppet python r raku ruby shellscript starlark tcl terraform toml yaml',
  '--': 'ada applescript elm haskell lua purescript sql vhdl',
  ';': 'asm clojure ini lisp racket scheme commonlisp',
  '%': 'erlang latex matlab prolog tex',
  "'": 'vb',
  '"': 'vim viml',
  REM: 'bat',
  '!': 'fortran FortranFreeForm',
};

const BLOCK_COMMENTS: Readonly<Record<string, readonly [string, string]>> = {
  css: ['/*', '*/'],
  html: ['<!--', '-->'],
  ocaml: ['(*', '*)'],
  svelte: ['<!--', '-->'],
  vue: ['<!--', '-->'],
  xml: ['<!--', '-->'],
  xsl: ['<!--', '-->'],
};

/** What begins a line comment. Undefined if the language has none, or it isn't known. */
export function findLineComment(languageId: string): string | undefined {
  return Object.entries(COMMENT_LANGUAGES).find(([, languages]) => languages.split(' ').includes(languageId))?.[0];
}

/** Writes text as comments. Undefined if the comments of the language aren't known, or the text would end them. */
export function toComments(text: string, languageId: string): string | undefined {
  const marker = findLineComment(languageId);
  const lines = text.split('\n').map((line) => line.trimEnd());
  if (marker !== undefined) return lines.map((line) => `${marker} ${line}`.trimEnd()).join('\n');
  const block = Object.hasOwn(BLOCK_COMMENTS, languageId) ? BLOCK_COMMENTS[languageId] : undefined;
  if (block === undefined || block.some((delimiter) => text.includes(delimiter))) return undefined;
  return `${block[0]} ${lines.join('\n')} ${block[1]}`;
}

/** Whether an answer without a code block reads like sentences rather than code. */
export function isProseAnswer(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.some((line) => openingFence(line) !== undefined)) return false;
  if (/^\s*(?:\/\/|\/\*|#!|--|;|%|<!--|"""|''')/.test(lines[0] ?? '')) return false;
  return lines.some(isSentence);
}

function isSentence(line: string): boolean {
  const text = line.replace(/^(?:[-*+] |\d+[.)] |> )?/, '').replace(/`[^`]*`/g, 'code');
  if (/^[^\p{L}*_"“‘'(]/u.test(text)) return false;
  const end = text.trimEnd();
  const hasEnd = /[.!?。！？：…]["'”’)*_]*$/u.test(end) || (/^\p{Lu}/u.test(end) && /:["'”’)*_]*$/u.test(end));
  return (
    hasEnd &&
    (/\p{L}[,;]?[ ]\p{L}+[,;]?[ ]\p{L}/u.test(text) ||
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}]{4}/u.test(text))
  );
}
