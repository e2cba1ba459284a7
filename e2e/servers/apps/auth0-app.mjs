import { randomBytes } from 'node:crypto'

const connection = 'Username-Password-Authentication'

// app is for every version of node-auth0 that has an AuthenticationClient.
export function app({ domain, clientId, clientSecret, audience, callback, par, key, alg }, { AuthenticationClient, UserInfoClient }) {
  const { oauth, database } = new AuthenticationClient({
    domain,
    clientId,
    ...(key ? { clientAssertionSigningKey: key } : { clientSecret }),
    idTokenSigningAlg: alg,
  })
  const users = new UserInfoClient({ domain })
  let transaction, tokens, claims

  // The SDK has verified the ID token when it returns; reading it is left to its user.
  const keep = ({ data }) => {
    tokens = { ...tokens, ...data }
    claims = JSON.parse(Buffer.from(data.id_token.split('.')[1], 'base64url'))
    return { user: claims, tokens: data }
  }
  return {
    async login(parameters) {
      transaction = { state: random(), nonce: random() }
      const asked = {
        response_type: 'code',
        redirect_uri: callback,
        scope: 'openid profile email offline_access',
        audience,
        ...transaction,
        ...parameters,
      }
      if (!par) return authorize(domain, { client_id: clientId, ...asked })
      const { data } = await oauth.pushedAuthorization({ client_id: clientId, ...asked })
      return authorize(domain, { client_id: clientId, request_uri: data.request_uri })
    },
    async callback(url) {
      const answer = Object.fromEntries(url.searchParams)
      if (answer.state !== transaction.state) throw new Error('the state is not the one that was sent')
      if (answer.error) throw Object.assign(new Error(answer.error_description), answer)
      return keep(await oauth.authorizationCodeGrant({ code: answer.code, redirect_uri: callback }, { idTokenValidateOptions: { nonce: transaction.nonce } }))
    },
    refresh: async (token = tokens.refresh_token) => keep(await oauth.refreshTokenGrant({ refresh_token: token })),
    userinfo: async () => (await users.getUserInfo(tokens.access_token)).data,
    revoke: () => oauth.revokeRefreshToken({ token: tokens.refresh_token }),
    user: () => claims,
    more: {
      '/machine': async () => ({ tokens: (await oauth.clientCredentialsGrant({ audience })).data }),
      '/password': async (url) => keep(await oauth.passwordGrant({ audience, scope: 'openid email', ...Object.fromEntries(url.searchParams) })),
      '/signup': async (url) => ({ user: (await database.signUp({ connection, ...Object.fromEntries(url.searchParams) })).data }),
      '/forgotten': async (url) => ({ message: (await database.changePassword({ connection, email: url.searchParams.get('email') })).data }),
    },
    logout(returnTo) {
      tokens = claims = undefined
      const url = new URL(`https://${domain}/v2/logout`)
      url.search = new URLSearchParams({ client_id: clientId, returnTo })
      return url
    },
  }
}

function authorize(domain, parameters) {
  const url = new URL(`https://${domain}/authorize`)
  url.search = new URLSearchParams(parameters)
  return url
}

const random = () => randomBytes(16).toString('hex')
