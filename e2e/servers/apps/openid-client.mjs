// openid-client 6, with signatures verified (enableNonRepudiationChecks), which it leaves to TLS otherwise.
import { importPKCS8 } from 'jose'
import * as oidc from 'openid-client'
import { addressOf } from '../report.mjs'

export default async function app({ domain, clientId, clientSecret, audience, callback, par, key, alg }) {
  const credentials = key ? oidc.PrivateKeyJwt(await importPKCS8(key, 'RS256')) : oidc.ClientSecretBasic(clientSecret)
  const metadata = alg && { id_token_signed_response_alg: alg, client_secret: clientSecret }
  // Without this it refuses a tenant by plain http.
  const options = domain.startsWith('http://') ? { execute: [oidc.allowInsecureRequests] } : undefined
  const config = await oidc.discovery(new URL(addressOf(domain)), clientId, metadata, credentials, options)
  oidc.enableNonRepudiationChecks(config)
  let transaction, tokens, claims

  const keep = (answer) => {
    tokens = { ...tokens, ...answer }
    claims = answer.claims()
    return { user: claims, tokens: answer }
  }
  return {
    async login(parameters) {
      transaction = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() }
      const asked = {
        redirect_uri: callback,
        scope: 'openid profile email offline_access',
        audience,
        code_challenge: await oidc.calculatePKCECodeChallenge(transaction.pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: transaction.expectedState,
        nonce: transaction.expectedNonce,
        ...parameters,
      }
      return par ? oidc.buildAuthorizationUrlWithPAR(config, asked) : oidc.buildAuthorizationUrl(config, asked)
    },
    callback: async (url) => keep(await oidc.authorizationCodeGrant(config, url, transaction)),
    refresh: async (token = tokens.refresh_token) => keep(await oidc.refreshTokenGrant(config, token)),
    userinfo: () => oidc.fetchUserInfo(config, tokens.access_token, claims.sub),
    revoke: () => oidc.tokenRevocation(config, tokens.refresh_token),
    user: () => claims,
    more: { '/machine': async () => ({ tokens: await oidc.clientCredentialsGrant(config, { audience }) }) },
    logout(returnTo) {
      const url = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: returnTo })
      tokens = claims = undefined
      return url
    },
  }
}
