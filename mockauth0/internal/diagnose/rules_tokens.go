package diagnose

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// biggestTimer is the longest wait that a JavaScript timer takes, in seconds.
const biggestTimer = (1<<31 - 1) / 1000

// stateParameter is an answer whose state is not the request's.
func stateParameter(s *ruleInput) []finding {
	sent, reply := s.query("state"), s.reply()
	unknown := s.answer.Unknown.Has("state") || s.asked.Unknown.Has("state")
	if !s.silent() || s.mode() == "" || sent == "" || s.answer.Body != "" || len(reply) == 0 || unknown {
		return nil
	}
	text := "the answer carries another state"
	switch reply.Text("state") {
	case sent:
		return nil
	case "":
		text = "the answer carries no state"
	}
	evidence := []diagnosis.Evidence{saw(s.asked, "the request had a state"), saw(s.answer, "%s", text)}
	if s.imported() {
		return one(diagnosis.StateWrong, inContents, diagnosis.Likely, append(evidence,
			missed("where somebody replaced one of them before the recording was shown, nothing is wrong with it"))...)
	}
	return one(diagnosis.StateWrong, inContents, diagnosis.Certain, evidence...)
}

// tokens are those that were sent, as a client checks them.
func tokens(s *ruleInput) []finding {
	if !s.silent() && s.endpoint != names.Token || !s.concerns() {
		return nil
	}
	var all []finding
	if t, ok := s.exchange.token(event.IDToken); ok {
		all = s.identity(t)
	}
	if t, ok := s.exchange.token(event.AccessToken); ok && len(all) == 0 {
		for _, f := range slices.Concat(readable(t), s.signature(t), lifetime(t)) {
			all = append(all, weakerTo(f, diagnosis.Likely)) // an app does not look inside; an API does
		}
	}
	return all
}

// identity checks an ID token as SDKs do (OIDC Core §3.1.3.7).
func (s *ruleInput) identity(t sentToken) []finding {
	if all := readable(t); all != nil {
		return all
	}
	var all []finding
	wrong := func(code diagnosis.Code, format string, args ...any) {
		all = append(all, found(code, inContents, diagnosis.Certain, saw(t, format, args...)))
	}
	c := t.Claims
	for _, name := range []string{"iss", "sub", "aud", "exp", "iat"} {
		if !c.Has(name) {
			wrong(diagnosis.ClaimsMissing, "the ID token has no %s", name)
		}
	}
	all = append(all, s.signature(t)...)
	if c.Has("iss") && t.Issuer != "" && c.Text("iss") != t.Issuer {
		wrong(diagnosis.IssuerWrong, "iss of the ID token is %q; the app asked %s", c.Text("iss"), t.Issuer)
	}
	all = append(all, s.audience(t)...)
	all = append(all, s.nonce(t)...)
	all = append(all, lifetime(t)...)
	if sub := c.Text("sub"); sub != "" && s.user != "" && sub != s.user {
		wrong(diagnosis.SubjectWrong, "sub of the ID token is %q; the session is of %s", sub, s.user)
	}
	if want := s.asking().query("organization"); strings.HasPrefix(want, "org_") && c.Text("org_id") != want {
		wrong(diagnosis.OrganizationWrong, "org_id of the ID token is %q; the app asked for %s", c.Text("org_id"), want)
	}
	if t.AtHashWrong {
		wrong(diagnosis.AtHashWrong, "at_hash of the ID token is not that of the access token")
	}
	return all
}

// audience tells of an ID token that is not for the application.
func (s *ruleInput) audience(t sentToken) []finding {
	wrong := func(format string, args ...any) []finding {
		return one(diagnosis.AudienceWrong, inContents, diagnosis.Certain, saw(t, format, args...))
	}
	aud, azp := t.Claims.Texts("aud"), t.Claims.Text("azp")
	_, single := t.Claims["aud"].(string)
	switch {
	case s.asked.Unknown.Has("client_id"):
		return nil
	case t.Claims.Has("aud") && !slices.Contains(aud, s.client):
		return wrong("aud of the ID token is %q; the app is %s", aud, s.client)
	case t.Claims.Has("aud") && !single:
		return wrong("aud of the ID token is a list, which old SDKs refuse")
	case azp != "" && azp != s.client:
		return wrong("azp of the ID token is %q; the app is %s", azp, s.client)
	}
	return nil
}

