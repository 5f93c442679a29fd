// Preloaded into the VS Code server and its extension hosts. Appends every host that they connect to or look up to the file
// in QUILLET_HOSTS, one per line.
const dns = require('node:dns');
const fs = require('node:fs');
const net = require('node:net');
const process = require('node:process');

const file = process.env.QUILLET_HOSTS;
if (file !== undefined) {
  record(file);
}

/** @param {string} target */
function record(target) {
  const append = (host, port) => fs.appendFileSync(target, `${host}${port === undefined ? '' : `:${port}`}\n`);
  wrap(net.Socket.prototype, 'connect', (first, second) => {
    const { path, host = 'localhost', port } = optionsOf(first, second);
    // Unix domain sockets, which VS Code uses between its processes, have no host.
    if (!path && port !== undefined) {
      append(host, port);
    }
  });
  for (const holder of [dns, dns.promises]) {
    wrap(holder, 'lookup', (name) => append(name, undefined));
  }
}

/** Wraps a method: calls a function with the same arguments first. */
function wrap(holder, method, callback) {
  const original = holder[method];
  holder[method] = function recorded(...args) {
    callback(...args);
    return original.apply(this, args);
  };
}

/** Normalizes the arguments of `connect`: options, a port or a path. Node's internal calls pass them as one array. */
function optionsOf(first, second) {
  const given = Array.isArray(first) ? first[0] : first;
  if (typeof given === 'object' && given !== null) {
    return given;
  }
  const isPort = typeof given === 'number' || /^\d+$/.test(String(given));
  return isPort ? { port: given, ...(typeof second === 'string' ? { host: second } : {}) } : { path: String(given) };
}
