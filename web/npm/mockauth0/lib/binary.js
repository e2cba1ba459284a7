'use strict';
// Finds the program. npm installs one package of optionalDependencies, the one whose `os` and `cpu` fit.

const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

function findBinary({ env = process.env, platform = process.platform, arch = process.arch, resolve = require.resolve } = {}) {
  if (env.MOCKAUTH0_BINARY) return env.MOCKAUTH0_BINARY;
  const here = `${platform}-${arch}`;
  if (!PLATFORMS.includes(here)) {
    throw new Error(`mockauth0: there is no program for ${here}, only for ${PLATFORMS.join(', ')}. ` +
      'Build it from source, and name it with MOCKAUTH0_BINARY=/path/to/mockauth0.');
  }
  const name = `@mockauth0/${here}`;
  try {
    return resolve(`${name}/bin/mockauth0${platform === 'win32' ? '.exe' : ''}`);
  } catch (cause) {
    throw new Error(`mockauth0: the package ${name} is not installed, which holds the program. ` +
      `If you installed mockauth0 from a tarball, install that of this platform too: mockauth0-${here}-VERSION.tgz from the same folder. ` +
      'From a registry npm installs it as an optional dependency: run "npm install" again, without --omit=optional, and on this machine ' +
      '(node_modules that you copied from another kind of machine does not hold it). Or name a program with MOCKAUTH0_BINARY=/path/to/mockauth0.', { cause });
  }
}

module.exports = { findBinary, PLATFORMS };
