package faults

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/mint"
)

func newToken(e *fault.Effect) fmt.Stringer { return changedToken{*e.Token} }

// changedToken changes a signed JWT. It is assembled by hand, since no library signs what it is to be.
type changedToken struct{ fault.Token }

func (t changedToken) String() string {
	did := cmp.Or(prefixed("signature ", t.Signature), prefixed("kid ", t.KID), prefixed("alg ", t.Alg), t.Form)
	return cmp.Or(t.Kind, fault.IDToken) + ": " + did
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func (t changedToken) concerns(subject any) bool {
	signed, ok := subject.(*mint.Signed)
	return ok && ofKind(t.Kind, signed.Spec.Kind) && strings.Count(signed.Token, ".") == 2
}

// padding makes a token larger than the headers, and so the redirects, that browsers and servers take: Chromium's limit is
// 256 KiB for all headers of an answer.
const padding = 300 << 10

func (t changedToken) ChangeToken(signed *mint.Signed) error {
	j, err := takeApart(signed)
	if err != nil {
		return err
	}
	switch {
	case t.Signature != "":
		j.signature[0] ^= 0x55
	case t.Form == fault.FormMalformed:
		signed.Token = signed.Token[:strings.LastIndexByte(signed.Token, '.')]
		return nil
	case t.Alg == fault.AlgNone: // RFC 7519 §6: an unsecured JWT has an empty signature
		j.header, j.signature = header{Alg: fault.AlgNone, Typ: j.header.Typ}, nil
	case t.Alg != "":
		j.header = header{Alg: t.Alg, Typ: j.header.Typ} // tokens that are signed by a secret name no key
		err = j.sign(signed)
	case t.KID != "":
		j.header.KID = map[string]string{fault.KIDUnknown: "unknown-to-this-tenant"}[t.KID]
		if t.KID != fault.KIDMissing {
			j.header.KID = cmp.Or(j.header.KID, t.KID)
		}
		err = j.sign(signed)
	default:
		claim := `,"https://mockauth0.test/padding":"` + strings.Repeat("x", padding) + `"}`
		j.payload = append(bytes.TrimSuffix(j.payload, []byte("}")), claim...)
		err = j.sign(signed)
	}
	signed.Token = j.String()
	return err
}
