const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');
const options = require('./options.cjs');

/** Parses the built-in prompts at build time, so that errors fail the build and no YAML parser is loaded at run time. */
const builtInPrompts = {
  name: 'built-in-prompts',
  setup(build) {
    build.onResolve({ filter: /^quillet:built-in-prompts$/ }, (args) => ({ path: args.path, namespace: 'prompts' }));
    build.onLoad({ filter: /.*/, namespace: 'prompts' }, () => {
      const folder = path.join(options.root, 'media/prompts');
      const files = fs.readdirSync(folder).filter((name) => name.endsWith('.prompt.md'));
      const parse = promptParser();
      const prompts = files.sort().map((name) => readPrompt(parse, path.join(folder, name)));
      const contents = `export const builtInPrompts = ${JSON.stringify(prompts)};`;
      return { contents, watchFiles: files.map((name) => path.join(folder, name)) };
    });
  },
};

function readPrompt(parse, file) {
  const { prompt, problems } = parse(path.basename(file, '.prompt.md'), fs.readFileSync(file, 'utf8'));
  if (prompt === undefined) throw new Error(`${file}: ${JSON.stringify(problems)}`);
  return prompt;
}

function promptParser() {
  const outfile = path.join(options.root, 'out/promptParser.cjs');
  const entryPoints = [path.join(options.root, 'src/prompts/common/promptFile.ts')];
  esbuild.buildSync({ entryPoints, outfile, bundle: true, format: 'cjs', platform: 'node', logLevel: 'error' });
  delete require.cache[outfile];
  return require(outfile).parsePromptFile;
}

module.exports = { builtInPrompts };
