package reconstruct

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/recording"
)

// analysedHAR is what the text of a HAR tells.
func analysedHAR(t *testing.T, text []byte) (*Analysis, *recording.Recording) {
	t.Helper()
	rec, err := har.Read(strings.NewReader(string(text)), recording.NewRedactor(), har.Options{Domains: []string{"acme.eu.auth0.com",
		"***.eu.auth0.com", "redacted.invalid"}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Analyse(rec, "it", stock(t))
	if err != nil {
		t.Fatal(err)
	}
	return a, rec
}

// exchange is an entry of a HAR in which every value is there.
type exchange struct {
	at, method, path string
	params           url.Values
	dest             string
	cookies          string
	status           int
	location         string
	set              string
	kind, body       string
}

func (x exchange) entry() map[string]any {
	pairs := func(list ...string) []any {
		out := []any{}
		for i := 0; i+1 < len(list); i += 2 {
			if list[i+1] != "" {
				out = append(out, map[string]any{"name": list[i], "value": list[i+1]})
			}
		}
		return out
	}
	site := map[string]string{"iframe": "same-site", "document": "none", "empty": "same-site"}[x.dest]
	request := map[string]any{"method": x.method, "url": "https://acme.eu.auth0.com" + x.path, "cookies": []any{}, "headers": pairs(
		"Host", "acme.eu.auth0.com", "Cookie", x.cookies, "Origin", map[string]string{"empty": "https://app.acme.example"}[x.dest],
		"Referer", "https://app.acme.example/", "Sec-Fetch-Dest", x.dest, "Sec-Fetch-Mode", map[bool]string{true: "cors",
			false: "navigate"}[x.dest == "empty"],
		"Sec-Fetch-Site", site, "User-Agent", "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
	)}
	if x.method == "POST" {
		request["postData"] = map[string]any{"mimeType": "application/x-www-form-urlencoded", "text": x.params.Encode()}
	} else if x.params != nil {
		request["url"] = "https://acme.eu.auth0.com" + x.path + "?" + x.params.Encode()
	}
	return map[string]any{"startedDateTime": "2026-11-20T" + x.at + ".000Z", "time": 80, "request": request, "response": map[string]any{
		"status": x.status, "cookies": []any{}, "redirectURL": x.location, "headers": pairs("Content-Type", x.kind, "Location", x.location,
			"Set-Cookie", x.set,
			"Access-Control-Allow-Origin", map[string]string{"empty": "https://app.acme.example"}[x.dest], "X-Auth0-RequestId", "1"),
		"content": map[string]any{"size": len(x.body), "mimeType": x.kind, "text": x.body},
	}}
}

// healthy is a login, renewals of both kinds that work, and a logout.
func healthy() map[string]any {
	const app, client = "https://app.acme.example", "AcmeSpaClient0000000000000000001"
	page := func(response string) string {
		return `<html><script>var targetOrigin = "` + app + `"; var authorizationResponse = ` +
			`{type: "authorization_response", response: ` + response + `};</script></html>`
	}
	jwt := func(nonce string, at int64) string {
		claims := fmt.Sprintf(`{"iss":"https://acme.eu.auth0.com/","sub":"auth0|ada","aud":%q,"iat":%d,"exp":%d,"nonce":%q}`, client, at, at+36000, nonce)
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT","kid":"key-one"}`)) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
	}
	ask := func(state, nonce, more string) url.Values {
		v, _ := url.ParseQuery(more)
		for name, value := range map[string]string{"client_id": client, "response_type": "code", "scope": "openid offline_access",
			"redirect_uri": app + "/cb",
			"audience":     "https://api.acme.example/", "state": state, "nonce": nonce,
			"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"} {
			v.Set(name, value)
		}
		return v
	}
	exchanged := func(code string) url.Values {
		return url.Values{"client_id": {client}, "grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {app + "/cb"},
			"code_verifier": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}}
	}
	refresh := func(token string) url.Values {
		return url.Values{"client_id": {client}, "grant_type": {"refresh_token"}, "refresh_token": {token}}
	}
	answer := func(nonce string, at int64, refresh string) string {
		return fmt.Sprintf(`{"access_token":"opaque-access-token-%d","id_token":%q,"refresh_token":%q,"expires_in":7200,"scope":"openid","token_type":"Bearer"}`, at, jwt(nonce, at), refresh)
	}
	const html, data = "text/html; charset=utf-8", "application/json"
	const session = "auth0=s%3Av1.aaaaaaaaaaaaaaaaaaaa; did=s%3Av0.bbbbbbbbbbbbbbbbbbbb"
	const nine = 1795165200 // 20 Nov 2026 09:00 UTC
	entries := []any{}
	for _, x := range []exchange{
		{"08:59:58", "GET", "/.well-known/openid-configuration", nil, "empty", "", 200, "", "", data, `{"issuer":"https://acme.eu.auth0.com/","jwks_uri":"https://acme.eu.auth0.com/.well-known/jwks.json","authorization_endpoint":"https://acme.eu.auth0.com/authorize","token_endpoint":"https://acme.eu.auth0.com/oauth/token"}`},
		{"09:00:00", "GET", "/authorize", ask("state-of-login", "nonce-of-login", "response_mode=query&connection=google-oauth2"), "document", "", 302, "/u/login?state=transaction-number-one", "did=s%3Av0.bbbbbbbbbbbbbbbbbbbb; Path=/", html, ""},
		{"09:00:20", "POST", "/u/login", url.Values{"state": {"transaction-number-one"}, "username": {"ada@acme.example"}, "password": {"correct horse battery"}}, "document", "did=s%3Av0.bbbbbbbbbbbbbbbbbbbb", 302, "/authorize/resume?state=transaction-number-two", "auth0=s%3Av1.aaaaaaaaaaaaaaaaaaaa; Path=/", html, ""},
		{"09:00:21", "GET", "/authorize/resume", url.Values{"state": {"transaction-number-two"}}, "document", session, 302, app + "/cb?code=the-code-of-login&state=state-of-login", "", html, ""},
		{"09:00:22", "POST", "/oauth/token", exchanged("the-code-of-login"), "empty", "", 200, "", "", data, answer("nonce-of-login", nine+22, "refresh-token-number-one")},
		{"09:00:23", "GET", "/.well-known/jwks.json", nil, "empty", "", 200, "", "", data, `{"keys":[{"kid":"key-one","kty":"RSA","n":"x","e":"AQAB"}]}`},
		{"09:10:00", "GET", "/authorize", ask("state-of-renewal", "nonce-of-renewal", "response_mode=web_message&prompt=none"), "iframe", session, 200, "", "auth0=s%3Av1.cccccccccccccccccccc; Path=/", html, page(`{"code":"the-code-of-renewal","state":"state-of-renewal"}`)},
		{"09:10:01", "POST", "/oauth/token", exchanged("the-code-of-renewal"), "empty", "", 200, "", "", data, answer("nonce-of-renewal", nine+601, "refresh-token-number-two")},
		{"09:20:00", "POST", "/oauth/token", refresh("refresh-token-number-two"), "empty", "", 200, "", "", data, answer("", nine+1200, "refresh-token-number-three")},
		{"09:30:00", "POST", "/oauth/token", refresh("refresh-token-number-three"), "empty", "", 200, "", "", data, answer("", nine+1800, "refresh-token-number-four")},
		{"09:40:00", "GET", "/authorize", ask("state-of-second", "nonce-of-second", "response_mode=web_message&prompt=none"), "iframe", session, 200, "", "", html, page(`{"code":"the-code-of-second","state":"state-of-second"}`)},
		{"09:40:01", "POST", "/oauth/token", exchanged("the-code-of-second"), "empty", "", 200, "", "", data, answer("nonce-of-second", nine+2401, "refresh-token-number-five")},
		{"09:50:00", "GET", "/v2/logout", url.Values{"client_id": {client}, "returnTo": {app}}, "document", session, 302, app, "auth0=; Path=/", html, ""},
	} {
		entries = append(entries, x.entry())
	}
	return map[string]any{"log": map[string]any{"version": "1.2", "creator": map[string]any{"name": "x", "version": "1"}, "entries": entries}}
}

// A hider takes something out of the text of a HAR, as people and programs do.
type hider struct {
	name string
	of   func(file map[string]any, mark string)
}

// eachEntry calls a function for each entry's request and response.
func eachEntry(file map[string]any, do func(request, response map[string]any)) {
	for _, e := range file["log"].(map[string]any)["entries"].([]any) {
		entry := e.(map[string]any)
		request, _ := entry["request"].(map[string]any)
		response, _ := entry["response"].(map[string]any)
		do(request, response)
	}
}

// fields calls a function for each of a list of names and values.
func fields(list any, do func(pair map[string]any)) {
	all, _ := list.([]any)
	for _, p := range all {
		if pair, ok := p.(map[string]any); ok {
			do(pair)
		}
	}
}

var parameter = regexp.MustCompile(`([?&#]|^)([A-Za-z_]+)=([^&#]*)`)

// withParameters replaces values of parameters in an address or a form.
func withParameters(text, mark string, which func(name string) bool) string {
	return parameter.ReplaceAllStringFunc(text, func(found string) string {
		m := parameter.FindStringSubmatch(found)
		if !which(m[2]) {
			return found
		}
		return m[1] + m[2] + "=" + strings.ReplaceAll(mark, "NAME", m[2])
	})
}

func hideParameters(which func(name string) bool) func(map[string]any, string) {
	return func(file map[string]any, mark string) {
		hide := func(in map[string]any, name string) {
			if text, ok := in[name].(string); ok {
				in[name] = withParameters(text, mark, which)
			}
		}
		eachEntry(file, func(request, response map[string]any) {
			hide(request, "url")
			hide(response, "redirectURL")
			if post, ok := request["postData"].(map[string]any); ok {
				hide(post, "text")
				fields(post["params"], func(p map[string]any) {
					if which(p["name"].(string)) {
						p["value"] = strings.ReplaceAll(mark, "NAME", p["name"].(string))
					}
				})
			}
			fields(response["headers"], func(h map[string]any) {
				if strings.EqualFold(h["name"].(string), "Location") {
					hide(h, "value")
				}
			})
		})
	}
}

func hideHeaders(names ...string) func(map[string]any, string) {
	return func(file map[string]any, mark string) {
		eachEntry(file, func(request, response map[string]any) {
			for _, list := range []any{request["headers"], response["headers"]} {
				fields(list, func(h map[string]any) {
					if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, h["name"].(string)) }) {
						h["value"] = strings.ReplaceAll(mark, "NAME", h["name"].(string))
					}
				})
			}
			for _, list := range []any{request["cookies"], response["cookies"]} {
				fields(list, func(c map[string]any) { c["name"], c["value"] = mark, mark })
			}
		})
	}
}

