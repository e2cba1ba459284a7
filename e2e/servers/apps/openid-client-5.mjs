// openid-client 5.
import { Issuer, generators } from 'openid-client-5'

export default async function app({ domain, clientId, clientSecret, audience, callback, alg }) {
  const issuer = await Issuer.discover(`https://${domain}`)
  const client = new issuer.Client({
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [callback],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: alg ?? 'RS256',
  })
  let transaction, tokens, claims

  const keep = (answer) => {
    tokens = { ...tokens, ...answer }
    claims = answer.claims()
    return { user: claims, tokens: answer }
  }
  return {
    login(parameters) {
      transaction = { code_verifier: generators.codeVerifier(), state: generators.state(), nonce: generators.nonce() }
      return client.authorizationUrl({
        scope: 'openid profile email offline_access',
        audience,
        code_challenge: generators.codeChallenge(transaction.code_verifier),
        code_challenge_method: 'S256',
        state: transaction.state,
        nonce: transaction.nonce,
        ...parameters,
      })
    },
    callback: async (url) => keep(await client.callback(callback, client.callbackParams(url.href), transaction)),
    refresh: async (token = tokens.refresh_token) => keep(await client.refresh(token)),
    userinfo: () => client.userinfo(tokens.access_token),
    revoke: () => client.revoke(tokens.refresh_token),
    user: () => claims,
    logout(returnTo) {
      const url = client.endSessionUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: returnTo })
      tokens = claims = undefined
      return url
    },
  }
}
