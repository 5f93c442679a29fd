import { hasPicturePlace, parsePicturePlace } from '../../core/picture';
import { escapeCodeUnit } from '../../text/unicodeEscapes';
import type { JsonValue } from '../../util/json';

const MAX_LINE_WIDTH = 80;

export function pythonString(text: string): string {
  const escaped = text.replace(
    /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => SIMPLE_ESCAPES.get(character) ?? escapeCharacter(character),
  );
  return `"${escaped}"`;
}

const SIMPLE_ESCAPES = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : escapeCodeUnit(character);
}

/** The value of an environment variable. */
export function pythonVariable(name: string): string {
  return `os.environ[${pythonString(name)}]`;
}

export function pythonLiteral(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return pythonText(value);
  const isList = Array.isArray(value);
  const parts = isList
    ? (value as readonly JsonValue[]).map(pythonLiteral)
    : Object.entries(value).map(([name, field]) => `${pythonString(name)}: ${pythonLiteral(field as JsonValue)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const line = `${open}${parts.join(', ')}${close}`;
  if (line.length <= MAX_LINE_WIDTH && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => `    ${part.replaceAll('\n', '\n    ')},\n`).join('')}${close}`;
}

function pythonText(text: string): string {
  const { prefix, fileName } = parsePicturePlace(text) ?? {};
  if (prefix === undefined || fileName === undefined) return pythonString(text);
  const content = `read_base64(${pythonString(fileName)})`;
  return prefix === '' ? content : `${pythonString(prefix)} + ${content}`;
}

/** Adds what {@link pythonLiteral} uses for pictures to the imports of a program. */
export function pythonImports(imports: string, body: JsonValue | undefined): string {
  return hasPicturePlace(body) ? `import base64\n${imports}\n${PICTURE_READER}` : imports;
}

const PICTURE_READER = `
def read_base64(name):
    with open(name, "rb") as file:
        return base64.b64encode(file.read()).decode()

`;

/** A dictionary whose values are expressions. */
export function pythonDict(entries: readonly (readonly [name: string, expression: string])[]): string {
  return `{\n${entries.map(([name, expression]) => `    ${pythonString(name)}: ${expression},\n`).join('')}}`;
}