func dropHeaders(names ...string) func(map[string]any, string) {
	return func(file map[string]any, _ string) {
		eachEntry(file, func(request, response map[string]any) {
			for _, part := range []map[string]any{request, response} {
				list, _ := part["headers"].([]any)
				part["cookies"] = []any{}
				part["headers"] = slices.DeleteFunc(slices.Clone(list), func(h any) bool {
					return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool {
						return strings.EqualFold(n, h.(map[string]any)["name"].(string))
					})
				})
			}
		})
	}
}

func hideBodies(file map[string]any, mark string) {
	eachEntry(file, func(_, response map[string]any) {
		if content, ok := response["content"].(map[string]any); ok && content["text"] != nil && content["text"] != "" {
			content["text"] = strings.ReplaceAll(mark, "NAME", "text/html")
			delete(content, "encoding")
		}
	})
}

var member = regexp.MustCompile(`("(?:state|code|access_token|id_token|refresh_token|nonce)"\s*:\s*)"[^"]*"`)

func hideMembers(file map[string]any, mark string) {
	eachEntry(file, func(_, response map[string]any) {
		if content, ok := response["content"].(map[string]any); ok && content["encoding"] == nil {
			text, _ := content["text"].(string)
			content["text"] = member.ReplaceAllString(text, `$1"`+strings.ReplaceAll(mark, "NAME", "x")+`"`)
		}
	})
}

