'use strict';
const http = require('node:http');
const https = require('node:https');
const { readFileSync } = require('node:fs');

/**
 * fetchFrom makes a fetch for one tenant, which Node's own cannot be: that takes a certificate authority from the environment at start alone.
 * It asks at the address where the tenant listens, whatever its domain is.
 */
function fetchFrom({ listen, domain, caFile }) {
  const plain = domain.startsWith('http://');
  const { request, Agent } = plain ? http : https;
  const agent = new Agent({ keepAlive: true, ...(plain ? {} : { ca: readFileSync(caFile) }) });
  const { hostname, port } = new URL(`http://${listen}`);
  const host = domain.replace(/^http:\/\//, '');
  const ask = (url, { method = 'GET', headers = {}, body, signal } = {}) => new Promise((resolve, reject) => {
    const { pathname, search } = new URL(url);
    const asked = request({
      agent, hostname, port, method, path: pathname + search, signal, ...(plain ? {} : { servername: host.replace(/:\d+$/, '') }),
      headers: { Host: host, ...headers, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }) },
    }, (answer) => resolve({
      ok: answer.statusCode >= 200 && answer.statusCode < 300, status: answer.statusCode, body: answer,
      headers: { get: (name) => answer.headers[name.toLowerCase()] ?? null },
      async text() {
        let text = '';
        answer.setEncoding('utf8');
        for await (const chunk of answer) text += chunk;
        return text;
      },
    }));
    asked.on('error', reject);
    asked.end(body);
  });
  return { fetch: ask, close: () => agent.destroy() };
}

module.exports = { fetchFrom };
