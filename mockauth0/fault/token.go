package fault

import (
	"bytes"
	"cmp"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
)

func tokenGroup() group {
	return group{
		name:  "token",
		given: func(e *Effect) bool { return e.Token != nil },
		check: func(e *Effect, p *Problems) { e.Token.check(p) },
		build: func(e *Effect) any { return spoiltToken{*e.Token} },
		seam:  httpx.SeamSigned, acts: "where a token is made", where: issuing(),
	}
}

func (t *Token) check(p *Problems) {
	const at = "do.token"
	if t.Kind != "" {
		among(p, at+".kind", t.Kind, mint.IDToken, mint.AccessToken, "both")
	}
	set := 0
	for _, one := range []struct {
		name, value string
		known       []string
	}{{"signature", t.Signature, []string{"broken"}}, {"kid", t.KID, nil}, {"alg", t.Alg, []string{"none", "HS256"}}, {"form", t.Form, []string{"malformed", "oversized"}}} {
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

// spoiltToken changes a signed JWT. It is assembled by hand, since no library signs what it is to be.
type spoiltToken struct{ Token }

func (t spoiltToken) String() string {
	return cmp.Or(t.Kind, mint.IDToken) + ": " + cmp.Or(prefixed("signature ", t.Signature), prefixed("kid ", t.KID), prefixed("alg ", t.Alg), t.Form)
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func (t spoiltToken) concerns(subject any) bool {
	signed, ok := subject.(*mint.Signed)
	return ok && ofKind(t.Kind, signed.Spec.Kind) && strings.Count(signed.Token, ".") == 2
}

// padding makes a token larger than the headers, and so the redirects, that browsers and servers take: Chromium's limit is
// 256 KiB for all headers of an answer.
const padding = 300 << 10

func (t spoiltToken) ChangeToken(signed *mint.Signed) error {
	j, err := takeApart(signed)
	if err != nil {
		return err
	}
	switch {
	case t.Signature != "":
		j.signature[0] ^= 0x55
	case t.Form == "malformed":
		signed.Token = signed.Token[:strings.LastIndexByte(signed.Token, '.')]
		return nil
	case t.Alg == "none": // RFC 7519 §6: an unsecured JWT has an empty signature
		j.header, j.signature = header{Alg: "none", Typ: j.header.Typ}, nil
	case t.Alg != "":
		j.header = header{Alg: t.Alg, Typ: j.header.Typ} // tokens that are signed by a secret name no key
		err = j.sign(signed)
	case t.KID != "":
		j.header.KID = map[string]string{"missing": "", "unknown": "unknown-to-this-tenant"}[t.KID]
		if t.KID != "missing" {
			j.header.KID = cmp.Or(j.header.KID, t.KID)
		}
		err = j.sign(signed)
	default:
		j.payload = append(bytes.TrimSuffix(j.payload, []byte("}")), `,"https://mockauth0.test/padding":"`+strings.Repeat("x", padding)+`"}`...)
		err = j.sign(signed)
	}
	signed.Token = j.String()
	return err
}
