package diagnose

import (
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// biggestTimer is the longest wait that a JavaScript timer takes, in seconds.
const biggestTimer = (1<<31 - 1) / 1000

// stateParameter is an answer whose state is not the request's.
func stateParameter(s *scene) []finding {
	sent := s.query("state")
	if !s.silent() || s.mode() == "" || sent == "" || s.answer.text("body") != "" || len(s.response()) == 0 {
		return nil
	}
	got := s.response().text("state")
	if got == sent {
		return nil
	}
	text := "the answer carries another state"
	if got == "" {
		text = "the answer carries no state"
	}
	return one(diagnosis.StateWrong, inTheParts, diagnosis.Certain, saw(s.asked, "the request had a state"), saw(s.answer, "%s", text))
}

// tokens are those that were sent, as a client checks them.
func tokens(s *scene) []finding {
	if !s.silent() && s.endpoint != "token" || !s.concerns() {
		return nil
	}
	var found []finding
	if t, ok := s.exchange.token("id_token"); ok {
		found = s.identity(t)
	}
	if t, ok := s.exchange.token("access_token"); ok && len(found) == 0 {
		for _, f := range append(readable(t), append(s.signature(t), lifetime(t)...)...) {
			found = append(found, weakerTo(f, diagnosis.Likely)) // an app does not look inside; an API does
		}
	}
	return found
}

// identity checks an ID token as SDKs do (OIDC Core §3.1.3.7).
func (s *scene) identity(t noted) (found []finding) {
	if found = readable(t); found != nil {
		return found
	}
	c := t.object("claims")
	add := func(code diagnosis.Code, evidence ...diagnosis.Evidence) {
		found = append(found, finding{code, inTheParts, diagnosis.Certain, evidence})
	}
	for _, name := range []string{"iss", "sub", "aud", "exp", "iat"} {
		if !c.has(name) {
			add(diagnosis.ClaimsMissing, saw(t, "the ID token has no %s", name))
		}
	}
	found = append(found, s.signature(t)...)
	if iss := c.text("iss"); c.has("iss") && iss != t.text("issuer") {
		add(diagnosis.IssuerWrong, saw(t, "iss of the ID token is %q; the app asked %s", iss, t.text("issuer")))
	}
	if aud := c.texts("aud"); c.has("aud") && !slices.Contains(aud, s.client) {
		add(diagnosis.AudienceWrong, saw(t, "aud of the ID token is %q; the app is %s", aud, s.client))
	} else if _, list := c["aud"].(string); c.has("aud") && !list {
		add(diagnosis.AudienceWrong, saw(t, "aud of the ID token is a list, which old SDKs refuse"))
	} else if azp := c.text("azp"); azp != "" && azp != s.client {
		add(diagnosis.AudienceWrong, saw(t, "azp of the ID token is %q; the app is %s", azp, s.client))
	}
	found = append(found, s.nonce(t, c)...)
	found = append(found, lifetime(t)...)
	if sub := c.text("sub"); sub != "" && s.user != "" && sub != s.user {
		add(diagnosis.SubjectWrong, saw(t, "sub of the ID token is %q; the session is of %s", sub, s.user))
	}
	if want := s.asking().query("organization"); want != "" && s.asking().query("organization")[:min(4, len(want))] == "org_" && c.text("org_id") != want {
		add(diagnosis.OrganizationWrong, saw(t, "org_id of the ID token is %q; the app asked for %s", c.text("org_id"), want))
	}
	if t.flag("at_hash_wrong") {
		add(diagnosis.AtHashWrong, saw(t, "at_hash of the ID token is not that of the access token"))
	}
	return found
}

// asking is the authorization request that an exchange answers: its own, or that of the code.
func (s *scene) asking() *exchange {
	if x := s.ofSilentCode(); x != nil {
		return x
	}
	return s.exchange
}

func (s *scene) nonce(t noted, c details) []finding {
	want, got := s.asking().query("nonce"), c.text("nonce")
	if want == "" || got == want {
		return nil
	}
	text := "the ID token carries another nonce"
	if got == "" {
		text = "the ID token carries no nonce"
	}
	return one(diagnosis.NonceWrong, inTheParts, diagnosis.Certain, saw(s.asking().asked, "the request had a nonce"), saw(t, "%s", text))
}

// readable tells of a token that no client can take apart, or carry.
func readable(t noted) []finding {
	const largest = 32 << 10 // what servers accept of a header, and browsers of a URL, ends well below
	switch {
	case t.flag("unreadable"):
		return one(diagnosis.TokenUnusable, inTheParts, diagnosis.Certain, saw(t, "the %s is not three parts of base64url", t.text("token")))
	case t.int("bytes") > largest:
		return one(diagnosis.TokenUnusable, inTheParts, diagnosis.Certain, saw(t, "the %s has %d bytes", t.text("token"), t.int("bytes")))
	}
	return nil
}

// signature tells of a token that no published key verifies.
func (s *scene) signature(t noted) []finding {
	alg, kid, kind := t.text("alg"), t.text("kid"), t.text("token")
	switch {
	case alg == "HS256" && kind == "id_token":
		return one(diagnosis.HS256IDToken, inTheParts, diagnosis.Certain, saw(t, "the ID token is signed by HS256"))
	case alg == "none" || alg == "":
		return one(diagnosis.SignatureWrong, inTheParts, diagnosis.Certain, saw(t, "the %s has no signature (alg %q)", kind, alg))
	case t.text("verifies") != "nothing":
		return nil
	case kid == "":
		return one(diagnosis.KeyUnknown, inTheParts, diagnosis.Certain, saw(t, "the %s names no key: its header has no kid", kind))
	case !s.history.kids[kid]:
		return one(diagnosis.KeyUnknown, inTheParts, diagnosis.Certain, saw(t, "the %s names the key %q, which the tenant does not have", kind, kid))
	}
	return one(diagnosis.SignatureWrong, inTheParts, diagnosis.Certain, saw(t, "the signature of the %s does not verify with its key", kind))
}

// lifetime compares a token's times with the tenant's at that moment. A token tells whole seconds, cut off, so the tenant's
// time is cut off as well: a token that ends in the second in which it is sent has not expired before it was sent.
func lifetime(t noted) (found []finding) {
	c, kind, sent := t.object("claims"), t.text("token"), t.date.Truncate(time.Second)
	add := func(code diagnosis.Code, format string, args ...any) {
		found = append(found, finding{code, inTheParts, diagnosis.Certain, []diagnosis.Evidence{saw(t, format, args...)}})
	}
	for _, name := range []string{"iat", "nbf"} {
		if n, ok := c.number(name); ok && time.Unix(n, 0).Sub(sent) > time.Second {
			add(diagnosis.TokenFromTheFuture, "%s of the %s is %s ahead of the tenant's clock", name, kind, time.Unix(n, 0).Sub(sent))
		}
	}
	if n, ok := c.number("exp"); ok && time.Unix(n, 0).Before(sent) {
		add(diagnosis.TokenExpiredOnArrival, "the %s had expired %s before it was sent", kind, sent.Sub(time.Unix(n, 0)))
	}
	return found
}

// expiresIn is the life of the access token that the answer states, in seconds; 0 when it states none.
func (x *exchange) expiresIn() int64 {
	for _, l := range x.logs {
		if n, ok := l.number("expires_in"); ok {
			return n
		}
	}
	r := x.response()
	if n, ok := r.number("expires_in"); ok {
		return n
	}
	var n int64
	for _, digit := range r.text("expires_in") {
		if digit < '0' || digit > '9' {
			return 0
		}
		n = n*10 + int64(digit-'0')
	}
	return n
}

// users are renewals that bring tokens for somebody else than the browser's session was made for.
func users(s *scene) []finding {
	l, ok := s.log("ssa")
	if !ok || !s.silent() {
		return nil
	}
	used := s.history.sessions[l.text("session")]
	for x := range s.history.before(s.exchange) {
		if s.device() == "" || x.answer.text("device") != s.device() && x.device() != s.device() {
			continue
		}
		for _, n := range x.sessions {
			if n.description != "session begun" {
				continue
			}
			if begun := s.history.sessions[n.text("session")]; begun != nil && begun.user != s.user && (used == nil || used.id != begun.id) {
				return one(diagnosis.AnotherUsersSession, inTheReply, diagnosis.Certain, saw(n, "the browser's latest login was of %s", begun.user), saw(l, "the renewal was answered for %s", s.user))
			}
			return nil
		}
	}
	return nil
}
