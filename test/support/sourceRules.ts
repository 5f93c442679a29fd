import type { SourceFacts } from './sourceFacts';

/** The rooms of src from the ground up. A file may import its own room, and rooms on a lower floor. */
export const floors: readonly (readonly string[])[] = [
  ['util', 'text'],
  ['sanitize'],
  ['core'],
  ['answers', 'secrets', 'platform'],
  ['ledger', 'settings', 'notifications'],
  ['editor', 'providers', 'usage'],
  ['auth', 'dashboard', 'destinations', 'llm'],
  ['models', 'runs'],
  ['requests', 'threads'],
  ['prompts', 'review'],
  ['commit'],
  ['app'],
  ['entry'],
];

/** Rooms that know neither VS Code nor Node. In every other room, `common/` is such a place. */
const pureRooms = /^src\/(util|text|sanitize|core|answers|secrets|providers|llm)\//;

/** Which files may import a package, types included. Packages that are not named are open to every file. */
const packageTable: readonly { readonly name: RegExp; readonly files: RegExp }[] = [
  { name: /^vscode$/, files: /^src\/(?!util|text|sanitize|core|answers|secrets|providers|llm)(?!.*\/common\/)/ },
  { name: /^openai(\/|$)/, files: /^src\/llm\/apis\/openai\w+\.ts$/ },
  { name: /^node:child_process$/, files: /^src\/platform\/processRunner\.ts$/ },
  { name: /^node:fs\/promises$/, files: /^src\/platform\/fileSystem\.ts$/ },
  { name: /^@secretlint\//, files: /^src\/secrets\/secretRules\.ts$/ },
  { name: /^@pydantic\/genai-prices$/, files: /^src\/usage\/common\/priceTable\.ts$/ },
  { name: /^uplot$/, files: /^media\// },
  { name: /^(node:(?!child_process$|fs\/promises$)|undici$)/, files: /^$/ },
];

/** The one file that may use something dangerous. Without an owner nobody may. */
const owners: readonly { readonly use: string; readonly owner?: string; readonly also?: readonly string[] }[] = [
  // What is there before anything else is loaded reads one preference each.
  {
    use: 'getConfiguration()',
    owner: 'src/settings/configuration.ts',
    also: ['src/prompts/commands/codeActions.ts', 'src/prompts/promptPresence.ts'],
  },
  { use: '.secrets', owner: 'src/auth/keyStore.ts' },
  { use: 'fetch()', owner: 'src/llm/http/guardedFetch.ts' },
  { use: 'globalThis.fetch', owner: 'src/llm/http/guardedFetch.ts' },
  { use: 'createOutputChannel()', owner: 'src/platform/log.ts' },
  { use: 'registerCommand()', owner: 'src/platform/commands.ts' },
  { use: 'registerTextEditorCommand()', owner: 'src/platform/commands.ts' },
  { use: 'createCommentController()', owner: 'src/threads/commentThreads.ts' },
  { use: 'spawn()', owner: 'src/platform/processRunner.ts' },
  { use: 'Function()', owner: 'src/app/webLoader.ts' },
  { use: 'eval()' },
  { use: 'getExtension()', owner: 'src/platform/gitExtension.ts' },
  { use: 'createWebviewPanel()', owner: 'src/dashboard/dashboardPanel.ts' },
  { use: 'innerHTML = on' },
  { use: 'outerHTML = on' },
  { use: 'insertAdjacentHTML()' },
  { use: 'console.' },
  { use: 'Math.random' },
  { use: 'process.' },
  // Its links run commands of ours, and nothing that others wrote gets into it as it is.
  { use: 'isTrusted = on', owner: 'src/usage/usageTooltip.ts' },
  { use: 'supportHtml = on' },
  { use: 'SnippetString()', owner: 'src/prompts/authoring/promptLanguageFeatures.ts' },
  { use: 'insertSnippet()' },
  // Answers run nothing, and nothing is written but text into open documents (R35, R37); requests are documents in memory.
  { use: 'createTerminal()' },
  { use: 'sendText()' },
  { use: 'executeTask()' },
  { use: 'startDebugging()' },
  { use: '.save', owner: 'src/requests/previewDocuments.ts' },
  { use: '.saveAll' },
  { use: '.saveAs' },
  {
    use: '.writeFile',
    owner: 'src/prompts/promptFileActions.ts',
    also: ['src/requests/requestArchive.ts', 'src/ledger/ledgerFolder.ts', 'src/dashboard/saveUsageExport.ts'],
  },
  { use: '.createFile' },
  { use: '.deleteFile' },
  { use: '.renameFile' },
  { use: 'registerFileSystemProvider()', owner: 'src/requests/previewDocuments.ts' },
  // Nobody is told of anything (need 43), and nothing is fetched but by the guarded fetch.
  { use: 'createTelemetryLogger()' },
  { use: 'sendBeacon()' },
  { use: 'WebSocket()' },
  { use: 'EventSource()' },
  { use: 'XMLHttpRequest()' },
];

const caps = { fileLines: 400, functionLines: 80, usualFunctionLines: 40, parameters: 4 };

/** A file of the project that a relative import leads to. */
export function importedFile(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) {
    return undefined;
  }
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '.') {
      parts.push(part);
    }
  }
  return `${parts.join('/').replace(/\.(js|ts)$/, '')}.ts`;
}

