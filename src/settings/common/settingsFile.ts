import { parse } from 'jsonc-parser';

/** A settings file as VS Code reads it, with comments, trailing commas and whatever else is wrong with it looked past. */
export function parseSettingsFile(text: string): unknown {
  return parse(text, [], { allowTrailingComma: true });
}
