// passport-auth0 in Express with express-session.
import express from 'express'
import session from 'express-session'
import { Passport } from 'passport'
import Strategy from 'passport-auth0'
import { errorBody } from '../report.mjs'

export default function app({ domain, clientId, clientSecret, audience, callback, base }) {
  const passport = new Passport()
  passport.use(
    new Strategy({ domain, clientID: clientId, clientSecret, callbackURL: callback }, (accessToken, refreshToken, extra, profile, done) =>
      done(null, { profile, tokens: { access_token: accessToken, refresh_token: refreshToken, id_token: extra.id_token } }),
    ),
  )
  passport.serializeUser((user, done) => done(null, user))
  passport.deserializeUser((user, done) => done(null, user))

  const web = express()
  web.use(session({ secret: 'a secret for the cookies of the app itself', resave: false, saveUninitialized: false }))
  web.use(passport.initialize(), passport.session())
  web.get('/login', (request, response, next) =>
    passport.authenticate('auth0', { scope: 'openid profile email offline_access', audience, ...request.query })(request, response, next),
  )
  web.get('/callback', (request, response, next) =>
    passport.authenticate('auth0', (err, user, info) => {
      if (err) return next(err)
      if (!user) return response.status(400).json({ error: info })
      request.login(user, (err) => (err ? next(err) : response.json(report(user))))
    })(request, response, next),
  )
  web.get('/userinfo', (request, response) => response.json({ user: request.user.profile._json }))
  web.get('/logout', (request, response, next) =>
    request.logout((err) => {
      const url = new URL(`https://${domain}/v2/logout`)
      url.search = new URLSearchParams({ client_id: clientId, returnTo: base })
      if (err) next(err)
      else response.redirect(url)
    }),
  )
  web.get('/', (request, response) => response.json(request.user ? report(request.user) : { user: null }))
  web.use((err, request, response, next) => response.status(err.status ?? 500).json(errorBody(err)))
  return web
}

const report = ({ profile, tokens }) => ({ user: profile._json, tokens })
