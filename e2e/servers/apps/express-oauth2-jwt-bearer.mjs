// An API with express-oauth2-jwt-bearer.
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { addressOf, errorBody } from '../report.mjs'

export default function app({ domain, audience, strict }) {
  const web = express()
  web.get('/', auth({ issuerBaseURL: addressOf(domain), audience, strict }), (request, response) => response.json({ user: request.auth.payload }))
  web.use((err, request, response, next) => response.status(err.status ?? 500).json({ ...errorBody(err), error: err.code }))
  return web
}