// asking is the authorization request that an exchange answers: its own, or that of the code.
func (s *ruleInput) asking() *exchange {
	if x := s.ofSilentCode(); x != nil {
		return x
	}
	return s.exchange
}

// nonce tells of an ID token that was not made for the request.
func (s *ruleInput) nonce(t sentToken) []finding {
	want := s.asking().query("nonce")
	text := "the ID token carries another nonce"
	switch got := t.Claims.Text("nonce"); {
	case want == "" || got == want:
		return nil
	case got == "":
		text = "the ID token carries no nonce"
	}
	return one(diagnosis.NonceWrong, inContents, diagnosis.Certain, saw(s.asking().asked, "the request had a nonce"), saw(t, "%s", text))
}

// readable tells of a token that no client can take apart, or carry.
func readable(t sentToken) []finding {
	const largest = 32 << 10 // what servers accept of a header, and browsers of a URL, ends well below
	switch {
	case t.Unreadable:
		return one(diagnosis.TokenUnusable, inContents, diagnosis.Certain, saw(t, "the %s is not three parts of base64url", t.Token.Token))
	case t.Bytes > largest:
		return one(diagnosis.TokenUnusable, inContents, diagnosis.Certain, saw(t, "the %s has %d bytes", t.Token.Token, t.Bytes))
	}
	return nil
}

// signature tells of a token that no published key verifies.
func (s *ruleInput) signature(t sentToken) []finding {
	wrong := func(code diagnosis.Code, format string, args ...any) []finding {
		return one(code, inContents, diagnosis.Certain, saw(t, format, args...))
	}
	kind := t.Token.Token
	switch {
	case t.Alg == "HS256" && kind == event.IDToken:
		return wrong(diagnosis.HS256IDToken, "the ID token is signed by HS256")
	case t.Alg == "none" || t.Alg == "":
		return wrong(diagnosis.SignatureWrong, "the %s has no signature (alg %q)", kind, t.Alg)
	case t.Verifies != event.VerifiesByNone:
		return nil
	case t.KeyID == "":
		return wrong(diagnosis.KeyUnknown, "the %s names no key: its header has no kid", kind)
	case !s.history.signingKeys[t.KeyID]:
		return wrong(diagnosis.KeyUnknown, "the %s names the key %q, which the tenant does not have", kind, t.KeyID)
	}
	return wrong(diagnosis.SignatureWrong, "the signature of the %s does not verify with its key", kind)
}

// lifetime compares a token's times with the tenant's at that moment. A token says whole seconds, cut off, so the tenant's
// time is cut off as well: a token that ends in the second in which it is sent has not expired before it was sent.
func lifetime(t sentToken) []finding {
	var all []finding
	kind, sent := t.Token.Token, t.date.Truncate(time.Second)
	wrong := func(code diagnosis.Code, format string, args ...any) {
		all = append(all, found(code, inContents, diagnosis.Certain, saw(t, format, args...)))
	}
	for _, name := range []string{"iat", "nbf"} {
		if n, ok := number(t.Claims, name); ok && time.Unix(n, 0).Sub(sent) > time.Second {
			wrong(diagnosis.TokenFromTheFuture, "%s of the %s is %s ahead of the tenant's clock", name, kind, time.Unix(n, 0).Sub(sent))
		}
	}
	if n, ok := number(t.Claims, "exp"); ok && time.Unix(n, 0).Before(sent) {
		wrong(diagnosis.TokenExpiredOnArrival, "the %s had expired %s before it was sent", kind, sent.Sub(time.Unix(n, 0)))
	}
	return all
}
