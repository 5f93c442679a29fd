// Preloaded into the VS Code server and its extension hosts. Writes their log files and output channels in place of spdlog,
// a native module that is not built, because packages are installed without running scripts.
const fs = require('node:fs');
const Module = require('node:module');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  /** @param {string} _type @param {string} _name @param {string} file */
  constructor(_type, _name, file) {
    this.file = file;
    this.level = LEVELS.indexOf('info');
    this.isPlain = false;
  }

  setLevel(level) {
    this.level = level;
  }

  getLevel() {
    return this.level;
  }

  clearFormatters() {
    this.isPlain = true;
  }

  write(level, message) {
    if (level < this.level) {
      return;
    }
    const time = new Date().toISOString().slice(0, -1).replace('T', ' ');
    fs.appendFileSync(this.file, this.isPlain ? message : `${time} [${LEVELS[level]}] ${message}\n`);
  }

  setPattern() {}
  flush() {}
  drop() {}
}

for (const [level, method] of ['trace', 'debug', 'info', 'warn', 'error', 'critical'].entries()) {
  Logger.prototype[method] = function log(message) {
    this.write(level, message);
  };
}

const spdlog = { version: 0, setLevel() {}, setFlushOn() {}, Logger };
const loader =
  /** @type {{ _load: (request: string, parent?: { filename: string }, ...rest: unknown[]) => unknown }} */ (
    /** @type {unknown} */ (Module)
  );
const load = loader._load;
loader._load = function loadOrReplace(request, parent, ...rest) {
  const isSpdlog = request === 'bindings' && /[\\/]spdlog[\\/]/.test(parent?.filename ?? '');
  return isSpdlog ? () => spdlog : load.call(this, request, parent, ...rest);
};