var cookieValue = regexp.MustCompile(`(^|; )(auth0|auth0_compat|did)=[^;]*`)

func hiders() []hider {
	only := func(names ...string) func(string) bool {
		return func(n string) bool { return slices.Contains(names, n) }
	}
	cloudflare := only("access_token", "assertion", "auth", "challenge", "client_id", "client_secret", "code", "code_challenge",
		"code_verifier", "email",
		"id_token", "password", "refresh_token", "state", "token")
	all := func(string) bool { return true }
	return []hider{
		{"state", hideParameters(only("state"))}, {"nonce", hideParameters(only("nonce"))}, {"code", hideParameters(only("code"))},
		{"client_id", hideParameters(only("client_id"))}, {"redirect_uri", hideParameters(only("redirect_uri", "returnTo"))},
		{"audience and scope", hideParameters(only("audience", "scope"))}, {"refresh_token", hideParameters(only("refresh_token"))},
		{"prompt", hideParameters(only("prompt"))}, {"grant_type", hideParameters(only("grant_type"))}, {"response_mode", hideParameters(only("response_mode"))},
		{"Cloudflare's words", hideParameters(cloudflare)}, {"all parameters", hideParameters(all)},
		{"cookies", hideHeaders("Cookie", "Set-Cookie")}, {"Cookie only", hideHeaders("Cookie")}, {"Set-Cookie only", hideHeaders("Set-Cookie")},
		{"Origin", hideHeaders("Origin", "Referer")}, {"CORS headers", hideHeaders("Access-Control-Allow-Origin")}, {"all headers", hideHeaders()},
		{"Location", hideHeaders("Location")}, {"no cookies", dropHeaders("Cookie", "Set-Cookie", "Authorization")},
		{"no Cookie", dropHeaders("Cookie")}, {"no Set-Cookie", dropHeaders("Set-Cookie")}, {"no headers", dropHeaders()},
		{"cookies' values", func(file map[string]any, mark string) {
			eachEntry(file, func(request, response map[string]any) {
				for _, list := range []any{request["headers"], response["headers"]} {
					fields(list, func(h map[string]any) {
						if name := h["name"].(string); strings.EqualFold(name, "Cookie") || strings.EqualFold(name, "Set-Cookie") {
							h["value"] = cookieValue.ReplaceAllString(h["value"].(string), "$1$2="+strings.ReplaceAll(mark, "NAME", "cookie"))
						}
					})
				}
			})
		}},
		{"part of the host", func(file map[string]any, mark string) {
			eachEntry(file, func(request, response map[string]any) {
				request["url"] = strings.Replace(request["url"].(string), "https://acme.", "https://***.", 1)
			})
		}},
		{"the host", func(file map[string]any, mark string) {
			eachEntry(file, func(request, response map[string]any) {
				request["url"] = strings.Replace(request["url"].(string), "acme.eu.auth0.com", "[host redacted]", 1)
			})
		}},
		{"part of the pages", func(file map[string]any, mark string) {
			text, _ := json.Marshal(file)
			_ = json.Unmarshal([]byte(strings.ReplaceAll(string(text), "app.acme.example", "***.example")), &file)
		}},
		{"part of the origin", func(file map[string]any, mark string) {
			eachEntry(file, func(request, response map[string]any) {
				fields(request["headers"], func(h map[string]any) { h["value"] = strings.Replace(h["value"].(string), "app.acme", "***", 1) })
			})
		}},
		{"bodies", hideBodies}, {"members", hideMembers},
		{"no responses", func(file map[string]any, _ string) {
			for _, e := range file["log"].(map[string]any)["entries"].([]any) {
				delete(e.(map[string]any), "response")
			}
		}},
		{"all", func(file map[string]any, mark string) {
			hideParameters(all)(file, mark)
			hideHeaders()(file, mark)
			hideBodies(file, mark)
		}},
	}
}

