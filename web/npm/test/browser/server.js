// The pages of these tests, its SDK, and an API that takes every token.
const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const sdk = join(__dirname, '../../../node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js');
createServer((request, answer) => {
  const path = request.url.split('?')[0];
  if (path === '/api') {
    answer.setHeader('Content-Type', 'application/json');
    answer.end('{}');
  } else if (path === '/sdk.js') {
    answer.setHeader('Content-Type', 'text/javascript');
    answer.end(readFileSync(sdk));
  } else {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(readFileSync(join(__dirname, path === '/reload' ? 'reload.html' : 'poll.html')));
  }
}).listen(Number(process.argv[2]), 'localhost');
