import type { YAMLParseError, YAMLWarning } from 'yaml';
import type { PromptProblem } from './promptProblem';

/** Maps frequent mistakes to translated messages. Other errors keep the message of the library. */
export function classifyYamlError({
  code,
  message,
}: YAMLParseError | YAMLWarning): Pick<PromptProblem, 'yamlError' | 'detail'> {
  switch (code) {
    case 'MULTILINE_IMPLICIT_KEY':
      return { yamlError: 'colon' };
    case 'MISSING_CHAR':
      return message.startsWith('Implicit map keys') ? { yamlError: 'colon' } : { detail: message };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BAD_SCALAR_START':
      return { yamlError: 'quotes' };
    case 'DUPLICATE_KEY':
      return { yamlError: 'duplicateKey' };
    case 'TAB_AS_INDENT':
      return { yamlError: 'tab' };
    case 'BAD_INDENT':
      return { yamlError: 'indent' };
    case 'TAG_RESOLVE_FAILED':
      return { yamlError: 'tag' };
    default:
      return { detail: message };
  }
}
