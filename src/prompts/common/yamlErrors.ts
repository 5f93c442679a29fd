import type { YAMLParseError, YAMLWarning } from 'yaml';
import type { PromptProblem } from './promptProblem';

/** Maps frequent mistakes to translated messages. Other errors keep the message of the library. */
export function classifyYamlError({
  code,
  message,
}: YAMLParseError | YAMLWarning): Pick<PromptProblem, 'fault' | 'detail'> {
  switch (code) {
    case 'MULTILINE_IMPLICIT_KEY':
      return { fault: 'colon' };
    case 'MISSING_CHAR':
      return message.startsWith('Implicit map keys') ? { fault: 'colon' } : { detail: message };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BAD_SCALAR_START':
      return { fault: 'quotes' };
    case 'DUPLICATE_KEY':
      return { fault: 'twice' };
    case 'TAB_AS_INDENT':
      return { fault: 'tab' };
    case 'BAD_INDENT':
      return { fault: 'indent' };
    case 'TAG_RESOLVE_FAILED':
      return { fault: 'tag' };
    default:
      return { detail: message };
  }
}
