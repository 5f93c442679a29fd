const url = require('node:url');

/** The API resources that Quillet calls, their index, and what they do with a response. */
const KEPT = new RegExp(
  [
    /resources[\\/](?:(?:chat|responses|completions|models)\b.*|index)\.mjs$/.source,
    /lib[\\/](?:chat-completions[\\/].*|parser|ResponsesParser)\.mjs$/.source,
  ].join('|'),
);

const UNUSED = /[\\/]openai[\\/](?:(?:resources|lib)[\\/].*|(?:.*[\\/])?auth[\\/].*workload-identity-auth)\.mjs$/;

/**
 * Keeps a quarter of the SDK. In other resources, runners and ways to sign in, classes are empty and functions do nothing:
 * the client needs their names, but Quillet never uses them.
 */
const keptSdk = {
  name: 'kept-sdk',
  setup(build) {
    build.onLoad({ filter: UNUSED }, async (args) => {
      if (KEPT.test(args.path)) return undefined;
      const exported = Object.entries(await import(url.pathToFileURL(args.path).href));
      if (exported.some(([, value]) => typeof value !== 'function')) return undefined;
      return { contents: exported.map(toStub).join('\n') };
    });
  },
};

function toStub([name, value]) {
  return /^class\b/.test(String(value)) ? `export class ${name} {}` : `export function ${name}() {}`;
}

module.exports = { keptSdk };
