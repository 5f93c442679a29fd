const esbuild = require('esbuild');
const path = require('node:path');

/**
 * Builds one file of what is needed at once, and one of each module that is loaded on first use (`await import()`), so that
 * nobody reads what is not needed and every module exists once. esbuild splits modules of the new kind only, into many small
 * files, and VS Code wants the old kind: those that are needed at once are joined again into the first file, where the others
 * find what they share with it.
 */
const commonJsParts = {
  name: 'common-js-parts',
  setup(build) {
    const options = build.initialOptions;
    const { minify, sourcemap } = options;
    const split = { format: 'esm', splitting: true, write: false, chunkNames: '[name]-[hash]' };
    Object.assign(options, split, {
      minify: false,
      minifyIdentifiers: minify,
      minifySyntax: minify,
      sourcemap: sourcemap ? 'inline' : false,
    });
    build.onEnd(async (result) => {
      if (result.errors.length === 0) await writeParts(result, { ...options, minify, sourcemap });
    });
  },
};

async function writeParts(result, options) {
  const chunks = new Chunks(result, options);
  const { absWorkingDir, target, charset, legalComments, logLevel, external, platform, minify, sourcemap } = options;
  const common = { absWorkingDir, target, charset, legalComments, logLevel, external, platform, minify, sourcemap };
  const outputs = {};
  for (const chunk of [chunks.first, ...chunks.others]) {
    const { metafile } = await esbuild.build({
      ...common,
      stdin: chunk === chunks.first ? { contents: chunks.joined(), sourcefile: 'parts.js' } : chunk.stdin,
      outfile: chunk.outfile,
      bundle: true,
      format: 'cjs',
      metafile: true,
      sourcesContent: false,
      // As a require call: a native import() would go through the other module loader, and is slower to start.
      supported: { 'dynamic-import': false },
      plugins: [chunks.pluginFor(chunk)],
    });
    outputs[chunk.outfile] = { ...metafile.outputs[chunk.outfile], inputs: chunks.inputsOf(chunk) };
  }
  result.metafile.outputs = outputs;
}

/** The files that esbuild made, in memory. */
class Chunks {
  constructor({ outputFiles, metafile }, { absWorkingDir, outdir }) {
    this.all = outputFiles.map((file) => {
      const old = path.relative(absWorkingDir, file.path).split(path.sep).join('/');
      const { inputs, imports, exports, entryPoint } = metafile.outputs[old];
      const key = path.posix.basename(old);
      const stdin = { contents: file.text, sourcefile: key, loader: 'js' };
      return { key, stdin, inputs, imports, exports, entryPoint, outfile: '' };
    });
    this.byKey = new Map(this.all.map((chunk) => [chunk.key, chunk]));
    // The entry alone has no hash in its name.
    this.first = this.all.find(({ key }) => !key.includes('-'));
    this.atOnce = new Set();
    this.addStatic(this.first);
    this.others = this.all.filter((chunk) => !this.atOnce.has(chunk));
    nameFiles([this.first, ...this.others], outdir);
  }

  addStatic(chunk) {
    if (this.atOnce.has(chunk)) return;
    this.atOnce.add(chunk);
    for (const { path: file, kind } of chunk.imports) {
      const target = this.byKey.get(path.posix.basename(file));
      if (kind === 'import-statement' && target !== undefined) this.addStatic(target);
    }
  }

  /** Everything that is needed at once, each file under a name by which the others find it. */
  joined() {
    const shared = [...this.atOnce].filter((chunk) => chunk !== this.first);
    const names = shared.map((chunk, index) => `export * as shared${index} from './${chunk.key}';`);
    return [`export * from './${this.first.key}';`, ...names].join('\n');
  }

  inputsOf(chunk) {
    const chunks = chunk === this.first ? [...this.atOnce] : [chunk];
    return Object.assign({}, ...chunks.map(({ inputs }) => inputs));
  }

  pluginFor(current) {
    const shared = [...this.atOnce].filter((chunk) => chunk !== this.first);
    const first = { path: `./${path.posix.basename(this.first.outfile)}`, external: true };
    return {
      name: 'chunks',
      setup: (build) => {
        build.onResolve({ filter: /^\.\/.*\.js$/ }, (args) => {
          const chunk = this.byKey.get(args.path.slice(2));
          if (chunk === undefined) return { path: args.path, external: true };
          if (!this.atOnce.has(chunk)) return { path: `./${path.posix.basename(chunk.outfile)}`, external: true };
          return { path: chunk.key, namespace: current === this.first ? 'joined' : 'shared' };
        });
        build.onResolve({ filter: /^quillet:first$/ }, () => first);
        build.onLoad({ filter: /.*/, namespace: 'joined' }, ({ path: key }) => ({
          contents: this.byKey.get(key)?.stdin.contents,
          loader: 'js',
        }));
        build.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path: key }) => {
          const index = shared.findIndex((chunk) => chunk.key === key);
          // As constants: what is taken from a module that is required is asked for anew each time, which takes longer than
          // a million short functions do.
          const names = (shared[index]?.exports ?? []).map((name, place) => ({ name, own: `own${place}` }));
          const taken = names.map(({ name, own }) => `${name}: ${own}`).join(', ');
          const given = names.map(({ name, own }) => `${own} as ${name}`).join(', ');
          const contents = `const { ${taken} } = require('quillet:first').shared${index};\nexport { ${given} };`;
          return { contents, loader: 'js' };
        });
      },
    };
  }
}

/**
 * Names that say what is in a file and stay the same from build to build: those of the modules, and a number for what several
 * of them share without the first file.
 */
function nameFiles(chunks, outdir) {
  const firstInput = ({ inputs }) => Object.keys(inputs).sort()[0] ?? '';
  const shared = chunks.filter(({ entryPoint }) => entryPoint === undefined);
  shared.sort((one, other) => (firstInput(one) < firstInput(other) ? -1 : 1));
  for (const chunk of chunks) {
    const { entryPoint } = chunk;
    const name = entryPoint === undefined ? `shared${shared.indexOf(chunk) + 1}` : path.posix.parse(entryPoint).name;
    chunk.outfile = `${outdir}/${name}.js`;
  }
}

module.exports = { commonJsParts };
