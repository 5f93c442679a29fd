const esbuild = require('esbuild');
const path = require('node:path');

/**
 * Code splitting for CommonJS: one file for all eagerly loaded modules, and one for each lazy module
 * (`await import()`). esbuild splits ES modules only, into many small chunks, but VS Code needs CommonJS. So the eager
 * chunks are joined into the main file, and the lazy files import shared code from it.
 */
const commonJsChunks = {
  name: 'common-js-chunks',
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
      if (result.errors.length === 0) await writeChunks(result, { ...options, minify, sourcemap });
    });
  },
};

async function writeChunks(result, options) {
  const chunks = new Chunks(result, options);
  const { absWorkingDir, target, charset, legalComments, logLevel, external, platform, minify, sourcemap } = options;
  const common = { absWorkingDir, target, charset, legalComments, logLevel, external, platform, minify, sourcemap };
  const outputs = {};
  for (const chunk of [chunks.main, ...chunks.lazyChunks]) {
    const { metafile } = await esbuild.build({
      ...common,
      stdin: chunk === chunks.main ? { contents: chunks.mainSource(), sourcefile: 'chunks.js' } : chunk.stdin,
      outfile: chunk.outfile,
      bundle: true,
      format: 'cjs',
      metafile: true,
      sourcesContent: false,
      // Compile import() to require: a native import() would use the ES module loader, which is slower.
      supported: { 'dynamic-import': false },
      plugins: [chunks.pluginFor(chunk)],
    });
    outputs[chunk.outfile] = { ...metafile.outputs[chunk.outfile], inputs: chunks.inputsOf(chunk) };
  }
  result.metafile.outputs = outputs;
}

/** The output of esbuild, in memory. */
class Chunks {
  constructor({ outputFiles, metafile }, { absWorkingDir, outdir }) {
    this.all = outputFiles.map((file) => {
      const outputPath = path.relative(absWorkingDir, file.path).split(path.sep).join('/');
      const { inputs, imports, exports, entryPoint } = metafile.outputs[outputPath];
      const key = path.posix.basename(outputPath);
      const stdin = { contents: file.text, sourcefile: key, loader: 'js' };
      return { key, stdin, inputs, imports, exports, entryPoint, outfile: '' };
    });
    this.byKey = new Map(this.all.map((chunk) => [chunk.key, chunk]));
    // Only the entry point has no hash in its name.
    this.main = this.all.find(({ key }) => !key.includes('-'));
    this.eagerChunks = new Set();
    this.addStatic(this.main);
    this.lazyChunks = this.all.filter((chunk) => !this.eagerChunks.has(chunk));
    nameFiles([this.main, ...this.lazyChunks], outdir);
  }

  addStatic(chunk) {
    if (this.eagerChunks.has(chunk)) return;
    this.eagerChunks.add(chunk);
    for (const { path: file, kind } of chunk.imports) {
      const target = this.byKey.get(path.posix.basename(file));
      if (kind === 'import-statement' && target !== undefined) this.addStatic(target);
    }
  }

  /** Source of the main file: exports each eager chunk under a name for the lazy files. */
  mainSource() {
    const shared = [...this.eagerChunks].filter((chunk) => chunk !== this.main);
    const names = shared.map((chunk, index) => `export * as shared${index} from './${chunk.key}';`);
    return [`export * from './${this.main.key}';`, ...names].join('\n');
  }

  inputsOf(chunk) {
    const chunks = chunk === this.main ? [...this.eagerChunks] : [chunk];
    return Object.assign({}, ...chunks.map(({ inputs }) => inputs));
  }

  pluginFor(current) {
    const shared = [...this.eagerChunks].filter((chunk) => chunk !== this.main);
    const mainFile = { path: `./${path.posix.basename(this.main.outfile)}`, external: true };
    return {
      name: 'chunks',
      setup: (build) => {
        build.onResolve({ filter: /^\.\/.*\.js$/ }, (args) => {
          const chunk = this.byKey.get(args.path.slice(2));
          if (chunk === undefined) return { path: args.path, external: true };
          if (!this.eagerChunks.has(chunk)) return { path: `./${path.posix.basename(chunk.outfile)}`, external: true };
          return { path: chunk.key, namespace: current === this.main ? 'joined' : 'shared' };
        });
        build.onResolve({ filter: /^quillet:main$/ }, () => mainFile);
        build.onLoad({ filter: /.*/, namespace: 'joined' }, ({ path: key }) => ({
          contents: this.byKey.get(key)?.stdin.contents,
          loader: 'js',
        }));
        build.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path: key }) => {
          const index = shared.findIndex((chunk) => chunk.key === key);
          // Destructure into constants: otherwise each use is a property access, which is slow in hot code.
          const names = (shared[index]?.exports ?? []).map((name, position) => ({ name, local: `local${position}` }));
          const bindings = names.map(({ name, local }) => `${name}: ${local}`).join(', ');
          const exported = names.map(({ name, local }) => `${local} as ${name}`).join(', ');
          const contents = `const { ${bindings} } = require('quillet:main').shared${index};\nexport { ${exported} };`;
          return { contents, loader: 'js' };
        });
      },
    };
  }
}

/** Assigns stable file names: the module's name, or a number for chunks that several lazy modules share. */
function nameFiles(chunks, outdir) {
  const firstInput = ({ inputs }) => Object.keys(inputs).sort()[0] ?? '';
  const shared = chunks.filter(({ entryPoint }) => entryPoint === undefined);
  shared.sort((left, right) => (firstInput(left) < firstInput(right) ? -1 : 1));
  for (const chunk of chunks) {
    const { entryPoint } = chunk;
    const name = entryPoint === undefined ? `shared${shared.indexOf(chunk) + 1}` : path.posix.parse(entryPoint).name;
    chunk.outfile = `${outdir}/${name}.js`;
  }
}

module.exports = { commonJsChunks };
