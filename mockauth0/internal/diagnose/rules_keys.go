package diagnose

import (
	"net/http"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// keys are requests for the JWKS by which an app checks a token that it has just got.
func keys(s *ruleInput) []finding {
	if s.endpoint != names.JWKS || !s.reads() || !s.over() {
		return nil
	}
	renewed, token, c := s.renewedJust()
	if renewed == nil {
		return nil
	}
	confidence := c.atMost(diagnosis.Certain)
	asked := saw(s.asked, "the app asked for the keys %s after its renewal", ago(renewed.last, s.began))
	if broken, ok := s.brokenJWKS(); ok {
		return one(diagnosis.JWKSBroken, inContents, confidence, asked, broken)
	}
	if !s.answer.made() || s.answer.Unknown.Has(event.UnknownBody) || s.answer.Status == http.StatusNotModified {
		return nil
	}
	if kid := token.KeyID; kid != "" && !slices.Contains(s.answer.KeyIDs, kid) {
		return one(diagnosis.KeyUnknown, inContents, confidence,
			saw(token, "the ID token is signed by the key %q", kid), saw(s.answer, "the JWKS holds %q", s.answer.KeyIDs))
	}
	return nil
}

// brokenJWKS is what keeps an app from reading the keys; false: nothing does.
func (s *ruleInput) brokenJWKS() (diagnosis.Evidence, bool) {
	a := s.answer
	switch {
	case s.unanswered.Why == event.ClientGone && !s.gaveUp(time.Duration(s.unanswered.TookMS)*time.Millisecond):
		return diagnosis.Evidence{}, false // the page was left
	case s.unanswered.made():
		return saw(s.unanswered, "it got no answer: %s", s.unanswered.words()), true
	case a.Status == 0, a.Status == http.StatusNotModified: // a recording does not have the answer, or the browser has it from before
		return diagnosis.Evidence{}, false
	case a.Status != http.StatusOK:
		return saw(a, "the answer was %d %s", a.Status, http.StatusText(a.Status)), true
	case a.Took() >= framePatience:
		return saw(a, "the answer came after %d s", a.TookMS/1000), true
	case a.AllowOrigin == "" && s.asked.Origin != "" && !a.Unknown.Has(event.AllowOriginHeader):
		return saw(a, "the answer has no Access-Control-Allow-Origin, so the page may not read it"), true
	case a.Unknown.Has(event.UnknownBody):
		return diagnosis.Evidence{}, false
	case a.Body != "" || a.KeyIDs == nil:
		return saw(a, "the answer is no JWKS"), true
	case len(a.KeyIDs) == 0:
		return saw(a, "the JWKS holds no key"), true
	}
	return diagnosis.Evidence{}, false
}

// renewedJust is a renewal that succeeded a moment before in what may be this browser, and its ID token. A page fetches the keys
// without cookies, so its browser is not known; its origin is.
func (s *ruleInput) renewedJust() (*exchange, sentToken, comparison) {
	for x := range s.history.before(s.exchange) {
		if s.began.Sub(x.last) > framePatience {
			break
		}
		c := s.compare(x)
		if _, ok := x.succeeded(); !ok || !c.possible() || !s.mayHaveAsked(x) {
			continue
		}
		t, ok := x.token(event.IDToken)
		if x.interactive() || x.endpoint == names.Resume || !ok {
			break // it checks the token of a login
		}
		return x, t, c
	}
	return nil, sentToken{}, comparison{}
}

// discovery is a discovery document that leads clients astray.
func discovery(s *ruleInput) []finding {
	if s.endpoint != names.Discovery || !s.reads() || !s.answer.made() {
		return nil
	}
	a := s.answer
	wrong := func(format string, args ...any) []finding {
		return one(diagnosis.DiscoveryWrong, inContents, diagnosis.Certain, saw(a, format, args...))
	}
	switch {
	case a.Status == 0, a.Status == http.StatusNotModified: // a recording does not have the answer, or the browser has it from before
		return nil
	case a.Status != http.StatusOK:
		return wrong("the discovery document was answered by %d %s", a.Status, http.StatusText(a.Status))
	case a.Body != "" || a.Unreadable:
		return wrong("the discovery document cannot be read")
	case a.Unknown.Has(event.UnknownBody):
		return nil
	}
	for _, member := range [][2]string{
		{"issuer", a.Issuer}, {"jwks_uri", a.JWKSURI}, {"authorization_endpoint", a.AuthorizeURL}, {"token_endpoint", a.TokenURL},
	} {
		if member[1] == "" {
			return wrong("the discovery document has no %s", member[0])
		}
	}
	if a.ExpectedIssuer != "" && a.Issuer != a.ExpectedIssuer {
		return wrong("the discovery document names the issuer %q; it was fetched from %s", a.Issuer, a.ExpectedIssuer)
	}
	return nil
}
