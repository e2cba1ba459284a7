package e2e

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// goOIDC is coreos/go-oidc, which discovers and verifies, with x/oauth2, which fetches tokens.
type goOIDC struct {
	o        order
	base     string
	http     context.Context // holds the HTTP client, which both libraries take from there
	provider *oidc.Provider
	config   oauth2.Config
	verifier *oidc.IDTokenVerifier

	state, nonce, pkce string // of the login under way
	tokens             *oauth2.Token
	claims             map[string]any
}

func newGoOIDC(client *http.Client, o order, base string) http.Handler {
	g := &goOIDC{o: o, base: base, http: oidc.ClientContext(context.Background(), client)}
	var err error
	if g.provider, err = oidc.NewProvider(g.http, "https://"+o.Domain+"/"); err != nil {
		return goApp(nil, err)
	}
	g.config = oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURL: base + "/callback",
		Endpoint: g.provider.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess}}
	g.verifier = g.provider.VerifierContext(g.http, &oidc.Config{ClientID: o.ClientID})
	return goApp(g, nil)
}

func (g *goOIDC) login(extra url.Values) string {
	g.state, g.nonce, g.pkce = oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{
		oidc.Nonce(g.nonce), oauth2.S256ChallengeOption(g.pkce), oauth2.SetAuthURLParam("audience", g.o.Audience),
	}
	for name := range extra {
		options = append(options, oauth2.SetAuthURLParam(name, extra.Get(name)))
	}
	return g.config.AuthCodeURL(g.state, options...)
}

func (g *goOIDC) callback(_ context.Context, answer url.Values) (appAnswer, error) {
	if answer.Get("state") != g.state {
		return appAnswer{}, errors.New("the state is not the one that was sent")
	}
	if answer.Has("error") {
		return appAnswer{}, redirected{answer.Get("error"), answer.Get("error_description")}
	}
	got, err := g.config.Exchange(g.http, answer.Get("code"), oauth2.VerifierOption(g.pkce))
	if err != nil {
		return appAnswer{}, err
	}
	return g.keep(got, g.nonce)
}

func (g *goOIDC) refresh(_ context.Context, token string) (appAnswer, error) {
	if token == "" {
		token = g.tokens.RefreshToken
	}
	got, err := g.config.TokenSource(g.http, &oauth2.Token{RefreshToken: token}).Token()
	if err != nil {
		return appAnswer{}, err
	}
	return g.keep(got, "")
}

// keep verifies an ID token. The nonce is left to the libraries' users.
func (g *goOIDC) keep(got *oauth2.Token, nonce string) (appAnswer, error) {
	raw, _ := got.Extra("id_token").(string)
	id, err := g.verifier.Verify(g.http, raw)
	if err != nil {
		return appAnswer{}, err
	}
	if id.Nonce != nonce {
		return appAnswer{}, errors.New("the nonce is not the one that was sent")
	}
	out := appAnswer{Tokens: tokenSet{got.AccessToken, got.RefreshToken, raw}}
	if err := id.Claims(&out.User); err != nil {
		return appAnswer{}, err
	}
	g.tokens, g.claims = got, out.User
	return out, nil
}

func (g *goOIDC) userinfo(context.Context) (appAnswer, error) {
	info, err := g.provider.UserInfo(g.http, oauth2.StaticTokenSource(g.tokens))
	if err != nil {
		return appAnswer{}, err
	}
	var out appAnswer
	err = info.Claims(&out.User)
	return out, err
}

// logout leads to Auth0's own logout: these libraries have none.
func (g *goOIDC) logout(context.Context) (string, error) {
	g.tokens, g.claims = nil, nil
	return "https://" + g.o.Domain + "/v2/logout?" + url.Values{"client_id": {g.o.ClientID}, "returnTo": {g.base}}.Encode(), nil
}

func (g *goOIDC) user() map[string]any { return g.claims }
