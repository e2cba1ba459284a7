package fault

// Values of the fields of Token.
const (
	SignatureBroken = "broken"    // Token.Signature: it verifies with no key
	KIDUnknown      = "unknown"   // Token.KID: a key that the tenant does not publish
	KIDMissing      = "missing"   // Token.KID: no key is named
	AlgNone         = "none"      // Token.Alg: an unsecured JWT, without a signature (RFC 7519 §6)
	AlgHS256        = "HS256"     // Token.Alg: signed by the client's secret, or by one that nobody has
	FormMalformed   = "malformed" // Token.Form: the last of the three parts is missing
	FormOversized   = "oversized" // Token.Form: larger than the headers that browsers and servers take
)

var tokenKind = kind{
	name:  "token",
	given: func(e *Effect) bool { return e.Token != nil },
	check: func(e *Effect, p *Problems) { e.Token.check(p) },
	acts:  whereTokensAreMade, where: issuing,
}

func (t *Token) check(p *Problems) {
	const at = "do.token"
	if t.Kind != "" {
		among(p, at+".kind", t.Kind, IDToken, AccessToken, Both)
	}
	set := 0
	for _, one := range []struct {
		name, value string
		known       []string
	}{
		{"signature", t.Signature, []string{SignatureBroken}},
		{"kid", t.KID, nil},
		{"alg", t.Alg, []string{AlgNone, AlgHS256}},
		{"form", t.Form, []string{FormMalformed, FormOversized}},
	} {
		if one.value == "" {
			continue
		}
		set++
		if one.known != nil {
			among(p, at+"."+one.name, one.value, one.known...)
		}
	}
	if set != 1 {
		p.add(at, "do.token sets %d of signature, kid, alg and form: set one", set)
	}
}
