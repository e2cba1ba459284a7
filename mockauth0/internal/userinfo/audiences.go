package userinfo

import "encoding/json"

// audiences is an aud claim: one string or a list (RFC 7519 §4.1.3).
type audiences []string

// UnmarshalJSON accepts both forms.
func (a *audiences) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audiences{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}
