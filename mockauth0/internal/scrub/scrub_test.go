package scrub

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

const (
	jwt    = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhdXRoMHxhZGEifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
	sealed = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXYtb2YtaXQ.Y2lwaGVydGV4dA.dGFnLW9mLWl0"
	code   = "MMHHFcQ1bA-CrsFi6ctzt4wLc-aIljuJbdUyijNOdmtbE"
)

func TestTextBySight(t *testing.T) {
	short, _ := strings.CutSuffix(jwt, "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg")
	for _, tc := range []struct{ name, text, want string }{
		{"words", "Login required, code 400", "Login required, code 400"},
		{"a token keeps header and claims", "got " + jwt + "!", "got " + short + "SIGNATURE-REDACTED!"},
		{"an unsigned token", "got " + short, "got " + short},
		{"an encrypted token", "got " + sealed, "got eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.REDACTED"},
		{"a query", "GET /cb?code=" + code + "&state=abc123", "GET /cb?code=REDACTED&state=abc123"},
		{"a fragment", "http://a.test/#access_token=" + jwt + "&expires_in=7200", "http://a.test/#access_token=" + short + "SIGNATURE-REDACTED&expires_in=7200"},
		{"an opaque token", "#access_token=" + code, "#access_token=REDACTED"},
		{"a form", "username=ada&password=x+y%21&state=s", "username=ada&password=REDACTED&state=s"},
		{"an encoded address", "returnTo=%2Fcb%3Fcode%3D" + code, "returnTo=%2Fcb%3Fcode%3DREDACTED"},
		{"JSON", `{"refresh_token": "v1.abc\"d", "scope": "openid"}`, `{"refresh_token": "REDACTED", "scope": "openid"}`},
		{"JSON in JSON", `{"body":"{\"password\":\"secret\",\"a\":1}"}`, `{"body":"{\"password\":\"REDACTED\",\"a\":1}"}`},
		{"a token in JSON", `{"id_token":"` + jwt + `"}`, `{"id_token":"` + short + `SIGNATURE-REDACTED"}`},
		{"an error code", `{"code":"invalid_user_password"} ?code=login_required`, `{"code":"invalid_user_password"} ?code=login_required`},
		{"a form's field", `<input type="hidden" name="code" value="` + code + `">`, `<input type="hidden" name="code" value="REDACTED">`},
		{"a field the other way round", `<input value="a&amp;b" name="password">`, `<input value="REDACTED" name="password">`},
		{"cookies", "cookie: auth0=s%3Aabc.def; did=1\nhost: a", "cookie: auth0=REDACTED; did=REDACTED\nhost: a"},
		{"a cookie set", "set-cookie: auth0=abc; Path=/; HttpOnly\n", "set-cookie: auth0=REDACTED; Path=/; HttpOnly\n"},
		{"a cookie deleted", "set-cookie: auth0=; Path=/", "set-cookie: auth0=; Path=/"},
		{"a bearer", "authorization: Bearer " + code, "authorization: Bearer REDACTED"},
		{"a bearer's token", "Bearer " + jwt, "Bearer " + short + "SIGNATURE-REDACTED"},
		{"basic", "Authorization: Basic YXBwOnNlY3JldA==", "Authorization: Basic REDACTED"},
	} {
		if got := new(Scrubber).Text(tc.text); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// What was seen in one place is taken out of every other, in each form in which it may be written there.
func TestWhatWasLearntIsNowhere(t *testing.T) {
	const password, session = `Zwölf "Bücher" <&> 100%`, "s%3A8Kq2mP_x7.Zt+4/hX"
	for _, tc := range []struct {
		name   string
		learn  func(*Scrubber)
		secret string
	}{
		{"a form", func(s *Scrubber) { s.Learn("username=ada&password=" + url.QueryEscape("Analytical-Engine-1")) }, "Analytical-Engine-1"},
		{"a form with spaces", func(s *Scrubber) { s.Learn("password=" + url.QueryEscape(password)) }, password},
		{"JSON", func(s *Scrubber) { s.Learn(`{"password":` + quoted(password) + `}`) }, password},
		{"a parameter", func(s *Scrubber) { s.Param("password", password) }, password},
		{"a cookie", func(s *Scrubber) { s.Header("Cookie", "a=1; auth0="+session) }, session},
		{"a cookie set", func(s *Scrubber) { s.Header("set-cookie", "b=1; Path=/\nauth0="+session+"; Path=/") }, session},
		{"a code in an encoded address", func(s *Scrubber) { s.Learn("to=%2Fcb%3Fcode%3D" + code + "%26state%3Da") }, code},
		{"a code in an address encoded twice", func(s *Scrubber) { s.Learn("to=%252Fcb%253Fcode%253D" + code + "%2526state%253Da") }, code},
		{"JSON in JSON", func(s *Scrubber) { s.Learn(`{"data":"{\"refresh_token\":\"v1.MjAyNC1hYmM\"}"}`) }, "v1.MjAyNC1hYmM"},
		{"a signature", func(s *Scrubber) { s.Secret(jwt) }, "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"},
		{"a field", func(s *Scrubber) { s.Learn(`<input name="code" value="` + code + `">`) }, code},
		{"a header", func(s *Scrubber) { s.Header("Authorization", "Bearer opaque-token-1") }, "opaque-token-1"},
	} {
		s := new(Scrubber)
		tc.learn(s)
		for _, form := range []string{tc.secret, url.QueryEscape(tc.secret), url.PathEscape(tc.secret), strings.Trim(quoted(tc.secret), `"`)} {
			if got := s.Text("x " + form + " y"); got != "x REDACTED y" {
				t.Errorf("%s: %q", tc.name, got)
			}
		}
	}
}

func TestEveryNameIsThatOfASecretWhereverItStands(t *testing.T) {
	const value = "Analytical-Engine-1"
	for _, name := range names {
		for _, name := range []string{name, strings.ToUpper(name)} {
			for _, text := range []string{
				name + "=" + value, `"` + name + `":"` + value + `"`, `<input name="` + name + `" value="` + value + `">`,
				`<input value="` + value + `" name="` + name + `">`,
			} {
				if got := new(Scrubber).Text(text); strings.Contains(got, value) {
					t.Errorf("%s", got)
				}
			}
		}
	}
	if secretName("state") || secretName("") {
		t.Error("a harmless name is one")
	}
}

func TestShortAndPlainValuesAreNotLookedForEverywhere(t *testing.T) {
	s := new(Scrubber)
	s.Learn("password=abc&code=login_required")
	s.Header("cookie", "lang=english; n=12345")
	const text = "abc login_required english 12345"
	if got := s.Text(text); got != text {
		t.Errorf("%q", got)
	}
	if got := s.ParamValue("password", "abc"); got != Removed {
		t.Errorf("by its position: %q", got)
	}
}

func TestJSONKeepsItsForm(t *testing.T) {
	const in = "{\n \"password\" : \"a \\\"b\\u0021\",\n \"list\": [\"code=" + code + "\", 1.50, null],\n \"error\": \"<b>\"\n}"
	const want = "{\n \"password\" : \"REDACTED\",\n \"list\": [\"code=REDACTED\", 1.50, null],\n \"error\": \"<b>\"\n}"
	if got := new(Scrubber).JSON([]byte(in)); string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestEveryEntryOfASecretListIsRemoved(t *testing.T) {
	const in = `{"query":{"code":["a1","b2",["c3"]],"state":["s1","s2"]},"error":"e4"}`
	const want = `{"query":{"code":["REDACTED","REDACTED",["REDACTED"]],"state":["s1","s2"]},"error":"e4"}`
	if got := new(Scrubber).JSON([]byte(in)); string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// A form that a script writes with encodeURIComponent keeps quotes and parentheses as they are.
func TestFormKnowsWholeValues(t *testing.T) {
	for _, written := range []string{"Analytical)Engine", "Ada's%20Engine(1)", "semi;colon-1"} {
		s := new(Scrubber)
		form := "username=ada&password=" + written + "&state=s"
		s.Form(form)
		if got, want := s.Text(form), "username=ada&password=REDACTED&state=s"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		plain, err := url.PathUnescape(written)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Text("typed " + plain + " there"); got != "typed REDACTED there" {
			t.Errorf("%q", got)
		}
	}
}

// FuzzJSONStaysJSON, whatever a page gave for a secret.
func FuzzJSONStaysJSON(f *testing.F) {
	for _, seed := range []string{"code=abc", `{"password":"a\"b"}`, "Cookie: a=b", jwt, `"\`, `{"pass`} {
		f.Add(seed, "password", seed)
	}
	f.Fuzz(func(t *testing.T, text, name, value string) {
		in, err := json.Marshal(map[string]string{"text": text, name: value})
		if err != nil {
			t.Skip()
		}
		s := new(Scrubber)
		s.LearnJSON(in)
		out := s.JSON(in)
		if !json.Valid(out) {
			t.Errorf("%s became %s", in, out)
		}
		if again := s.JSON(out); !json.Valid(again) {
			t.Errorf("%s became %s", out, again)
		}
	})
}

func quoted(value string) string {
	text, _ := json.Marshal(value)
	return string(text)
}
