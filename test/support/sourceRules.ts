import type { SourceFacts } from './sourceFacts';

/** The folders of src from the lowest floor up. A file may import its own folder and folders on lower floors. */
export const floors: readonly (readonly string[])[] = [
  ['util', 'text'],
  ['sanitize'],
  ['core'],
  ['answers', 'secrets', 'platform'],
  ['settings', 'notifications'],
  ['editor', 'ignore', 'providers', 'usage'],
  ['auth', 'destinations', 'llm', 'references'],
  ['models', 'runs'],
  ['requests', 'threads'],
  ['prompts', 'review'],
  ['commit'],
  ['app'],
  ['entry'],
];

/** Folders that use neither VS Code nor Node, like `common/` in every other folder. */
const PURE_FOLDERS = /^src\/(util|text|sanitize|core|answers|secrets|providers|llm)\//;

/** Files that may import a package, including types. Packages that are not listed may be imported anywhere. */
const PACKAGE_RULES: readonly { readonly name: RegExp; readonly files: RegExp }[] = [
  { name: /^vscode$/, files: /^src\/(?!util|text|sanitize|core|answers|secrets|providers|llm)(?!.*\/common\/)/ },
  { name: /^openai(\/|$)/, files: /^src\/llm\/apis\/openai\w+\.ts$/ },
  { name: /^node:child_process$/, files: /^src\/platform\/processRunner\.ts$/ },
  { name: /^node:fs\/promises$/, files: /^src\/platform\/fileSystem\.ts$/ },
  { name: /^@secretlint\//, files: /^src\/secrets\/secretRules\.ts$/ },
  { name: /^@pydantic\/genai-prices$/, files: /^src\/usage\/common\/priceTable\.ts$/ },
  { name: /^preact$/, files: /^media\// },
  { name: /^(node:(?!child_process$|fs\/promises$)|undici$)/, files: /^$/ },
];

/** The only file that may use a dangerous API. Without an owner, no file may. */
const OWNERS: readonly { readonly use: string; readonly owner?: string; readonly also?: readonly string[] }[] = [
  // Code that is loaded at activation reads single settings itself.
  {
    use: 'getConfiguration()',
    owner: 'src/settings/configuration.ts',
    also: ['src/prompts/commands/codeActions.ts', 'src/prompts/promptPresence.ts'],
  },
  { use: '.secrets', owner: 'src/auth/keyStore.ts' },
  { use: 'selectChatModels()', owner: 'src/models/vscodeModels.ts' },
  { use: 'fetch()', owner: 'src/llm/http/guardedFetch.ts' },
  { use: 'globalThis.fetch', owner: 'src/llm/http/guardedFetch.ts' },
  { use: 'createOutputChannel()', owner: 'src/platform/log.ts' },
  { use: 'registerCommand()', owner: 'src/platform/commands.ts' },
  { use: 'registerTextEditorCommand()', owner: 'src/platform/commands.ts' },
  {
    use: 'createCommentController()',
    owner: 'src/threads/commentThreads.ts',
    also: ['src/threads/questionBox.ts'],
  },
  { use: 'spawn()', owner: 'src/platform/processRunner.ts' },
  { use: 'Function()' },
  { use: 'eval()' },
  { use: 'getExtension()', owner: 'src/platform/gitExtension.ts' },
  { use: 'createWebviewPanel()', owner: 'src/usage/dashboard/dashboardPanel.ts' },
  { use: 'innerHTML = on' },
  { use: 'outerHTML = on' },
  { use: 'insertAdjacentHTML()' },
  { use: 'console.' },
  { use: 'Math.random' },
  { use: 'process.' },
  // Its links only run Quillet's commands, and external text is escaped.
  { use: 'isTrusted = on', owner: 'src/usage/usageTooltip.ts' },
  { use: 'supportHtml = on' },
  { use: 'SnippetString()', owner: 'src/prompts/authoring/promptLanguageFeatures.ts' },
  { use: 'insertSnippet()' },
  // Answers never run anything and are only inserted into open documents. Requests are in-memory documents.
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
    also: ['src/usage/usageFiles.ts', 'src/usage/dashboard/saveUsageExport.ts'],
  },
  { use: '.createFile' },
  { use: '.deleteFile' },
  { use: '.renameFile' },
  { use: 'registerFileSystemProvider()', owner: 'src/requests/previewDocuments.ts' },
  // No telemetry, and no requests except through guardedFetch.
  { use: 'createTelemetryLogger()' },
  { use: 'sendBeacon()' },
  { use: 'WebSocket()' },
  { use: 'EventSource()' },
  { use: 'XMLHttpRequest()' },
];

const LIMITS = { maxFileLines: 400, maxFunctionLines: 80, shortFunctionLines: 40, maxParameters: 4 };

/** The file that a relative import resolves to. */
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

/** The folder of a file and its floor. */
function folderOf(file: string): { readonly folder: string; readonly floor: number } | undefined {
  const folder = /^src\/\w+\.ts$/.test(file) ? 'entry' : /^src\/(\w+)\//.exec(file)?.[1];
  const floor = floors.findIndex((folders) => folders.some((name) => name === folder));
  return folder === undefined || floor === -1 ? undefined : { folder, floor };
}

function isPure(file: string): boolean {
  return PURE_FOLDERS.test(file) || file.includes('/common/');
}

/** Imports that violate the floors, the purity of `common/` or the package rules. */
export function importProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, imports }) => {
    const isPage = file.startsWith('media/');
    const from = folderOf(file);
    if (from === undefined && !isPage) return [`${file}:1 is not in a known folder`];
    return imports.flatMap(({ name, line, isTypeOnly }) => {
      const location = `${file}:${line}`;
      const target = importedFile(file, name);
      if (isPage && /^\.\/\w+\.css$/.test(name)) return [];
      if (target === undefined) {
        const isForbidden = PACKAGE_RULES.some((rule) => rule.name.test(name) && !rule.files.test(file));
        return isForbidden ? [`${location} must not import ${name}`] : [];
      }
      if (isPage) return target.startsWith('media/') || isPure(target) ? [] : [`${location} must not import ${target}`];
      const to = folderOf(target);
      const isBelow = to !== undefined && from !== undefined && (to.folder === from.folder || to.floor < from.floor);
      if (!isBelow || (isPure(file) && !isPure(target))) return [`${location} must not import ${target}`];
      const needsTypesOnly = to.folder === 'llm' && from.folder !== 'llm' && from.folder !== 'app';
      return needsTypesOnly && !isTypeOnly ? [`${location} must not import ${target}, only its types`] : [];
    });
  });
}

