// The tutorial's little server: silent.html on an origin of its own, with CORS. One spec runs it;
// for everything else the Go server of this folder serves both origins.
//
//   PORT=3001 node server.js      (PORT: default 3001; HOST: default 127.0.0.1)

const express = require('express');
const app = express();
const cors = require('cors');
const staticFile = require('connect-static-file');

app.use(cors());
app.use('/silent', staticFile(`${__dirname}/silent.html`));

const port = Number(process.env.PORT || 3001);
const server = app.listen(port, process.env.HOST || '127.0.0.1', () => {
  console.log(`Listening on http://localhost:${server.address().port}`);
});
server.on('error', (err) => {
  console.error(
    err.code === 'EADDRINUSE'
      ? `Port ${port} is taken. Stop the other program or choose a port: PORT=3002 node server.js`
      : String(err)
  );
  process.exitCode = 1;
});
