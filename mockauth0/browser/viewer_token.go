package browser

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/harfile"
	"renewal.example/mockauth0/internal/pattern"
)

// shownToken is a JWT with what it says, and a word on the claims that matter at that time.
type shownToken struct {
	Name   string // where it stood: "id_token", "the request's Authorization"
	Header string
	Claims []shownClaim
}

type shownClaim struct {
	Name, Value, Word string
	Bad               bool
}

var (
	jwtLike    = pattern.Lazy(`eyJ[\w-]*\.eyJ[\w-]*`)
	namedToken = pattern.Lazy(`(\w*token\w*|assertion)["=: ]+$`)
)

// mostTokens is how many tokens of an exchange are shown.
const mostTokens = 6

// tokensIn finds the tokens of an exchange.
func tokensIn(e *harfile.Entry, x *exchange, tenant string) (out []shownToken) {
	seen := map[string]bool{}
	find := func(text, otherwise string, at time.Time) {
		for _, m := range jwtLike().FindAllStringIndex(text, mostTokens) {
			token := text[m[0]:m[1]]
			if seen[token] || len(out) == mostTokens {
				continue
			}
			seen[token] = true
			name := otherwise
			if found := namedToken().FindStringSubmatch(text[max(0, m[0]-40):m[0]]); found != nil {
				name = found[1]
			}
			if shown, ok := showToken(token, name, x, tenant, at); ok {
				out = append(out, shown)
			}
		}
	}
	at := e.BrowserTime
	if at.IsZero() {
		at = e.TenantTime
	}
	for _, h := range e.Request.Headers {
		if strings.EqualFold(h.Name, "authorization") {
			find(h.Value, "the request's Authorization", at)
		}
	}
	find(e.Request.URL, "in the address", at)
	if e.Request.PostData != nil {
		find(e.Request.PostData.Text, "in the request's body", at)
	}
	find(e.Response.RedirectURL, "in the answer's Location", at)
	find(e.Response.Content.Text, "in the answer's body", at)
	return out
}

func showToken(token, name string, x *exchange, tenant string, at time.Time) (shownToken, bool) {
	parts := strings.Split(token, ".")
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return shownToken{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return shownToken{}, false
	}
	var claims map[string]json.RawMessage
	if json.Unmarshal(payload, &claims) != nil || !json.Valid(header) {
		return shownToken{}, false
	}
	shown := shownToken{Name: name, Header: string(header)}
	for _, name := range orderOf(payload) {
		c := shownClaim{Name: name, Value: string(claims[name])}
		c.judge(shown.Name, x, tenant, at)
		shown.Claims = append(shown.Claims, c)
	}
	return shown, true
}

// orderOf are the names of an object's members as they are written.
func orderOf(object []byte) (out []string) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return out
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return out
		}
		if text, ok := name.(string); ok && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// judge says of a claim what matters at the time of the exchange, by the browser's clock.
func (c *shownClaim) judge(token string, x *exchange, tenant string, at time.Time) {
	switch c.Name {
	case "exp", "nbf", "iat", "auth_time":
		var seconds float64
		if json.Unmarshal([]byte(c.Value), &seconds) != nil || at.IsZero() {
			return
		}
		when := time.Unix(int64(seconds), 0)
		c.Word, c.Bad = timeWord(c.Name, when, at)
	case "iss":
		if issuer := strings.Trim(c.Value, `"`); tenant != "" && x.Endpoint != "" && strings.TrimSuffix(issuer, "/") != tenant {
			c.Word, c.Bad = "differs from the tenant's issuer, "+tenant+"/", true
		}
	case "aud":
		var one string
		var many []string
		if json.Unmarshal([]byte(c.Value), &one) == nil {
			many = []string{one}
		} else if json.Unmarshal([]byte(c.Value), &many) != nil {
			return
		}
		want, what := x.clientID, "client that asked"
		if token == "access_token" {
			want, what = x.aud, "audience that was asked for"
		} else if token != "id_token" {
			return
		}
		if want != "" && !slices.Contains(many, want) {
			c.Word, c.Bad = fmt.Sprintf("differs from the %s, %s", what, want), true
		}
	}
}

func timeWord(claim string, when, at time.Time) (word string, bad bool) {
	away := when.Sub(at).Round(time.Second)
	clock := when.UTC().Format("2006-01-02 15:04:05")
	switch {
	case claim == "exp" && away <= 0:
		return fmt.Sprintf("expired at %s, %s before", clock, -away), true
	case claim == "exp":
		return fmt.Sprintf("expires at %s, in %s", clock, away), false
	case claim == "nbf" && away > 0:
		return fmt.Sprintf("not valid before %s, in %s", clock, away), true
	case away > time.Second:
		return fmt.Sprintf("%s, %s ahead of the browser's clock", clock, away), claim == "iat"
	case away < -time.Second:
		return fmt.Sprintf("%s, %s before", clock, -away), false
	}
	return clock, false
}
