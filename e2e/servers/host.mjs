// Starts apps with a server-side SDK in them, one for each line of JSON on stdin:
//
//   {"id": 1, "app": "openid-client", "domain": "localhost:41234", "clientId": "…", "clientSecret": "…", "audience": "…"}
//
// and answers with a line on stdout: {"id": 1, "url": "http://localhost:41235"} or {"id": 1, "error": "…"}. It ends when stdin does.
//
// Every app has the same routes, whatever its SDK. They answer, as JSON, what the SDK reported:
//
//   GET /login?…     begins a login; the parameters are added to the authorization request
//   /callback        ends it: {"user": claims, "tokens": {…}}
//   GET /userinfo    {"user": claims}
//   GET /refresh     {"user", "tokens"}; ?token=… gives a refresh token other than the one in hand
//   GET /revoke      revokes the refresh token: {"user"}
//   GET /logout      leads to the tenant's logout and back to /
//   GET /            {"user": claims or null}
//
// and some have more, for what their SDK can do besides: POST /backchannel-logout takes a logout token.
//
// What the SDK threw is answered with 400: {"error", "description", "status", "name", "message"}.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { json, errorBody } from './report.mjs'

const answer = (line) => process.stdout.write(JSON.stringify(line) + '\n')

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  start(order).then((url) => answer({ id: order.id, url }), (err) => answer({ id: order.id, error: String(err.stack ?? err) }))
}
process.exit()

async function start(order) {
  const { default: app } = await import(`./apps/${order.app}.mjs`)
  let handle = (request, response) => response.writeHead(503).end()
  const server = createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://localhost:${server.address().port}`
  const made = await app({ ...order, base, callback: `${base}/callback` })
  handle = typeof made === 'function' ? made : serve(made, base)
  return base
}

// serve gives the routes to a library that has none of its own.
function serve(sdk, base) {
  const routes = {
    '/login': async (url) => ({ to: await sdk.login(Object.fromEntries(url.searchParams)) }),
    '/callback': (url) => sdk.callback(url),
    '/userinfo': async () => ({ user: await sdk.userinfo() }),
    '/refresh': (url) => sdk.refresh(url.searchParams.get('token') ?? undefined),
    '/revoke': async () => {
      await sdk.revoke()
      return { user: await sdk.user() }
    },
    '/logout': async () => ({ to: await sdk.logout(base) }),
    '/': async () => ({ user: (await sdk.user()) ?? null }),
    ...sdk.more,
  }
  return async (request, response) => {
    const url = new URL(request.url, base)
    const route = routes[url.pathname]
    if (!route) return response.writeHead(404).end()
    try {
      const result = await route(url, request)
      if (result.to) response.writeHead(302, { Location: String(result.to) }).end()
      else json(response, 200, result)
    } catch (err) {
      json(response, 400, errorBody(err))
    }
  }
}
