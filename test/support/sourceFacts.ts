import { type Node, type Program, parseSync } from 'oxc-parser';

/** A finding in a line of a file. */
export interface Found {
  readonly name: string;
  readonly line: number;
}

export interface FoundImport extends Found {
  readonly isTypeOnly: boolean;
  readonly isReexport: boolean;
}

/** A function, method or arrow function. */
export interface FoundFunction extends Found {
  readonly lines: number;
  readonly parameters: number;
}

/** Facts about a source file for the architecture rules. */
export interface SourceFacts {
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly FoundImport[];
  readonly functions: readonly FoundFunction[];
  readonly defaultExports: readonly Found[];
  /** Names used in code: `fetch()` for a call, `.secrets` for a member, `console.` and `Math.random` for globals. */
  readonly uses: readonly Found[];
}

type AnyNode = Node | Program;

export function sourceFacts(file: string, text: string): SourceFacts {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) {
    throw new Error(`${file}: ${error.message}`);
  }
  const lineOf = lineFinder(text);
  const facts = {
    imports: [] as FoundImport[],
    functions: [] as FoundFunction[],
    defaultExports: [] as Found[],
    uses: [] as Found[],
  };
  walk(program, undefined, (node, parent) => {
    const line = lineOf(node.start);
    facts.imports.push(...importsOf(node, line));
    facts.uses.push(...usesOf(node, line));
    if (isFunction(node)) {
      facts.functions.push({
        name: functionName(node, parent),
        line,
        lines: lineOf(node.end) - line + 1,
        parameters: parameterCount(node),
      });
    }
    if (node.type === 'ExportDefaultDeclaration') {
      facts.defaultExports.push({ name: 'default', line });
    }
  });
  return { file, lines: lineOf(text.trimEnd().length), ...facts };
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) {
    starts.push(index + 1);
  }
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}

function walk(
  node: AnyNode,
  parent: AnyNode | undefined,
  visit: (node: AnyNode, parent: AnyNode | undefined) => void,
): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) {
        walk(child, node, visit);
      }
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function importsOf(node: AnyNode, line: number): FoundImport[] {
  if (node.type === 'ImportDeclaration') {
    const hasOnlyTypes =
      node.specifiers.length > 0 &&
      node.specifiers.every((specifier) => specifier.type === 'ImportSpecifier' && specifier.importKind === 'type');
    return [
      { name: node.source.value, line, isTypeOnly: node.importKind === 'type' || hasOnlyTypes, isReexport: false },
    ];
  }
  if (node.type === 'ExportAllDeclaration') {
    return [{ name: node.source.value, line, isTypeOnly: node.exportKind === 'type', isReexport: true }];
  }
  if (node.type === 'ExportNamedDeclaration' && node.source !== null) {
    return [{ name: node.source.value, line, isTypeOnly: node.exportKind === 'type', isReexport: true }];
  }
  const source = node.type === 'ImportExpression' || node.type === 'TSImportType' ? node.source : undefined;
  if (source?.type === 'Literal' && typeof source.value === 'string') {
    return [{ name: source.value, line, isTypeOnly: node.type === 'TSImportType', isReexport: false }];
  }
  return [];
}

const FUNCTION_TYPES = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function isFunction(node: AnyNode): node is Extract<Node, { params: unknown; body: unknown }> {
  return FUNCTION_TYPES.has(node.type);
}

function functionName(node: AnyNode, parent: AnyNode | undefined): string {
  const names = [node, parent].map((candidate) => {
    const name: unknown = candidate && (Reflect.get(candidate, 'id') ?? Reflect.get(candidate, 'key'));
    return isNode(name) && 'name' in name ? String(name.name) : undefined;
  });
  return names.find((name) => name !== undefined) ?? '(anonymous)';
}

function parameterCount(node: AnyNode): number {
  const parameters = (Reflect.get(node, 'params') ?? []) as readonly { type: string; name?: string }[];
  return parameters.filter((parameter) => !(parameter.type === 'Identifier' && parameter.name === 'this')).length;
}

function usesOf(node: AnyNode, line: number): Found[] {
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    const { callee } = node;
    const name = callee.type === 'Identifier' ? callee.name : memberName(callee);
    return name === undefined ? [] : [{ name: `${name}()`, line }];
  }
  if (node.type === 'MemberExpression') {
    const name = memberName(node);
    const owner = node.object.type === 'Identifier' ? node.object.name : undefined;
    const uses = name === undefined ? [] : [{ name: `.${name}`, line }];
    return owner === undefined ? uses : [...uses, { name: `${owner}.`, line }, { name: `${owner}.${name}`, line }];
  }
  return [...destructuredUses(node, line), ...settingUses(node, line)];
}

function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') {
    return undefined;
  }
  if (node.property.type === 'Identifier' && !node.computed) {
    return node.property.name;
  }
  return node.property.type === 'Literal' ? String(node.property.value) : undefined;
}

/** `const { secrets } = context` counts as `context.secrets`. */
function destructuredUses(node: AnyNode, line: number): Found[] {
  if (node.type !== 'ObjectPattern') {
    return [];
  }
  return node.properties.flatMap((property) =>
    property.type === 'Property' && property.key.type === 'Identifier' ? [{ name: `.${property.key.name}`, line }] : [],
  );
}

/** `isTrusted: true` and `text.isTrusted = true`, and any other value except `false`. */
function settingUses(node: AnyNode, line: number): Found[] {
  const setting =
    node.type === 'Property' && node.key.type === 'Identifier' && node.value.type !== 'AssignmentPattern'
      ? { name: node.key.name, value: node.value }
      : node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression'
        ? { name: memberName(node.left), value: node.right }
        : undefined;
  const isOff = setting?.value.type === 'Literal' && setting.value.value === false;
  return setting?.name === undefined || isOff ? [] : [{ name: `${setting.name} = on`, line }];
}
