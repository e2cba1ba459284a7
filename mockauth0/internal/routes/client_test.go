package routes_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestGoOIDC drives the tenant with clients that we did not write: x/oauth2 exchanges, go-oidc discovers and verifies.
func TestGoOIDC(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[1].RefreshToken.Rotating = true
	})
	p := tenanttest.Browse(t, s)
	ctx := oidc.ClientContext(context.Background(), s.Client())
	provider, err := oidc.NewProvider(ctx, s.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []struct {
		name   string
		config oauth2.Config
	}{
		{"public", oauth2.Config{ClientID: s.Snapshot().Clients[0].ClientID, RedirectURL: "http://localhost:3000"}},
		{"confidential", oauth2.Config{ClientID: "web", ClientSecret: "web+secret%21", RedirectURL: "https://web.example.test/cb"}},
	} {
		t.Run(client.name, func(t *testing.T) {
			c := client.config
			c.Endpoint, c.Scopes = provider.Endpoint(), []string{"openid", "profile", "email", "offline_access"}
			c.Endpoint.AuthStyle = oauth2.AuthStyleAutoDetect // Basic first, then the body
			v := oauth2.GenerateVerifier()
			ask := c.AuthCodeURL("a state", oauth2.S256ChallengeOption(v), oidc.Nonce("a nonce"), oauth2.SetAuthURLParam("prompt", "login"))
			back, err := url.Parse(p.Login(ask[len(s.URL()):]).Header.Get("Location"))
			if err != nil || back.Query().Get("state") != "a state" {
				t.Fatalf("%v: %v", back, err)
			}
			code := back.Query().Get("code")

			// A failed attempt must not use the code up.
			if wrong := c; c.ClientSecret != "" {
				wrong.ClientSecret = "wrong"
				var refused *oauth2.RetrieveError
				if _, err := wrong.Exchange(ctx, code, oauth2.VerifierOption(v)); !errors.As(err, &refused) || refused.ErrorCode != "access_denied" ||
					refused.ErrorDescription != "Unauthorized" || refused.Response.StatusCode != 401 {
					t.Fatalf("with a wrong secret: %v", err)
				}
			}
			// the attempt by Basic fails, the one by the body follows
			tenanttest.Arm(t, s, `{"when":{"endpoint":"token"},"times":1,"do":{"error":"invalid_client"}}`)
			tok, err := c.Exchange(ctx, code, oauth2.VerifierOption(v))
			if err != nil {
				t.Fatal(err)
			}
			verify := func(tok *oauth2.Token) *oidc.IDToken {
				t.Helper()
				raw, _ := tok.Extra("id_token").(string)
				id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: c.ClientID, Now: s.Now}).Verify(ctx, raw)
				if err != nil {
					t.Fatal(err)
				}
				info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tok))
				if err != nil || info.Subject != id.Subject || info.Email != "ada@example.test" || !info.EmailVerified {
					t.Fatalf("userinfo: %+v %v", info, err)
				}
				return id
			}
			if id := verify(tok); id.Nonce != "a nonce" || tok.TokenType != "Bearer" || tok.RefreshToken == "" {
				t.Errorf("%+v %+v", id, tok)
			}
			var refused *oauth2.RetrieveError
			if _, err := c.Exchange(ctx, code, oauth2.VerifierOption(v)); !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" ||
				refused.ErrorDescription != "Invalid authorization code" {
				t.Errorf("the code a second time: %v", err)
			}

			s.Advance(48 * time.Hour)
			renewed, err := c.TokenSource(ctx, &oauth2.Token{RefreshToken: tok.RefreshToken}).Token()
			if err != nil {
				t.Fatal(err)
			}
			if id := verify(renewed); id.Nonce != "" {
				t.Errorf("a refreshed ID token with the nonce %q", id.Nonce)
			}
			if rotates := c.ClientSecret != ""; rotates != (renewed.RefreshToken != tok.RefreshToken) {
				t.Errorf("rotation %v, refresh tokens %q and %q", rotates, tok.RefreshToken, renewed.RefreshToken)
			}
		})
	}
	t.Run("machine", func(t *testing.T) {
		c := clientcredentials.Config{
			ClientID: "machine", ClientSecret: "machine-secret", TokenURL: provider.Endpoint().TokenURL,
			EndpointParams: url.Values{"audience": {"https://api.example.test/"}},
		}
		tok, err := c.Token(ctx)
		if err != nil || !tok.Valid() || tok.Type() != "Bearer" {
			t.Errorf("%v %v", tok, err)
		}
	})
}
