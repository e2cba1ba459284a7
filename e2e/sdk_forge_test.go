package e2e

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
)

var jwts = regexp.MustCompile(`eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+`)

// forgeIDTokens stands before the tenant and changes every ID token on its way to the browser.
func (s *SDKScene) forgeIDTokens(change func(token string) string) {
	GinkgoHelper()
	Expect(s.Serve(s.TenantURL(), forging(s.Tenant.Handler(), clientID, change))).To(Succeed())
}

// forging changes a client's ID tokens in the answers of a tenant, wherever in an answer they are.
func forging(tenant http.Handler, client string, change func(token string) string) http.Handler {
	forge := func(token string) string {
		if claimsOf(token)["aud"] != client {
			return token
		}
		return change(token)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		genuine := httptest.NewRecorder()
		tenant.ServeHTTP(genuine, r)
		for name, values := range genuine.Header() {
			for _, v := range values {
				w.Header().Add(name, jwts.ReplaceAllStringFunc(v, forge))
			}
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(genuine.Code)
		w.Write([]byte(jwts.ReplaceAllStringFunc(genuine.Body.String(), forge)))
	})
}

// withClaim makes the ID token anew with another claim, signed by the tenant, so that the refusal names the claim and
// nothing else.
func (s *SDKScene) withClaim(name string, value any) func(token string) string {
	return func(token string) string {
		defer GinkgoRecover() // it runs in the tenant's goroutine
		nonce, _ := claimsOf(token)["nonce"].(string)
		minted, err := s.Tenant.MintToken(mockauth0.TokenRequest{
			Client: clientID, User: ada.Email, Audience: audience, Nonce: nonce, Claims: map[string]any{name: value},
		})
		Expect(err).NotTo(HaveOccurred())
		return minted.IDToken
	}
}

// claimsOf reads a JWT without looking at its signature; nil when it is none.
func claimsOf(token string) (claims map[string]any) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return nil
	}
	return claims
}
