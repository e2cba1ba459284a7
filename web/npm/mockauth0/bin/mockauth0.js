#!/usr/bin/env node
'use strict';
// Runs the program of this platform in place of this one: it gets the arguments, the streams and the signals, and this ends as it ended.
// What it starts ends with it: see lib/run.js.
const { findBinary } = require('../lib/binary.js');

let binary;
try {
  binary = findBinary();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
require('../lib/run.js').run(binary, process.argv.slice(2));