/** The name of the room that a file lies in, and its floor. */
function roomOf(file: string): { readonly room: string; readonly floor: number } | undefined {
  const room = /^src\/\w+\.ts$/.test(file) ? 'entry' : /^src\/(\w+)\//.exec(file)?.[1];
  const floor = floors.findIndex((rooms) => rooms.some((one) => one === room));
  return room === undefined || floor === -1 ? undefined : { room, floor };
}

function isPure(file: string): boolean {
  return pureRooms.test(file) || file.includes('/common/');
}

/** Imports that the floors, the purity of `common/` and the table of packages do not allow. */
export function importProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, imports }) => {
    const isPage = file.startsWith('media/');
    const from = roomOf(file);
    if (from === undefined && !isPage) return [`${file}:1 lies in no room`];
    return imports.flatMap(({ name, line, isTypeOnly }) => {
      const place = `${file}:${line}`;
      const target = importedFile(file, name);
      if (isPage && /^\.\/\w+\.css$/.test(name)) return [];
      if (target === undefined) {
        const isClosed = packageTable.some((rule) => rule.name.test(name) && !rule.files.test(file));
        return isClosed ? [`${place} must not import ${name}`] : [];
      }
      if (isPage) return target.startsWith('media/') || isPure(target) ? [] : [`${place} must not import ${target}`];
      const to = roomOf(target);
      const isBelow = to !== undefined && from !== undefined && (to.room === from.room || to.floor < from.floor);
      if (!isBelow || (isPure(file) && !isPure(target))) return [`${place} must not import ${target}`];
      const needsTypesOnly = to.room === 'llm' && from.room !== 'llm' && from.room !== 'app';
      return needsTypesOnly && !isTypeOnly ? [`${place} must not import ${target}, only its types`] : [];
    });
  });
}

/** Default exports, and files that hand on what others export. */
export function exportProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, imports, defaultExports }) => [
    ...defaultExports.map(({ line }) => `${file}:${line} has a default export`),
    ...imports.filter((one) => one.isReexport).map(({ line, name }) => `${file}:${line} re-exports ${name}`),
    ...(file.endsWith('/index.ts') ? [`${file}:1 is a barrel`] : []),
  ]);
}

/** Uses of dangerous things by another file than their owner. */
export function ownerProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, uses }) =>
    uses.flatMap(({ name, line }) =>
      owners
        .filter(({ use, owner, also }) => use === name && owner !== file && also?.includes(file) !== true)
        .map(({ owner }) => `${file}:${line} uses ${name}, which is for ${owner ?? 'nobody'}`),
    ),
  );
}

/** Files, functions and lists of parameters that are too long. */
export function sizeProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, lines, functions }) => [
    ...(lines > caps.fileLines
      ? [`${file}:${caps.fileLines + 1} the file has ${lines} lines, more than ${caps.fileLines}`]
      : []),
    ...functions.flatMap((one) => [
      ...(one.lines > caps.functionLines
        ? [`${file}:${one.line} ${one.name} has ${one.lines} lines, more than ${caps.functionLines}`]
        : []),
      ...(one.parameters > caps.parameters
        ? [`${file}:${one.line} ${one.name} has ${one.parameters} parameters, more than ${caps.parameters}`]
        : []),
    ]),
  ]);
}

/** More than one function in twenty is longer than usual functions are: the list of the long ones. */
export function lengthProblems(files: readonly SourceFacts[]): string[] {
  const all = files
    .flatMap(({ file, functions }) => functions.map((one) => ({ file, ...one })))
    .filter((one) => one.lines > 1);
  const long = all.filter((one) => one.lines > caps.usualFunctionLines);
  return long.length <= all.length / 20
    ? []
    : long.map((one) => `${one.file}:${one.line} ${one.name} has ${one.lines} lines`);
}

/** Rings of imports, types included, each as the chain of its files. */
export function cycleProblems(files: readonly SourceFacts[]): string[] {
  const graph = new Map(files.map((facts) => [facts.file, edgesOf(facts)]));
  const finished = new Set<string>();
  const problems: string[] = [];
  const visit = (file: string, chain: readonly string[]): void => {
    const start = chain.indexOf(file);
    if (start !== -1) {
      problems.push(
        [...chain.slice(start), file]
          .map((one, index, ring) => `${one}${lineOfEdge(graph, one, ring[index + 1])}`)
          .join(' -> '),
      );
      return;
    }
    if (!finished.has(file)) {
      for (const target of graph.get(file)?.keys() ?? []) {
        visit(target, [...chain, file]);
      }
      finished.add(file);
    }
  };
  for (const file of graph.keys()) {
    visit(file, []);
  }
  return problems;
}

function edgesOf({ file, imports }: SourceFacts): Map<string, number> {
  const edges = new Map<string, number>();
  for (const { name, line } of imports) {
    const target = importedFile(file, name);
    if (target !== undefined) {
      edges.set(target, line);
    }
  }
  return edges;
}

function lineOfEdge(
  graph: ReadonlyMap<string, ReadonlyMap<string, number>>,
  from: string,
  to: string | undefined,
): string {
  const line = to === undefined ? undefined : graph.get(from)?.get(to);
  return line === undefined ? '' : `:${line}`;
}
