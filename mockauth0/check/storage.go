package check

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/pattern"
)

// stored is a value that a page keeps.
type stored struct {
	Where string // localStorage, sessionStorage, cookie
	Key   string
	Value string
}

const everythingStored = `[
	...Object.entries(localStorage).map(([Key, Value]) => ({ Where: 'localStorage', Key, Value: String(Value) })),
	...Object.entries(sessionStorage).map(([Key, Value]) => ({ Where: 'sessionStorage', Key, Value: String(Value) })),
	...document.cookie.split('; ').filter(Boolean).map((c) => ({ Where: 'cookie', Key: c.split('=')[0],
		Value: c.split('=').slice(1).join('=') })),
]`

// stores is everything that a page of the app keeps where scripts can read it.
func (s *scene) stores(p *browser.Page) (all []stored, err error) {
	if !strings.HasPrefix(p.URL(), s.Origin()) {
		return nil, nil
	}
	return all, p.Eval(everythingStored, &all)
}

var jwt = pattern.Lazy(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)

// tokens are the JWTs in a value.
func (v stored) tokens() []string { return jwt().FindAllString(v.Value, -1) }

// shared tells whether other tabs see it.
func (v stored) shared() bool { return v.Where != "sessionStorage" }

// withTokens are the values that hold a token: a JWT, or a refresh token by its name.
func withTokens(all []stored) (out []stored) {
	for _, v := range all {
		if len(v.tokens()) > 0 || strings.Contains(strings.ToLower(v.Key+v.Value), "refresh_token") {
			out = append(out, v)
		}
	}
	return out
}

// garbage are values that no app means to store.
func garbage(all []stored) (out []string) {
	for _, v := range all {
		if slices.Contains([]string{"undefined", "null", "NaN", "[object Object]", "Invalid Date"}, v.Value) && v.Where != "cookie" {
			out = append(out, fmt.Sprintf("%s has %s = %q", v.Where, v.Key, v.Value))
		}
	}
	return out
}

// newGarbage is what was not there before.
func newGarbage(before, after []stored) (out []string) {
	known := garbage(before)
	for _, text := range garbage(after) {
		if !slices.Contains(known, text) {
			out = append(out, text)
		}
	}
	return out
}

// storesText says for people where an app keeps its tokens.
func storesText(all []stored) (lines []string) {
	held := withTokens(all)
	if len(held) == 0 {
		return []string{"No token is where another script of the page could read it from storage: they are in memory, or with a server."}
	}
	for _, where := range []string{"localStorage", "sessionStorage", "cookie"} {
		var keys []string
		what := "tokens"
		for _, v := range held {
			if v.Where != where {
				continue
			}
			keys = append(keys, v.Key)
			if strings.Contains(strings.ToLower(v.Key+v.Value), "refresh") {
				what = "tokens, a refresh token among them"
			}
		}
		if len(keys) > 0 {
			slices.Sort(keys)
			lines = append(lines, fmt.Sprintf("%s has %s (%s): every script of the page can read them.", placeText(where), what,
				strings.Join(keys, ", ")))
		}
	}
	return lines
}

// placeText names a place where pages keep things, at the beginning of a sentence.
func placeText(where string) string {
	if where == "cookie" {
		return "A cookie that scripts can read"
	}
	return where
}

func decodePart(part string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(part) }
