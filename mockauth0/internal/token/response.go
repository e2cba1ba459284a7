package token

import "time"

// Response is a successful token response, its members in Auth0's order (fact 4-member-order).
type Response struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
	TokenType    string `json:"token_type"`
}

// Response is the token response with these tokens; refresh is "" where there is no refresh token.
func (s Set) Response(refresh string) Response {
	return Response{AccessToken: s.AccessToken, RefreshToken: refresh, IDToken: s.IDToken, Scope: s.Scope,
		ExpiresIn: int64(s.ExpiresIn / time.Second), TokenType: "Bearer"}
}
