// Preloaded into the VS Code server. The server's stdin is a pipe from the parent process: it closes when the parent dies,
// even by SIGKILL, and then the server and all its children exit.
const isWindows = process.platform === 'win32';

// Child processes inherit the server's flags but not its stdin, so they must not load this file.
process.execArgv = process.execArgv.filter(
  (argument, index, all) => !isThisFile(argument) && !isThisFile(all[index + 1]),
);

process.stdin.on('error', killAll);
process.stdin.on('end', killAll);
process.stdin.resume();
process.stdin.unref?.();

function isThisFile(argument) {
  return argument === __filename;
}

function killAll() {
  // The server is the leader of a process group that includes the extension hosts.
  process.kill(isWindows ? process.pid : -process.pid, 'SIGKILL');
}
