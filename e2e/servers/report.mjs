export function json(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

// errorBody is what an error of an SDK says. Some SDKs wrap what they met: it is in the cause, or the cause's.
export function errorBody(err) {
  const met = []
  for (let e = err; e; e = e.cause) met.push(e)
  const oauth = met.find((e) => e.error) ?? {}
  return {
    error: oauth.error ?? met.at(-1).code,
    description: oauth.error_description,
    name: err.name,
    message: met.flatMap((e) => [e.message, e.claim]).filter(Boolean).join(': '),
  }
}

// addressOf is where a tenant is: a domain by plain http is written with its scheme.
export function addressOf(domain) {
  return domain.startsWith('http://') ? domain : `https://${domain}`
}