/** Default exports and re-exports. */
export function exportProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, imports, defaultExports }) => [
    ...defaultExports.map(({ line }) => `${file}:${line} has a default export`),
    ...imports.filter(({ isReexport }) => isReexport).map(({ line, name }) => `${file}:${line} re-exports ${name}`),
    ...(file.endsWith('/index.ts') ? [`${file}:1 is a barrel`] : []),
  ]);
}

/** Uses of dangerous APIs outside of their owner. */
export function ownerProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, uses }) =>
    uses.flatMap(({ name, line }) =>
      OWNERS.filter(({ use, owner, also }) => use === name && owner !== file && also?.includes(file) !== true).map(
        ({ owner }) =>
          owner === undefined
            ? `${file}:${line} must not use ${name}`
            : `${file}:${line} uses ${name}, only allowed in ${owner}`,
      ),
    ),
  );
}

/** Files, functions and parameter lists that are too long. */
export function sizeProblems(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ file, lines, functions }) => [
    ...(lines > LIMITS.maxFileLines
      ? [`${file}:${LIMITS.maxFileLines + 1} the file has ${lines} lines (maximum ${LIMITS.maxFileLines})`]
      : []),
    ...functions.flatMap((fn) => [
      ...(fn.lines > LIMITS.maxFunctionLines
        ? [`${file}:${fn.line} ${fn.name} has ${fn.lines} lines (maximum ${LIMITS.maxFunctionLines})`]
        : []),
      ...(fn.parameters > LIMITS.maxParameters
        ? [`${file}:${fn.line} ${fn.name} has ${fn.parameters} parameters (maximum ${LIMITS.maxParameters})`]
        : []),
    ]),
  ]);
}

/** Lists the long functions if they are more than 5 % of all functions. */
export function lengthProblems(files: readonly SourceFacts[]): string[] {
  const all = files
    .flatMap(({ file, functions }) => functions.map((fn) => ({ file, ...fn })))
    .filter(({ lines }) => lines > 1);
  const long = all.filter(({ lines }) => lines > LIMITS.shortFunctionLines);
  return long.length <= all.length / 20
    ? []
    : long.map(({ file, line, name, lines }) => `${file}:${line} ${name} has ${lines} lines`);
}

/** Import cycles, including type imports, each as a chain of files. */
export function cycleProblems(files: readonly SourceFacts[]): string[] {
  const graph = new Map(files.map((facts) => [facts.file, edgesOf(facts)]));
  const finished = new Set<string>();
  const problems: string[] = [];
  const visit = (file: string, chain: readonly string[]): void => {
    const start = chain.indexOf(file);
    if (start !== -1) {
      problems.push(
        [...chain.slice(start), file]
          .map((member, index, cycle) => `${member}${lineOfEdge(graph, member, cycle[index + 1])}`)
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
