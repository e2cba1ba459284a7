// Serves the files of a build: node serve.mjs DIR PORT
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const [dir, port] = process.argv.slice(2);
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };
if (!existsSync(join(dir, 'index.html'))) throw new Error(`${dir} is not built: npm run build --workspace react, in web/apps`);

createServer((request, answer) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const asked = join(dir, normalize(decodeURIComponent(pathname)));
  const file = extname(asked) && existsSync(asked) ? asked : join(dir, 'index.html');
  answer.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).pipe(answer);
}).listen(Number(port), 'localhost');
