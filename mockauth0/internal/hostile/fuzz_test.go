package hostile_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// acceptor is an endpoint that takes a JWT, and one that it takes.
type acceptor struct {
	name   string
	good   string
	accept func(token string) *httptest.ResponseRecorder
	taken  func(w *httptest.ResponseRecorder) bool
}

// acceptors are all endpoints that take JWTs; the good tokens are signed by hand and say fixed things.
func acceptors(t testing.TB) []acceptor {
	clientKey := newRSA(t)
	tn := tenant.Minimal()
	tenanttest.LogoutURLs(tn)
	keyed := tenant.NewClient("Keyed")
	keyed.AppType, keyed.ClientID, keyed.GrantTypes, keyed.TokenEndpointAuthMethod = "non_interactive", "keyed",
		[]string{"client_credentials"}, "private_key_jwt"
	keyed.PublicKeys = []string{tenanttest.PublicPEM(t, &clientKey.PublicKey)}
	tn.Clients = append(tn.Clients, keyed)
	tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{Client: "Keyed", Audience: "https://api.example.test/"})
	s, err := mockauth0.New(mockauth0.Options{Tenant: tn, Keys: tenanttest.Keys(), Domain: "tenant.example.test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	id, sub, key := s.Snapshot().Clients[0].ClientID, s.Snapshot().Users[0].ID, tenanttest.Ring(s).Current()
	const times = `"iat":1767323045,"exp":4102444800`
	ours := func(claims string) string {
		return tenanttest.Forge(fmt.Sprintf(`{"alg":"RS256","typ":"JWT","kid":%q}`, key.KID),
			`{"iss":"`+s.Issuer()+`","sub":"`+sub+`",`+claims+`}`, tenanttest.ByRSA(t, key.Private))
	}
	send := func(method, path string, v url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, s.URL()+path, nil)
		if method == http.MethodPost {
			r = httptest.NewRequest(method, s.URL()+path, strings.NewReader(v.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		} else {
			r.URL.RawQuery = v.Encode()
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	assertion := tenanttest.Forge(`{"alg":"RS256"}`, `{"iss":"keyed","sub":"keyed","aud":"`+s.Issuer()+`",`+times+`}`,
		tenanttest.ByRSA(t, clientKey))
	return []acceptor{
		{"/userinfo", ours(`"aud":["https://api.example.test/","` + s.URL() + `/userinfo"],` + times + `,"scope":"openid","azp":"` + id + `"`),
			func(token string) *httptest.ResponseRecorder {
				return send("POST", "/userinfo", tenanttest.Form("access_token", token))
			},
			func(w *httptest.ResponseRecorder) bool { return w.Code == 200 }},
		{"/oidc/logout", ours(`"aud":"` + id + `",` + times + `,"sid":"a-sid"`),
			func(token string) *httptest.ResponseRecorder {
				return send("GET", "/oidc/logout", tenanttest.Form("id_token_hint", token, "post_logout_redirect_uri", "http://localhost:3000"))
			},
			func(w *httptest.ResponseRecorder) bool { return w.Header().Get("Location") == "http://localhost:3000" }},
		{"/oauth/token", assertion,
			func(token string) *httptest.ResponseRecorder {
				return send("POST", "/oauth/token",
					tenanttest.Form("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "keyed",
						"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", token))
			},
			func(w *httptest.ResponseRecorder) bool { return w.Code == 200 }},
	}
}

// FuzzJWT: no endpoint takes a token that says anything but what was signed, and none fails over one.
func FuzzJWT(f *testing.F) {
	all := acceptors(f)
	for i, a := range all {
		if w := a.accept(a.good); !a.taken(w) {
			f.Fatalf("%s refuses the right token: %d %s", a.name, w.Code, w.Body)
		}
		for _, token := range forgeries(f, newRSA(f), newRSA(f), "kid", tenanttest.Part(f, a.good, 1)) {
			f.Add(uint8(i), token)
		}
		f.Add(uint8(i), a.good)
		f.Add(uint8(i), a.good+"=")
		f.Add(uint8(i), strings.Replace(a.good, ".", "..", 1))
	}
	f.Fuzz(func(t *testing.T, which uint8, token string) {
		a := all[int(which)%len(all)]
		w := a.accept(token)
		if w.Code >= 500 {
			t.Errorf("%s: %q: status %d", a.name, token, w.Code)
		}
		if !a.taken(w) {
			return
		}
		// The last character of base64 has bits to spare, so another text may be the same token.
		have, want := strings.Split(token, "."), strings.Split(a.good, ".")
		for n := range want {
			x, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("\r", "", "\n", "").Replace(have[n]))
			y, _ := base64.RawURLEncoding.DecodeString(want[n])
			if err != nil || !bytes.Equal(x, y) {
				t.Errorf("%s takes %q", a.name, token)
			}
		}
	})
}

// FuzzBodies: whatever the endpoints for scripts are sent, the answer is JSON or the text that they are known for, and never
// a failure of the tenant's.
func FuzzBodies(f *testing.F) {
	s, err := mockauth0.New(mockauth0.Options{Tenant: tenant.Minimal(), Keys: tenanttest.Keys()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	id := s.Snapshot().Clients[0].ClientID
	paths := []string{
		"/oauth/revoke", "/oauth/par", "/dbconnections/signup", "/dbconnections/change_password", "/usernamepassword/login",
		"/usernamepassword/challenge",
	}
	const formType, jsonType = "application/x-www-form-urlencoded", "application/json"
	for i := range paths {
		for _, body := range []string{
			"", "client_id=" + id, "client_id=" + id +
				"&token=x&response_type=code&connection=Username-Password-Authentication&email=a@b.test&password=x&username=y", "%", "a;b",
			"client_id=a&client_id=b",
		} {
			f.Add(uint8(i), formType, body)
		}
		for _, body := range []string{
			"", "null", "[]", "{}", `{"client_id":{}}`,
			`{"client_id":"` + id +
				`","connection":"Username-Password-Authentication","email":"A@B.test","password":"x","user_metadata":{"a":1e999}}`,
			`{"password":"\ud800"}`, strings.Repeat(`{"a":`, 9999),
		} {
			f.Add(uint8(i), jsonType, body)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, contentType, body string) {
		path := paths[int(which)%len(paths)]
		if len(s.Snapshot().Users) > 100 { // those who signed up
			s.Reset()
		}
		r := httptest.NewRequest(http.MethodPost, s.URL()+path, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Errorf("%s %q %q: status %d %s", path, contentType, body, w.Code, w.Body)
		}
		if w.Code >= 400 && !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
			t.Errorf("%s %q %q: %d %s", path, contentType, body, w.Code, w.Header().Get("Content-Type"))
		}
		if c := w.Result().Cookies(); strings.Contains(fmt.Sprint(c), "auth0=") {
			t.Errorf("%s %q %q begins a session", path, contentType, body)
		}
	})
}
