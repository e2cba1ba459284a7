package keys

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// kids are those of the JWKS, in order.
func kids(t *testing.T, ring *Ring) string {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(body(t, ring), &set); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, k := range set.Keys {
		out = append(out, k.KeyID)
	}
	return strings.Join(out, " ")
}

func TestRotation(t *testing.T) {
	ring := mustRing(t, NewPool(""), "a.test")
	list := func() string {
		t.Helper()
		all, err := ring.Keys()
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, k := range all {
			for status, is := range map[string]bool{"current": k.Current, "next": k.Next, "previous": k.Previous, "revoked": k.Revoked} {
				if is {
					out = append(out, status)
				}
			}
		}
		return strings.Join(out, " ")
	}
	rotate := func() string {
		t.Helper()
		if err := ring.Rotate(); err != nil {
			t.Fatal(err)
		}
		return ring.Current().KID
	}
	first, start := ring.Current().KID, body(t, ring)
	all, err := ring.Keys()
	if err != nil {
		t.Fatal(err)
	}
	next := all[1].KID
	if kids(t, ring) != first+" "+next || first == next || list() != "current next" {
		t.Fatalf("%s: %s", kids(t, ring), list())
	}
	for _, kid := range []string{first, next, "nobody", ""} {
		if err := ring.Revoke(kid); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", kid)) {
			t.Errorf("revoking %q: %v", kid, err)
		}
	}
	second := rotate()
	if second != next || ring.Current().KID != second || list() != "current next previous" || !strings.HasPrefix(kids(t, ring), second+" ") ||
		!strings.HasSuffix(kids(t, ring), " "+first) {
		t.Errorf("rotated: %s, %s", kids(t, ring), list())
	}
	if ring.Find(first) == nil || ring.Find(second) != ring.Current() {
		t.Error("a published key is not found")
	}
	if err := ring.Revoke(first); err != nil {
		t.Error(err)
	}
	if ring.Find(first) != nil || strings.Contains(kids(t, ring), first) || list() != "current next revoked" {
		t.Errorf("revoked: %s, %s", kids(t, ring), list())
	}
	if err := ring.Revoke(first); err == nil {
		t.Error("a key was revoked twice")
	}
	rotate()
	rotate()
	if list() != "current next previous previous revoked" || len(strings.Fields(kids(t, ring))) != 4 {
		t.Errorf("rotated twice: %s, %s", kids(t, ring), list())
	}
	ring.Reset()
	if ring.Current().KID != first || ring.Find(second) != nil || !bytes.Equal(body(t, ring)[:500], start[:500]) ||
		kids(t, ring) != first+" "+next {
		t.Errorf("after Reset: %s, %s", kids(t, ring), list())
	}
}

// A warm start makes no key, and the next key is as lasting as the current one.
func TestNextKeyIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	before := mustRing(t, NewPool(dir), "a.test")
	if _, err := os.Stat(filepath.Join(dir, "signing-1-key.pem")); !os.IsNotExist(err) {
		t.Errorf("a start makes the next key, which nobody has asked for: %v", err)
	}
	want := body(t, before)
	if after := mustRing(t, NewPool(dir), "a.test"); !bytes.Equal(body(t, after), want) {
		t.Error("the keys are others after a restart")
	}
	if err := os.WriteFile(filepath.Join(dir, "signing-1-key.pem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ring := mustRing(t, NewPool(dir), "a.test")
	if _, err := ring.JWKS(true); err == nil || !strings.Contains(err.Error(), "signing-1-key.pem") {
		t.Errorf("a damaged next key: %v", err)
	}
	if err := ring.Rotate(); err == nil || ring.Current().KID != before.Current().KID {
		t.Errorf("rotated to a damaged key: %v", err)
	}
}

func TestFormsOfACertificate(t *testing.T) {
	key := mustRing(t, NewPool(""), "a.test").Current()
	sum := sha1.Sum(certificateOf(t, key).Raw)
	info, err := key.Info()
	if err != nil {
		t.Fatal(err)
	}
	if info.KID != key.KID || info.Thumbprint != fmt.Sprintf("%X", sum[:]) || len(info.Fingerprint) != 59 ||
		strings.ReplaceAll(info.Fingerprint, ":", "") != info.Thumbprint {
		t.Errorf("%+v", info)
	}
	if block, _ := pem.Decode([]byte(info.Cert)); block == nil || !bytes.Equal(block.Bytes, certificateOf(t, key).Raw) {
		t.Errorf("PEM: %s", info.Cert)
	}
	text := info.PKCS7
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "PKCS7" || len(rest) > 0 || !bytes.Contains(block.Bytes, certificateOf(t, key).Raw) {
		t.Fatalf("PKCS #7: %s", text)
	}
	var outer struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}
	if rest, err := asn1.Unmarshal(block.Bytes, &outer); err != nil || len(rest) > 0 || outer.Type.String() != "1.2.840.113549.1.7.2" {
		t.Errorf("PKCS #7: %v, %d bytes more, %v", err, len(rest), outer.Type)
	}
}
