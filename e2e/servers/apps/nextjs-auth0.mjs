// nextjs-auth0 4: its middleware with Next's requests, and no framework around it. It refuses localhost and ports in a bare
// domain: with the scheme, and allowInsecureRequests, it takes both.
import { Readable } from 'node:stream'
import { Auth0Client } from '@auth0/nextjs-auth0/server'
import { NextRequest, NextResponse } from 'next/server.js'
import { errorBody } from '../report.mjs'

export default function app({ domain, clientId, clientSecret, audience, base, par, backchannel }) {
  const auth0 = new Auth0Client({
    domain: `https://${domain}`,
    allowInsecureRequests: true,
    appBaseUrl: base,
    clientId,
    clientSecret,
    secret: 'a secret for the cookies of the app itself',
    pushedAuthorizationRequests: par,
    authorizationParameters: { audience, scope: 'openid profile email offline_access' },
    routes: { login: '/login', callback: '/callback', logout: '/logout', profile: '/profile', backChannelLogout: '/backchannel-logout' },
    sessionStore: backchannel && memory(),
    onCallback: async (err) => (err ? failed(err) : NextResponse.redirect(base)),
  })
  const report = async (request) => {
    const session = await auth0.getSession(request)
    if (!session) return { user: null }
    const { accessToken, refreshToken, idToken } = session.tokenSet
    return { user: session.user, tokens: { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } }
  }
  // What the SDK sets in an answer, the request has from then on.
  const takeOver = (request, answer) => answer.cookies.getAll().forEach(({ name, value }) => request.cookies.set(name, value))

  const pages = {
    '/': report,
    async '/userinfo'(request) {
      const profile = await auth0.middleware(new NextRequest(`${base}/profile`, request))
      return { user: await profile.json() }
    },
    async '/refresh'(request, answer) {
      const token = request.nextUrl.searchParams.get('token')
      if (token) {
        const session = await auth0.getSession(request)
        await auth0.updateSession(request, answer, { ...session, tokenSet: { ...session.tokenSet, refreshToken: token } })
        takeOver(request, answer)
      }
      await auth0.getAccessToken(request, answer, { refresh: true })
      takeOver(request, answer)
      return report(request)
    },
  }
  return async (incoming, outgoing) => {
    const body = incoming.method === 'POST' ? Readable.toWeb(incoming) : undefined
    const request = new NextRequest(base + incoming.url, { method: incoming.method, headers: incoming.headers, body, duplex: 'half' })
    const page = pages[request.nextUrl.pathname]
    const response = await (page ? show(page, request) : auth0.middleware(request))
    outgoing.writeHead(response.status, [...response.headers].flat()).end(Buffer.from(await response.arrayBuffer()))
  }
}

async function show(page, request) {
  const answer = new NextResponse() // for cookies
  let response
  try {
    response = NextResponse.json(await page(request, answer))
  } catch (err) {
    response = failed(err)
  }
  answer.headers.getSetCookie().forEach((cookie) => response.headers.append('Set-Cookie', cookie))
  return response
}

const failed = (err) => NextResponse.json(errorBody(err), { status: 400 })

function memory() {
  const kept = new Map()
  return {
    get: async (id) => kept.get(id) ?? null,
    set: async (id, session) => void kept.set(id, session),
    delete: async (id) => void kept.delete(id),
    async deleteByLogoutToken({ sid }) {
      for (const [id, session] of kept) if (session.internal.sid === sid) kept.delete(id)
    },
  }
}
