const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');

/** Parses the built-in prompts at build time, so that errors fail the build and no YAML parser is loaded at run time. */
const builtInPrompts = {
  name: 'built-in-prompts',
  setup(build) {
    build.onResolve({ filter: /^quillet:built-in-prompts$/ }, (args) => ({ path: args.path, namespace: 'prompts' }));
    build.onLoad({ filter: /.*/, namespace: 'prompts' }, () => {
      const files = promptFiles();
      const contents = `export const builtInPrompts = ${JSON.stringify(files.map(readPrompt))};`;
      return { contents, loader: 'js', watchFiles: files.map((file) => path.join(root, file)) };
    });
  },
};

function readPrompt(file) {
  const { prompt, problems } = promptParser().parsePromptFile(
    path.basename(file, '.prompt.md'),
    fs.readFileSync(path.join(root, file), 'utf8'),
  );
  if (prompt === undefined) {
    const lines = problems.map(
      (problem) => `${file}:${problem.line}:${problem.column} ${problem.code} ${problem.subject ?? ''}`,
    );
    throw new Error(lines.join('\n'));
  }
  return prompt;
}

function promptFiles() {
  const names = fs.readdirSync(path.join(root, 'media/prompts')).filter((name) => name.endsWith('.prompt.md'));
  return names.sort().map((name) => `media/prompts/${name}`);
}

function promptParser() {
  const { outputFiles } = esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: ['src/prompts/common/promptFile.ts'],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
  });
  const parser = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(parser, parser.exports, require);
  return parser.exports;
}

module.exports = { builtInPrompts };
