package fault

import (
	"strings"
	"testing"
)

// TestWhatCanNeverHappenIsRefused, with a text that says what is possible.
func TestWhatCanNeverHappenIsRefused(t *testing.T) {
	for _, tc := range []struct{ when, do, want string }{
		// Values.
		{`nth: -1`, `hang: true`, "when.nth is -1: the first request that matches is 1"},
		{`after: -1s`, `hang: true`, "when.after is negative"},
		{`before: -1s`, `hang: true`, "when.before is negative"},
		{`after: 1h, before: 10m`, `hang: true`, "when.before is 10m0s and when.after 1h0m0s: there is no time between them"},
		{`probability: 1.5`, `hang: true`, "when.probability is 1.5: give more than 0 and at most 1"},
		{`probability: .nan`, `hang: true`, "when.probability is .nan; expected a number"},
		{`seed: 7`, `hang: true`, "when.seed without when.probability"},
		{`probability: 0.5, seed: -7`, `hang: true`, "when.seed is negative"},
		{`grant: refresh-token`, `hang: true`, `when.grant is "refresh-token", which no request has: give one of authorization_code, refresh_token`},
		{``, `latency: 1s, jitter: 2s`, "do.jitter is longer than do.latency"},
		{``, `latency: 1s, jitter: -1s`, "do.jitter is negative"},
		{``, `hang: true, jitter: 1s`, "do.jitter without do.latency"},
		{``, `latency: 1s, seed: 1`, "do.seed without do.jitter"},
		{``, `hang: true, at: later`, `do.at is "later": give one of before, after`},
		{``, `error: x, at: after`, "do.at goes with latency, hang, status and the reset of a connection, not with error"},
		{``, `connection: tls, at: after`, "do.at goes with latency, hang, status and the reset of a connection, not with connection"},
		{``, `body: empty, at: before`, `do.at is "before", when there is no answer yet whose body could be changed`},
		{``, `status: 503, retry_after: -1s`, "do.retry_after is negative"},
		{``, `status: 500, retry_after: 1s`, "do.retry_after goes with the status 429 or 503, not 500"},
		{``, `hang: true, retry_after: 1s`, "do.retry_after without do.status"},
		{``, `body: half`, `do.body is "half": give one of truncated, garbage, empty`},
		{``, `headers: {}`, "do.headers changes nothing"},
		{``, `headers: {remove: ["X Y"]}`, `"X Y" is no name of a header`},
		{``, `headers: {remove: ["X-A: b"]}`, "only Set-Cookie takes a name after the colon"},
		{``, `headers: {remove: ["Set-Cookie:"]}`, `"Set-Cookie:" names no cookie`},
		{``, `headers: {set: {content-length: "1"}}`, "content-length belongs to the connection"},
		{``, `headers: {set: {A: "b\r\nC: d"}}`, "do.headers.set.A has a line break in it"},
		{``, `headers: {set: {A: b}, remove: [a]}`, "do.headers removes A and sets it"},
		{``, `state: lost`, `do.state is "lost": give one of missing, wrong`},
		{``, `target_origin: "https://x.example/path"`, "give an origin such as"},
		{``, `target_origin: "*"`, "give an origin such as"},
		{``, `response_mode: webmessage`, `do.response_mode is "webmessage": give one of query, fragment, form_post, web_message`},
		{``, `post: thrice`, `do.post is "thrice": give one of twice, never, foreign`},
		{``, `claims: {}`, "do.claims changes nothing"},
		{``, `claims: {token: code, set: {a: 1}}`, `do.claims.token is "code": give one of id_token, access_token, both`},
		{``, `claims: {set: {a: 1}, remove: [a]}`, "do.claims names a under set and under remove: do one thing to a claim"},
		{``, `claims: {shift: {sub: 1s}}`, `do.claims.shift.sub is "sub": give one of iat, exp, nbf, auth_time`},
		{``, `claims: {shift: {iat: null}}`, "do.claims.shift.iat is 0"},
		{``, `claims: {remove: [""]}`, "expected a value"},
		{``, `lifetime: -1s`, "do.lifetime is -1s: give whole seconds, at least 1s; for a token that has expired already see do.claims.shift"},
		{``, `lifetime: 1500ms`, "do.lifetime is 1.5s: give whole seconds"},
		{``, `token: {}`, "do.token sets 0 of signature, kid, alg and form: set one"},
		{``, `token: {signature: broken, alg: none}`, "do.token sets 2 of signature, kid, alg and form: set one"},
		{``, `token: {signature: bad}`, `do.token.signature is "bad": give one of broken`},
		{``, `token: {alg: RS512}`, `do.token.alg is "RS512": give one of none, HS256`},
		{``, `token: {kind: refresh_token, form: oversized}`, `do.token.kind is "refresh_token"`},
		{``, `jwks: unreachable`, `that is do.status, do.hang or do.connection with when.endpoint "jwks"`},
		{``, `jwks: old`, `do.jwks is "old": give one of stale, empty`},
		{``, `discovery: {}`, "do.discovery changes nothing"},
		{``, `discovery: {set: {a: 1}, remove: [a]}`, "do.discovery removes a and sets it"},
		{``, `refresh_token: lost`, `do.refresh_token is "lost": give one of gone`},
		{``, `connection: closed`, `do.connection is "closed": give one of reset, tls`},
		// Places: the effect acts elsewhere, or before the fact is known.
		{`endpoint: token`, `state: wrong`, "do.state acts where an authorization response is sent, at the endpoints authorize, authorize.resume, consent"},
		{`endpoint: userinfo`, `claims: {set: {a: 1}}`, "do.claims acts where a token is made, at the endpoints authorize, authorize.resume and token; when.endpoint is \"userinfo\""},
		{`endpoint: token`, `jwks: empty`, "do.jwks acts where the keys are served, at the endpoint jwks"},
		{`endpoint: authorize`, `refresh_token: gone`, "do.refresh_token acts where a refresh token is looked for, at the endpoint token"},
		{`endpoint: token`, `session: lost`, "do.session acts where the browser's session is looked for"},
		{`endpoint: jwks`, `connection: tls`, "do.connection acts on new connections, before there is a request; when.endpoint is \"jwks\""},
		{`client: My App`, `connection: tls`, "when.client never applies: do.connection acts on new connections, before there is a request, where client is not known"},
		{`user: ada`, `jwks: stale`, "when.user never applies: do.jwks acts where the keys are served, at the endpoint jwks, where user is not known"},
		{`user: ada`, `session: lost`, "when.user never applies: do.session acts where the browser's session is looked for"},
		{`endpoint: authorize, user: ada`, `session: lost`, "when.user never applies: do.session acts where the browser's session is looked for, before the user is known"},
		{`endpoint: token, user: ada`, `refresh_token: gone`, "when.user never applies: do.refresh_token acts where a refresh token is looked for, before the user is known"},
		{`endpoint: authorize, grant: refresh_token`, `status: 503`, "when.grant never applies: grant is not known at the endpoint authorize"},
		{`grant: refresh_token, prompt: none`, `status: 503`, "when.grant and when.prompt never apply together: no endpoint knows all of them"},
		{`response_mode: fragment`, `post: twice`, `when.response_mode is "fragment": do.post acts on web_message only`},
		{`response_mode: query`, `target_origin: "https://x.example"`, "do.target_origin acts on web_message only"},
		{`response_mode: web_message`, `response_mode: web_message`, "nothing would change"},
	} {
		_, err := DecodeYAML([]byte("when: {" + tc.when + "}\ndo: {" + tc.do + "}\n"))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("when {%s} do {%s}: %v\nwant %s", tc.when, tc.do, err, tc.want)
		}
	}
}

// TestWhatIsPossibleIsTaken is the other side: a match that the effect's place knows.
func TestWhatIsPossibleIsTaken(t *testing.T) {
	for _, tc := range []struct{ when, do string }{
		{`grant: "urn:ietf:params:oauth:grant-type:token-exchange"`, `status: 503`},
		{`user: ada, connection: db`, `claims: {token: access_token, set: {a: 1}}`},
		{`endpoint: token, user: ada`, `body: truncated, at: after`},
		{`prompt: none, client: x, response_mode: web_message`, `session: ada@example.test`},
		{`grant: refresh_token, client: x`, `refresh_token: gone`},
		{`endpoint: consent`, `error: access_denied`},
		{`user: ada, prompt: none`, `state: missing`},
		{`endpoint: jwks, nth: 2`, `connection: reset`},
		{`probability: 0.5, after: 1s`, `connection: tls`},
	} {
		if _, err := DecodeYAML([]byte("when: {" + tc.when + "}\ndo: {" + tc.do + "}\n")); err != nil {
			t.Errorf("when {%s} do {%s}: %v", tc.when, tc.do, err)
		}
	}
}
