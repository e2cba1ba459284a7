// nextjs-auth0 3 as in API routes of a pages directory. Express stands for Next's server, whose requests and answers have the
// same helpers.
import { parse } from 'cookie'
import express from 'express'
import { createRequire } from 'node:module'
import { errorBody } from '../report.mjs'

const { initAuth0 } = createRequire(import.meta.url)('nextjs-auth0-3')

export default function app({ domain, clientId, clientSecret, audience, base }) {
  const auth0 = initAuth0({
    issuerBaseURL: `https://${domain}`,
    baseURL: base,
    clientID: clientId,
    clientSecret,
    secret: 'a secret for the cookies of the app itself',
    authorizationParams: { response_type: 'code', audience, scope: 'openid profile email offline_access' },
    routes: { callback: '/callback', postLogoutRedirect: base },
  })
  const web = express()
  web.use((request, response, next) => {
    request.cookies = parse(request.headers.cookie ?? '')
    next()
  })
  const on = (path, handle) => web.get(path, (request, response, next) => handle(request, response).catch(next))
  const report = async (request, response) => {
    const session = await auth0.getSession(request, response)
    if (!session) return response.json({ user: null })
    const { user, accessToken, refreshToken, idToken } = session
    response.json({ user, tokens: { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } })
  }
  on('/login', (request, response) => auth0.handleLogin(request, response, { authorizationParams: { ...request.query }, returnTo: '/' }))
  on('/callback', (request, response) => auth0.handleCallback(request, response))
  on('/logout', (request, response) => auth0.handleLogout(request, response))
  on('/userinfo', async (request, response) => {
    const json = response.json.bind(response)
    response.json = (user) => json({ user })
    await auth0.handleProfile(request, response, { refetch: true })
  })
  on('/refresh', async (request, response) => {
    if (request.query.token) {
      const session = await auth0.getSession(request, response)
      await auth0.updateSession(request, response, { ...session, refreshToken: request.query.token })
    }
    await auth0.getAccessToken(request, response, { refresh: true })
    await report(request, response)
  })
  on('/', report)
  web.use((err, request, response, next) => response.status(400).json(errorBody(err)))
  return web
}
