'use strict';
// An option with a wrong name would be ignored, and the test would run with another tenant than its author thinks.

const START = [
  'tenant', 'app', 'clientId', 'audience', 'callback', 'scenario', 'domain', 'http', 'listen', 'controlToken', 'dataDir', 'args', 'env', 'cwd', 'log',
];
const PLAYWRIGHT = [...START.filter((name) => name !== 'listen' && name !== 'log'), 'cookies'];

/** checkOptions throws when an option is not one of the known ones. */
function checkOptions(options, known) {
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new TypeError(`mockauth0: there is no option ${unknown.map((name) => JSON.stringify(name)).join(', ')}; expected ${known.join(', ')}`);
}

module.exports = { checkOptions, START, PLAYWRIGHT };
