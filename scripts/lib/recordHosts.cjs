// Loaded into the VS Code server and, with the server's flags, into its extension hosts: writes down every host that they
// connect to or look up, one line each, into the file that QUILLET_HOSTS names.
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
  const note = (host, port) => fs.appendFileSync(target, `${host}${port === undefined ? '' : `:${port}`}\n`);
  before(net.Socket.prototype, 'connect', (first, second) => {
    const { path, host = 'localhost', port } = optionsOf(first, second);
    // Sockets of the file system, over which the processes of VS Code speak to each other, lead to no host.
    if (!path && port !== undefined) {
      note(host, port);
    }
  });
  for (const holder of [dns, dns.promises]) {
    before(holder, 'lookup', (name) => note(name, undefined));
  }
}

/** Has a function called before a method, with the same arguments. */
function before(holder, method, look) {
  const original = holder[method];
  holder[method] = function recorded(...args) {
    look(...args);
    return original.apply(this, args);
  };
}

/** What a socket is connected to: Node hands on its own calls as one list, and accepts options, a port and a path. */
function optionsOf(first, second) {
  const given = Array.isArray(first) ? first[0] : first;
  if (typeof given === 'object' && given !== null) {
    return given;
  }
  const isPort = typeof given === 'number' || /^\d+$/.test(String(given));
  return isPort ? { port: given, ...(typeof second === 'string' ? { host: second } : {}) } : { path: String(given) };
}
