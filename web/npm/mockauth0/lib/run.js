'use strict';
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { constants } = require('node:os');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

// run starts the program and ends this process as the program ends.
function run(binary, args) {
  const windows = process.platform === 'win32';
  // The program reads from the lifeline until it closes, which it does with this process, whatever ends it.
  const child = spawn(binary, args, {
    argv0: 'npx mockauth0', // what the program's hints tell people to type
    stdio: windows ? 'inherit' : ['inherit', 'inherit', 'inherit', 'pipe'],
    env: windows ? process.env : { ...process.env, MOCKAUTH0_LIFELINE: '3' },
  });
  child.stdio[3]?.on('error', () => {});

  child.on('error', (error) => {
    const why = error.code === 'EACCES' ? 'it may not be run: was it unpacked or copied without its run bit? "chmod +x" gives it back, or install again'
      : error.code === 'ENOENT' ? 'there is no such file' : error.message;
    console.error(`mockauth0: cannot start ${binary}: ${why}`);
    process.exit(error.code === 'ENOENT' ? 127 : 126);
  });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!(windows || fromTerminal(signal))) child.kill(signal);
    });
  }
  const watch = endWithNpm(child);
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    if (code !== null) process.exit(code);
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
    // A signal that does not end this process, such as one that is ignored.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 200);
  });
}

// fromTerminal tells whether a terminal sent the signal: then the program got it as well, and a second one would kill it.
function fromTerminal(signal) {
  if (signal !== 'SIGINT' && signal !== 'SIGQUIT') return false;
  try {
    // Behind the name of the program: state, parent, process group, session, terminal, and the terminal's foreground group.
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch { // no /proc: not Linux
    return [0, 1, 2].some((fd) => require('node:tty').isatty(fd));
  }
}

// endWithNpm ends the program when npm, npx or the script of npm that started this has ended: they pass no signal on.
function endWithNpm(child) {
  if (!process.env.npm_command || process.platform === 'win32') return undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 250);
  watch.unref();
  return watch;
}

module.exports = { run };
