package diagnose

import (
	"net/http"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// keys are requests for the JWKS by which an app checks a token that it has just got.
func keys(s *scene) []finding {
	if s.endpoint != "jwks" || !s.over() {
		return nil
	}
	renewed, token := s.renewedJust()
	if renewed == nil {
		return nil
	}
	asked := saw(s.asked, "the app asked for the keys %s after its renewal", ago(renewed.last, s.began))
	status := s.answer.int("status")
	switch {
	case s.unanswered.seq != 0:
		return one(diagnosis.JWKSBroken, inTheParts, diagnosis.Certain, asked, saw(s.unanswered, "it got no answer: %s", s.unanswered.description))
	case status != http.StatusOK:
		return one(diagnosis.JWKSBroken, inTheParts, diagnosis.Certain, asked, saw(s.answer, "the answer was %d %s", status, http.StatusText(int(status))))
	case time.Duration(s.answer.int("took_ms"))*time.Millisecond >= framePatience:
		return one(diagnosis.JWKSBroken, inTheParts, diagnosis.Certain, asked, saw(s.answer, "the answer came after %d s", s.answer.int("took_ms")/1000))
	case s.answer.text("allow_origin") == "" && s.asked.text("origin") != "":
		return one(diagnosis.JWKSBroken, inTheParts, diagnosis.Certain, asked, saw(s.answer, "the answer has no Access-Control-Allow-Origin, so the page may not read it"))
	case s.answer.text("body") != "", !s.answer.has("kids"):
		return one(diagnosis.JWKSBroken, inTheParts, diagnosis.Certain, asked, saw(s.answer, "the answer is no JWKS"))
	}
	kids := s.answer.texts("kids")
	kid := token.text("kid")
	switch {
	case len(kids) == 0:
		return one(diagnosis.JWKSBroken, inTheParts, diagnosis.Certain, asked, saw(s.answer, "the JWKS holds no key"))
	case kid != "" && !slices.Contains(kids, kid):
		return one(diagnosis.KeyUnknown, inTheParts, diagnosis.Certain, saw(token, "the ID token is signed by the key %q", kid), saw(s.answer, "the JWKS holds %q", kids))
	}
	return nil
}

// renewedJust is a renewal of the same browser that ended well a moment before, and its ID token.
func (s *scene) renewedJust() (*exchange, noted) {
	for x := range s.history.before(s.exchange) {
		if s.began.Sub(x.last) > framePatience {
			break
		}
		if _, ok := x.succeeded(); !ok || x.agent() != s.agent() {
			continue
		}
		t, ok := x.token("id_token")
		if x.interactive() || x.endpoint == "authorize.resume" || !ok {
			return nil, noted{} // it checks the token of a login
		}
		return x, t
	}
	return nil, noted{}
}

// discovery is a discovery document that leads clients astray.
func discovery(s *scene) []finding {
	if s.endpoint != "discovery" || s.answer.seq == 0 {
		return nil
	}
	status := s.answer.int("status")
	switch {
	case status != http.StatusOK:
		return one(diagnosis.DiscoveryWrong, inTheParts, diagnosis.Certain, saw(s.answer, "the discovery document was answered by %d %s", status, http.StatusText(int(status))))
	case s.answer.text("body") != "" || s.answer.has("readable"):
		return one(diagnosis.DiscoveryWrong, inTheParts, diagnosis.Certain, saw(s.answer, "the discovery document cannot be read"))
	}
	for _, name := range []string{"issuer", "jwks_uri", "authorization_endpoint", "token_endpoint"} {
		if !s.answer.has(name) {
			return one(diagnosis.DiscoveryWrong, inTheParts, diagnosis.Certain, saw(s.answer, "the discovery document has no %s", name))
		}
	}
	if issuer := s.answer.text("issuer"); s.answer.text("expected_issuer") != "" && issuer != s.answer.text("expected_issuer") {
		return one(diagnosis.DiscoveryWrong, inTheParts, diagnosis.Certain, saw(s.answer, "the discovery document names the issuer %q; it was fetched from %s", issuer, s.answer.text("expected_issuer")))
	}
	return nil
}
