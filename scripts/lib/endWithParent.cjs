// Loaded into the VS Code server before anything else: the server's standard input is a pipe from the process that started
// it, and when that process dies, even by SIGKILL, the pipe closes and the server and all its children end as well.
const isWindows = process.platform === 'win32';

// The server's own children are started with the server's flags; they must not watch an input they do not have.
process.execArgv = process.execArgv.filter((argument, index, all) => !isOurs(argument) && !isOurs(all[index + 1]));

process.stdin.on('error', end);
process.stdin.on('end', end);
process.stdin.resume();
process.stdin.unref?.();

function isOurs(argument) {
  return argument === __filename;
}

function end() {
  // The server leads a process group of its own, so that this reaches the extension hosts too.
  process.kill(isWindows ? process.pid : -process.pid, 'SIGKILL');
}
