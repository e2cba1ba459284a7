// express-openid-connect, as its documentation has it. Without `type` it is the default flow: an ID token by form_post, and
// no secret.
import express from 'express'
import eoc from 'express-openid-connect'
import { addressOf, errorBody } from '../report.mjs'

export default function app({ domain, clientId, clientSecret, audience, base, type, par, key, alg, backchannel }) {
  const web = express()
  web.use(
    eoc.auth({
      issuerBaseURL: addressOf(domain),
      baseURL: base,
      clientID: clientId,
      secret: 'a secret for the cookies of the app itself',
      authRequired: false,
      idpLogout: true,
      routes: { login: false },
      ...(backchannel && { session: { store: memory() }, backchannelLogout: true }),
      ...(type && {
        ...(key ? { clientAssertionSigningKey: key, clientAssertionSigningAlg: 'RS256' } : { clientSecret }),
        idTokenSigningAlg: alg,
        pushedAuthorizationRequests: par,
        authorizationParams: { response_type: type, audience, scope: 'openid profile email offline_access' },
      }),
    }),
  )
  const report = (oidc, user = oidc.idTokenClaims) => ({
    user: user ?? null,
    tokens: { id_token: oidc.idToken, refresh_token: oidc.refreshToken, access_token: oidc.accessToken?.access_token },
  })
  web.get('/login', (request, response) =>
    request.query.prompt === 'none'
      ? response.oidc.silentLogin({ returnTo: '/' })
      : response.oidc.login({ returnTo: '/', authorizationParams: request.query }),
  )
  web.get('/userinfo', attempt(async ({ oidc }) => ({ user: await oidc.fetchUserInfo() })))
  web.get(
    '/refresh',
    attempt(async (request) => {
      if (request.query.token) request.appSession.refresh_token = request.query.token
      await request.oidc.accessToken.refresh()
      return report(request.oidc)
    }),
  )
  web.get('/', (request, response) => response.json(report(request.oidc)))
  web.use((err, request, response, next) => response.status(err.status ?? 500).json(errorBody(err)))
  return web
}

const attempt = (what) => (request, response, next) => what(request).then((answer) => response.json(answer), next)

// memory keeps sessions, as express-session's stores do.
function memory() {
  const kept = new Map()
  return {
    get: (id, done) => done(null, kept.get(id)),
    set(id, session, done) {
      kept.set(id, session)
      done()
    },
    destroy(id, done) {
      kept.delete(id)
      done()
    },
  }
}
