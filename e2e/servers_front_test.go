package e2e

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
)

// A guise stands before a tenant.
type guise func(srv *mockauth0.Server) http.Handler

// ofAnotherApp gives the app the ID token that the tenant would issue to its single-page app.
func ofAnotherApp(srv *mockauth0.Server) http.Handler {
	return forging(srv.Handler(), webClient, func(token string) string {
		defer GinkgoRecover() // it runs in the tenant's goroutine
		nonce, _ := claimsOf(token)["nonce"].(string)
		other, err := srv.MintToken(mockauth0.TokenRequest{Client: clientID, User: ada.Email, Nonce: nonce})
		Expect(err).NotTo(HaveOccurred())
		return other.IDToken
	})
}

// changedOnTheWay gives it the right ID token, but for the address in it; the signature stays.
func changedOnTheWay(srv *mockauth0.Server) http.Handler {
	return forging(srv.Handler(), webClient, changed)
}

// changed is a token with another address in it, and the signature that it had.
func changed(token string) string {
	defer GinkgoRecover()
	claims := claimsOf(token)
	claims["email"] = "mallory@example.test"
	payload, err := json.Marshal(claims)
	Expect(err).NotTo(HaveOccurred())
	parts := strings.Split(token, ".")
	parts[1] = base64.RawURLEncoding.EncodeToString(payload)
	return strings.Join(parts, ".")
}
