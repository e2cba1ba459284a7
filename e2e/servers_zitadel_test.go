package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

// zitadel is the relying party of zitadel/oidc.
type zitadel struct {
	o    order
	base string
	rp   rp.RelyingParty

	state, nonce, pkce string // of the login under way
	tokens             *oidc.Tokens[*oidc.IDTokenClaims]
	claims             map[string]any
}

func newZitadel(client *http.Client, o order, base string) http.Handler {
	z := &zitadel{o: o, base: base}
	var err error
	z.rp, err = rp.NewRelyingPartyOIDC(context.Background(), "https://"+o.Domain+"/", o.ClientID, o.ClientSecret, base+"/callback",
		[]string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}, rp.WithHTTPClient(client),
		rp.WithVerifierOpts(rp.WithNonce(func(context.Context) string { return z.nonce })))
	return goApp(z, err)
}

func (z *zitadel) login(extra url.Values) string {
	z.state, z.nonce, z.pkce = oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	options := []rp.AuthURLOpt{rp.WithCodeChallenge(oidc.NewSHACodeChallenge(z.pkce)), with("nonce", z.nonce), with("audience", z.o.Audience)}
	for name := range extra {
		options = append(options, with(name, extra.Get(name)))
	}
	return rp.AuthURL(z.state, z.rp, options...)
}

func with(name, value string) rp.AuthURLOpt { return rp.AuthURLOpt(rp.WithURLParam(name, value)) }

func (z *zitadel) callback(ctx context.Context, answer url.Values) (appAnswer, error) {
	if answer.Get("state") != z.state {
		return appAnswer{}, errors.New("the state is not the one that was sent")
	}
	if answer.Has("error") {
		return appAnswer{}, redirected{answer.Get("error"), answer.Get("error_description")}
	}
	tokens, err := rp.CodeExchange[*oidc.IDTokenClaims](ctx, answer.Get("code"), z.rp, rp.WithCodeVerifier(z.pkce))
	if err != nil {
		return appAnswer{}, err
	}
	return z.keep(tokens)
}

func (z *zitadel) refresh(ctx context.Context, token string) (appAnswer, error) {
	if token == "" {
		token = z.tokens.RefreshToken
	}
	z.nonce = "" // a refreshed ID token answers no authorization request
	tokens, err := rp.RefreshTokens[*oidc.IDTokenClaims](ctx, z.rp, token, "", "")
	if err != nil {
		return appAnswer{}, err
	}
	return z.keep(tokens)
}

func (z *zitadel) keep(tokens *oidc.Tokens[*oidc.IDTokenClaims]) (appAnswer, error) {
	z.tokens = tokens
	var err error
	z.claims, err = asMap(tokens.IDTokenClaims)
	return appAnswer{User: z.claims, Tokens: tokenSet{tokens.AccessToken, tokens.RefreshToken, tokens.IDToken}}, err
}

func (z *zitadel) userinfo(ctx context.Context) (appAnswer, error) {
	info, err := rp.Userinfo[*oidc.UserInfo](ctx, z.tokens.AccessToken, z.tokens.TokenType, z.tokens.IDTokenClaims.Subject, z.rp)
	if err != nil {
		return appAnswer{}, err
	}
	user, err := asMap(info)
	return appAnswer{User: user}, err
}

// logout leads the browser to the advertised endpoint. rp.EndSession would call it from here, without the browser's session,
// and Auth0 asks for a confirmation then.
func (z *zitadel) logout(context.Context) (string, error) {
	q := url.Values{"id_token_hint": {z.tokens.IDToken}, "post_logout_redirect_uri": {z.base}}
	z.tokens, z.claims = nil, nil
	return z.rp.GetEndSessionEndpoint() + "?" + q.Encode(), nil
}

func (z *zitadel) user() map[string]any { return z.claims }

func asMap(claims any) (map[string]any, error) {
	text, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	err = json.Unmarshal(text, &out)
	return out, err
}
