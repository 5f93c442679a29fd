import {
  commands,
  type Location,
  type LocationLink,
  type Position,
  Range,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import { enclosingSymbols } from '../editor/common/symbolPath';
import { getDocumentSymbols } from '../editor/documentSymbols';
import { lastLine } from '../editor/lastLine';
import { withDeadline } from '../util/withDeadline';
import { isOwnFile, LANGUAGE_SERVER_TIMEOUT_MS } from './referencedSymbols';

const MAX_LEVELS = 2;
/** Lookups in language servers, and declarations that are sent. */
const MAX_IDENTIFIERS = 40;
const MAX_DECLARATIONS = 20;
/** In UTF-16 units. A longer declaration, such as a large class, is left out. */
const MAX_DECLARATION_LENGTH = 8_000;

export interface Declaration {
  readonly document: TextDocument;
  /** Whole lines. */
  readonly range: Range;
}

/**
 * The declarations and types in the workspace that code refers to, and those that they refer to, as its language server
 * finds them. Nearest first, at most 20.
 */
export async function findUsedDeclarations(
  document: TextDocument,
  ranges: readonly Range[],
  isAllowed: (uri: Uri) => Promise<boolean>,
): Promise<readonly Declaration[]> {
  const found: Declaration[] = [];
  let level: readonly Declaration[] = ranges.map((range) => ({ document, range }));
  const known = [...level];
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth += 1) {
    const next: Declaration[] = [];
    for (const candidate of (await Promise.all(level.map(findReferencedDeclarations))).flat()) {
      const isNew = !known.some((declaration) => overlaps(declaration, candidate));
      if (!isNew || found.length + next.length >= MAX_DECLARATIONS) continue;
      if (!(await isAllowed(candidate.document.uri))) continue;
      known.push(candidate);
      next.push(candidate);
    }
    found.push(...next);
    level = next;
  }
  return found;
}

function overlaps(left: Declaration, right: Declaration): boolean {
  return (
    left.document.uri.toString() === right.document.uri.toString() && left.range.intersection(right.range) !== undefined
  );
}

async function findReferencedDeclarations({ document, range }: Declaration): Promise<readonly Declaration[]> {
  const positions = findIdentifiers(document, range);
  const locations = (await Promise.all(positions.map((position) => findDefinitions(document.uri, position)))).flat();
  const own = new Map(
    locations
      .filter(({ uri }) => isOwnFile(uri))
      .map((location) => [`${location.uri} ${location.range.start.line}`, location]),
  );
  const declarations = await Promise.all([...own.values()].map(toDeclaration));
  return declarations.flatMap((declaration) => declaration ?? []);
}

/** Where each name first occurs. */
function findIdentifiers(document: TextDocument, range: Range): readonly Position[] {
  const start = document.offsetAt(range.start);
  const names = new Map<string, number>();
  for (const { 0: name, index } of document.getText(range).matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
    if (!names.has(name)) names.set(name, start + index);
  }
  return [...names.values()].slice(0, MAX_IDENTIFIERS).map((offset) => document.positionAt(offset));
}

async function findDefinitions(uri: Uri, position: Position): Promise<readonly Pick<Location, 'uri' | 'range'>[]> {
  const providers = ['vscode.executeDefinitionProvider', 'vscode.executeTypeDefinitionProvider'];
  const found = await Promise.all(
    providers.map((provider) => {
      const locations = commands.executeCommand<(Location | LocationLink)[] | undefined>(provider, uri, position);
      return withDeadline(locations, LANGUAGE_SERVER_TIMEOUT_MS).catch(() => undefined);
    }),
  );
  return found.flatMap((locations) =>
    (locations ?? []).map((location) =>
      'targetUri' in location ? { uri: location.targetUri, range: location.targetRange } : location,
    ),
  );
}

/** Some language servers report only the name of what is declared, so the smallest symbol around it is taken. */
async function toDeclaration({ uri, range }: Pick<Location, 'uri' | 'range'>): Promise<Declaration | undefined> {
  const document = await workspace.openTextDocument(uri);
  const lines = { first: range.start.line, last: lastLine(range) };
  const { first, last } = enclosingSymbols(await getDocumentSymbols(document), lines).at(-1) ?? lines;
  const whole = document.validateRange(new Range(first, 0, last, Number.MAX_SAFE_INTEGER));
  return document.getText(whole).length > MAX_DECLARATION_LENGTH ? undefined : { document, range: whole };
}
