// Builds the tarballs that are published: the main package, and one for each platform with the program.
//   node build.mjs [--out DIR] [--platforms host|all|linux-x64,…]
// Two builds of one tree give the same bytes, with the same Go and npm.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generate } from './generate.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const MOST = 10_000_000; // bytes of a tarball

const PLATFORMS = {
  'linux-x64': { GOOS: 'linux', GOARCH: 'amd64' },
  'linux-arm64': { GOOS: 'linux', GOARCH: 'arm64' },
  'darwin-x64': { GOOS: 'darwin', GOARCH: 'amd64' },
  'darwin-arm64': { GOOS: 'darwin', GOARCH: 'arm64' },
  'win32-x64': { GOOS: 'windows', GOARCH: 'amd64' },
};

const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, '.build/npm') }, platforms: { type: 'string', default: 'all' } } });
const out = resolve(values.out);
const host = `${process.platform}-${process.arch}`;
const wanted = values.platforms === 'all' ? Object.keys(PLATFORMS) : values.platforms === 'host' ? [host] : values.platforms.split(',');
const unknown = wanted.filter((name) => !PLATFORMS[name]);
if (unknown.length > 0) throw new Error(`there is no package for ${unknown}; there are ${Object.keys(PLATFORMS).join(', ')}`);

const main = JSON.parse(readFileSync(join(here, 'mockauth0/package.json'), 'utf8'));
rmSync(out, { recursive: true, force: true });
const made = [...wanted.map(platformPackage), mainPackage()];
const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
for (const file of made) console.log(`${file}: ${megabytes(statSync(file).size)} MB of at most ${megabytes(MOST)}`);

function platformPackage(name) {
  const stage = stageOf(name);
  const [os, cpu] = name.split('-');
  const binary = join(stage, 'bin', os === 'win32' ? 'mockauth0.exe' : 'mockauth0');
  execFileSync('go', ['build', '-trimpath', '-buildvcs=auto', '-ldflags=-s -w -buildid=', '-o', binary, './mockauth0/cmd/mockauth0'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...PLATFORMS[name], CGO_ENABLED: '0' } });
  chmodSync(binary, 0o755); // npm gives a file the mode that it has in the tarball
  write(stage, 'package.json', json({
    name: `@mockauth0/${name}`, version: main.version, description: `mockauth0 for ${name}; install the package mockauth0`,
    license: main.license, repository: main.repository, os: [os], cpu: [cpu], files: ['bin'], preferUnplugged: true,
  }));
  write(stage, 'README.md', `# @mockauth0/${name}\n\nThe program of [mockauth0](https://www.npmjs.com/package/mockauth0) for ${name}. Install \`mockauth0\`, which brings it.\n`);
  return pack(stage);
}

function mainPackage() {
  const source = join(here, 'mockauth0');
  copyFileSync(join(root, 'mockauth0/browser/clock.js'), join(source, 'lib/clock.js')); // the clock that the Go harness puts into pages
  generate(join(root, 'mockauth0/internal/control/openapi.yaml'), source);
  const stage = stageOf('mockauth0');
  cpSync(source, stage, { recursive: true });
  chmodSync(join(stage, 'bin/mockauth0.js'), 0o755);
  const platforms = Object.fromEntries(Object.keys(PLATFORMS).sort().map((name) => [`@mockauth0/${name}`, main.version]));
  write(stage, 'package.json', json({ ...main, optionalDependencies: platforms }));
  return pack(stage);
}

function stageOf(name) {
  const stage = join(out, 'packages', name);
  mkdirSync(stage, { recursive: true });
  copyFileSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
  return stage;
}

function pack(stage) {
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', out], { cwd: stage, encoding: 'utf8' });
  const file = join(out, JSON.parse(answer)[0].filename.replace('@', '').replace('/', '-'));
  const size = statSync(file).size;
  if (size > MOST) throw new Error(`${file} has ${size} bytes, of at most ${MOST}`);
  return file;
}

function write(stage, name, text) { writeFileSync(join(stage, name), text); }
function json(value) { return `${JSON.stringify(value, null, 2)}\n`; }
