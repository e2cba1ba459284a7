export function json(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

// told is what an error of an SDK says. Some SDKs wrap what they met: it is in the cause.
export function told(err) {
  const cause = err.cause ?? {}
  const oauth = err.error ? err : cause
  return {
    error: oauth.error,
    description: oauth.error_description,
    name: err.name,
    message: [err.message, cause.message, cause.claim].filter(Boolean).join(': '),
  }
}
