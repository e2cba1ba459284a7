// auth0-server-js, with stores in memory. Its access token can be made to look expired, as if its life had passed, since the
// SDK refreshes only then.
import { text } from 'node:stream/consumers'
import { ServerClient } from '@auth0/auth0-server-js'

export default function app({ domain, clientId, clientSecret, audience, callback, par }) {
  const states = memory()
  const sdk = new ServerClient({
    domain,
    clientId,
    clientSecret,
    authorizationParams: { redirect_uri: callback, audience, scope: 'openid profile email offline_access' },
    transactionStore: memory(),
    stateStore: states,
  })
  const report = async () => {
    const { user, idToken, refreshToken, tokenSets } = await sdk.getSession()
    return { user, tokens: { id_token: idToken, refresh_token: refreshToken, access_token: tokenSets[0].accessToken } }
  }
  return {
    login: (parameters) => sdk.startInteractiveLogin({ authorizationParams: parameters, pushedAuthorizationRequests: par }),
    async callback(url) {
      await sdk.completeInteractiveLogin(url)
      return report()
    },
    async refresh(token) {
      for (const state of states.all()) {
        state.tokenSets.forEach((set) => (set.expiresAt = 0))
        state.refreshToken = token ?? state.refreshToken
      }
      await sdk.getAccessToken()
      return report()
    },
    userinfo: () => sdk.getUser(),
    revoke: () => sdk.revokeRefreshToken(),
    user: () => sdk.getUser(),
    more: {
      async '/backchannel-logout'(url, request) {
        await sdk.handleBackchannelLogout(new URLSearchParams(await text(request)).get('logout_token'))
        return {}
      },
    },
    logout: (returnTo) => sdk.logout({ returnTo }),
  }
}

function memory() {
  const kept = new Map()
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, structuredClone(value)),
    delete: async (key) => void kept.delete(key),
    async deleteByLogoutToken({ sid }) {
      for (const [key, state] of kept) if (state.internal.sid === sid) kept.delete(key)
    },
    all: () => kept.values(),
  }
}
