// An empty project, into which the tarballs are installed without a network.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const npmDir = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const root = resolve(npmDir, '../..');
export const built = process.env.MOCKAUTH0_TARBALLS ?? join(root, '.build/npm');

export function tarballs(dir = built) {
  const host = `${process.platform}-${process.arch}-`;
  const found = readdirSync(dir).filter((name) => name.endsWith('.tgz') && (/^mockauth0-\d/.test(name) || name.includes(host)));
  if (found.length !== 2) throw new Error(`${dir} has ${found.join(', ') || 'no tarballs'}: run "make npm PLATFORMS=host" first`);
  return found.sort().map((name) => join(dir, name));
}

/** project installs the tarballs, and gives the directory and the environment in which it is used. */
export function project(install = []) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'mockauth0-npm-')));
  const home = join(dir, 'home');
  mkdirSync(home);
  const env = { PATH: process.env.PATH, HOME: home, npm_config_cache: join(home, 'cache'), npm_config_update_notifier: 'false' };
  writeFileSync(join(dir, 'package.json'), '{"name": "empty", "private": true}\n');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', ...install, ...tarballs()], { cwd: dir, env, stdio: 'pipe' });
  return { dir, env, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

/** run starts a program and collects what it says; `ended` resolves to its exit code and signal. */
export function run(at, command, args, options = {}) {
  const child = spawn(command, args, { cwd: at.dir, env: { ...at.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'], ...options.spawn });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => { said.out += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { said.err += text; });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal, ...said }));
  });
  return {
    child, said, ended,
    /** says resolves when the output matches. */
    says: (pattern) => new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(said.out) ?? pattern.exec(said.err);
        if (match) resolve(match);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      ended.then((end) => { look(); reject(new Error(`it ended before it said ${pattern}: ${JSON.stringify(end)}`)); }, reject);
      look();
    }),
  };
}

export const shim = (at) => join(at.dir, 'node_modules/mockauth0/bin/mockauth0.js');

/** gone resolves when there is no process with this id. */
export async function gone(pid, within = 5000) {
  const last = Date.now() + within;
  while (alive(pid)) {
    if (Date.now() > last) throw new Error(`process ${pid} is still running after ${within} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
