import { parse } from 'jsonc-parser';

/** Parses a settings file as leniently as VS Code does. */
export function parseSettingsFile(text: string): unknown {
  return parse(text, [], { allowTrailingComma: true });
}
