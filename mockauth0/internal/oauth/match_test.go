package oauth

import (
	"net/url"
	"strings"
	"testing"
)

func TestMatchCallback(t *testing.T) {
	t.Parallel()
	const wild = "https://*.example.com/cb"
	for _, tc := range []struct {
		allowed, attempt string
		want             bool
	}{
		{"https://a.example.com/cb", "https://a.example.com/cb", true},
		{"https://a.example.com/cb", "https://a.example.com/cb/", false},
		{"https://a.example.com/cb", "HTTPS://a.example.com/cb", false},
		{"http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", false},
		{wild, "https://app.example.com/cb", true},
		{wild, "https://app.example.com/cb?x", false},
		{wild, "https://a.b.example.com/cb", false},
		{wild, "https://.example.com/cb", false},
		{wild, "https://example.com/cb", false},
		{wild, "http://app.example.com/cb", false},
		{wild, wild, false},
		{wild, "https://evil.com/.example.com/cb", false},
		{wild, "https://evil.com#.example.com/cb", false},
		{wild, "https://evil.com?.example.com/cb", false},
		{wild, "https://a@evil.example.com/cb", false},
		{wild, "https://evil.com\\.example.com/cb", false},
		{"https://pre-*-suf.example.com", "https://pre-1-suf.example.com", true},
		{"https://pre-*-suf.example.com", "https://pre--suf.example.com", false},
		{"https://*.com", "https://evil.com", false},
		{"https://a.*.example.com", "https://a.b.example.com", false},
		{"com.app://*.example.com", "com.app://a.example.com", false},
		{"", "", true}, // a tenant with an empty callback is refused at load
	} {
		if got := MatchCallback([]string{tc.allowed}, tc.attempt); got != tc.want {
			t.Errorf("%q allows %q: %v, want %v", tc.allowed, tc.attempt, got, tc.want)
		}
	}
	if MatchCallback(nil, "https://a.example.com") || MatchCallback(nil, "") {
		t.Error("an empty list allows something")
	}
}

func TestMatchOrigin(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		allowed, origin string
		want            bool
	}{
		{"https://a.example.com", "https://a.example.com", true},
		{"https://A.example.com/", "https://a.example.com", true},
		{"https://a.example.com/path", "https://a.example.com", false},
		{"https://*.example.com", "https://b.example.com", true},
		{"https://*.example.com", "https://b.example.com:8443", false},
		{"http://localhost:3000", "http://localhost:3001", false},
		{"http://localhost:3000", "null", false},
	} {
		if got := MatchOrigin([]string{tc.allowed}, tc.origin); got != tc.want {
			t.Errorf("%q allows %q: %v, want %v", tc.allowed, tc.origin, got, tc.want)
		}
	}
}

func TestWithoutQuery(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://a.test/b?c=d#e": "https://a.test/b", "https://a.test/b#e?f": "https://a.test/b", "https://a.test/b": "https://a.test/b", "": "",
	} {
		if got := WithoutQuery(address); got != want {
			t.Errorf("%s: %q", address, got)
		}
	}
}

func TestOriginOf(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://App.example.com:443/cb?x#y": "https://app.example.com", "http://localhost:80": "http://localhost",
		"http://[::1]:3000/x": "http://[::1]:3000", "com.app:/cb": "", "javascript:x": "", "//evil": "", "https://": "", "%": "",
	} {
		if got, ok := OriginOf(raw); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", raw, got, ok, want)
		}
	}
}

func TestResponseTypesAndScopes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ResponseType{
		"token": {Token: true}, "id_token": {IDToken: true}, "token id_token": {Token: true, IDToken: true}, "id_token token": {Token: true, IDToken: true},
		" code  id_token ": {Code: true, IDToken: true}, "": {}, "none": {}, "token token": {}, "Token": {},
	} {
		if got, ok := ParseResponseType(text); got != want || ok != (want != ResponseType{}) {
			t.Errorf("%q: %+v %v", text, got, ok)
		}
	}
	if got := strings.Join(Scopes(" openid  email openid "), ","); got != "openid,email" {
		t.Errorf("scopes: %s", got)
	}
}

func FuzzMatch(f *testing.F) {
	for _, seed := range []string{"https://app.example.com/cb", "https://evil.com/.example.com/cb", "https://a@b.example.com/cb", "//x", "",
		"https://x.example.com", "http://localhost:3000?x", "http://localhost:3000\\@evil", "HTTP://LOCALHOST:3000/", "https://*.example.com/cb",
		"https://app.example.com/cb?a=1#b", "https://app.example.com", "https://app.example.com\\.example.com/cb", "https://app.example.com:443",
		"http://localhost:3000#top", "com.app:/cb", "com.app://evil/cb", "http://localhost:3000\r\n", "\u2028http://localhost:3000", "null"} {
		f.Add(seed)
	}
	allowed := []string{"https://*.example.com/cb", "http://localhost:3000", "com.app:/cb"}
	f.Fuzz(func(t *testing.T, attempt string) {
		callback, logout := MatchCallback(allowed, attempt), MatchLogout(allowed, attempt)
		if MatchPostLogout(allowed, attempt) && !logout {
			t.Errorf("%q is allowed at /oidc/logout and not at /v2/logout, which compares less", attempt)
		}
		if MatchOrigin([]string{"https://*.example.com", "http://localhost:3000"}, attempt) {
			if origin, ok := OriginOf(attempt); !ok || !strings.EqualFold(origin, attempt) ||
				!strings.HasSuffix(origin, ".example.com") && origin != "http://localhost:3000" {
				t.Errorf("%q is allowed as an origin", attempt)
			}
		}
		if !callback && !logout {
			return
		}
		u, err := url.Parse(attempt)
		if err != nil || u.User != nil || strings.ContainsAny(attempt, "\\\r\n\t ") && callback {
			t.Fatalf("%q is allowed: %v", attempt, err)
		}
		host := strings.ToLower(u.Host)
		if host != "localhost:3000" &&
			(!strings.HasSuffix(host, ".example.com") || strings.Count(host, ".") != 2 || strings.Contains(host, "*")) &&
			!strings.EqualFold(u.Scheme, "com.app") {
			t.Errorf("%q is allowed and leads to %q", attempt, u.Host)
		}
		if callback && attempt != allowed[1] && attempt != allowed[2] && !strings.HasPrefix(attempt, "https://") {
			t.Errorf("%q is allowed as a callback", attempt)
		}
	})
}