// marks are what stands in place of a value; NAME is what it was.
var marks = []string{"[NAME redacted]", "[REDACTED]", "REDACTED", "***", "<redacted>", "(redacted)", "xxxxxx", "{{redacted}}",
	"NAME_redacted", "•••••", "...", "*****9fe"}

func copied(t *testing.T, file map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func hidden(t *testing.T, file map[string]any, h hider, mark string) []byte {
	t.Helper()
	out := copied(t, file)
	h.of(out, mark)
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What was taken out of a recording is not known: where everything went well, nothing is said to have failed, whatever was taken out.
func TestNothingFailsByWhatWasTakenOut(t *testing.T) {
	a, _ := analysedHAR(t, hidden(t, healthy(), hider{of: func(map[string]any, string) {}}, ""))
	if c := a.Tenant.Clients[0]; len(a.Failures)+len(a.Unknown) != 0 || c.Silent.All != 2 || c.Refresh.All != 2 {
		t.Fatalf("the whole file: %q, %+v", said(a), c)
	}
	for _, h := range hiders() {
		for _, mark := range append(slices.Clone(marks), "") {
			if mark == "" && (h.name == "bodies" || h.name == "members") {
				continue
			}
			if a, _ := analysedHAR(t, hidden(t, healthy(), h, mark)); len(a.Failures) != 0 {
				t.Errorf("%s as %q: %q", h.name, mark, said(a))
			}
		}
	}
}

// Where something failed, what was taken out makes nothing else of it: what is more than possible was so of the whole file, too.
func TestWhatWasTakenOutMakesNoOtherCause(t *testing.T) {
	files, err := filepath.Glob("../har/testdata/*.har")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if strings.Contains(name, "no-tenant") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := json.Unmarshal([]byte(strings.TrimPrefix(string(text), "\ufeff")), &file); err != nil {
			t.Fatal(name, err)
		}
		whole, _ := analysedFile(t, text)
		known := map[string][]diagnosis.Code{}
		for _, f := range whole.Failures {
			for _, place := range append(slices.Clone(f.Others), f.Place) {
				known[place] = codes(f.Diagnosis)
			}
		}
		for _, h := range hiders() {
			for _, mark := range marks[:2] {
				a, ok := analysedFile(t, hidden(t, file, h, mark))
				if !ok {
					continue
				}
				for _, f := range a.Failures {
					for _, place := range append(slices.Clone(f.Others), f.Place) {
						if found, there := known[place]; !there || !alikeCauses(f, found) {
							t.Errorf("%s, %s as %q, %s: %q, in the whole file %q", filepath.Base(name), h.name, mark, place, said(a), found)
						}
					}
				}
			}
		}
	}
}

// alikeCauses tells whether what is said of a failure with more than possible was found in the whole file. An answer of which only
// the status is left is an error page.
func alikeCauses(f *Failed, whole []diagnosis.Code) bool {
	if f.Diagnosis == nil {
		return true
	}
	return !slices.ContainsFunc(f.Diagnosis.Causes, func(c diagnosis.Cause) bool {
		return c.Confidence != diagnosis.Possible && !slices.Contains(whole, c.Code) && c.Code != diagnosis.ErrorPageInFrame
	})
}

// analysedFile is what a HAR tells; false when nothing in it can be told for a tenant's traffic.
func analysedFile(t *testing.T, text []byte) (*Analysis, bool) {
	t.Helper()
	rec, err := har.Read(strings.NewReader(string(text)), recording.NewRedactor(), har.Options{})
	if err != nil {
		return nil, false
	}
	a, err := Analyse(rec, "it", stock(t))
	if err != nil {
		t.Fatal(err)
	}
	return a, true
}

// How much was taken out is said, and what to record for a better answer.
func TestItIsSaidHowMuchWasTakenOut(t *testing.T) {
	state := hiders()[0]
	_, rec := analysedHAR(t, hidden(t, healthy(), state, "[state redacted]"))
	if note := strings.Join(rec.Notes, "\n"); !strings.Contains(note, "took 6 values out of 5 of the 13 exchanges with the tenant (state)") ||
		!strings.Contains(note, "import the recording as it was made") {
		t.Errorf("notes %q", rec.Notes)
	}
	_, rec = analysedHAR(t, hidden(t, healthy(), state, "c29tZXRoaW5nIGVsc2U"))
	if note := strings.Join(rec.Notes, "\n"); strings.Contains(note, "took") {
		t.Errorf("notes %q", rec.Notes)
	}
}

// The causes of recordings that were sanitized are those of the whole recording, or candidates.
func TestSanitizedRecordings(t *testing.T) {
	for name, want := range map[string][]string{
		"silent.har":  {"entry 6 silent: possible unexplained"},
		"refresh.har": {"entry 2 refresh: certain refresh_token_reused", "entry 3 refresh: possible refresh_token_reused possible refresh_token_expired possible refresh_token_revoked possible refresh_token_unknown possible consent_withdrawn"},
		"header.har":  {"entry 6 silent: possible third_party_cookies_blocked possible no_session"},
		"names.har":   {"entry 6 silent: possible third_party_cookies_blocked possible no_session"},
	} {
		a, rec := analysedHAR(t, []byte(testdata(t, name)))
		if got := said(a); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if !slices.ContainsFunc(rec.Notes, func(n string) bool { return strings.HasPrefix(n, "somebody took ") }) {
			t.Errorf("%s: notes %q", name, rec.Notes)
		}
	}
	a, _ := analysedHAR(t, []byte(testdata(t, "attached.har")))
	if len(a.Failures) != 0 || len(a.Unknown) != 1 || !strings.Contains(a.Unknown[0].Outcome, "it is likelier that it failed") ||
		a.Tenant.Clients[0].Silent != (recording.Tally{All: 1, Unknown: 1}) {
		t.Errorf("attached.har: %q, unknown %+v", said(a), a.Unknown)
	}
}
