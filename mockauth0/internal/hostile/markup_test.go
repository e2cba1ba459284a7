package hostile_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// markup are texts that do harm where they are not escaped for the place that they are put in.
func markup() []string {
	return []string{
		`"><script>alert(1)</script>`, `'><script>alert(1)</script>`, `</title><script>alert(1)</script>`, `</style><script>alert(1)</script>`,
		`</script><script>alert(1)</script>`, `" autofocus onfocus=alert(1) x="`, `' onmouseover='alert(1)`, "` onload=`alert(1)",
		`x" type="image" src="https://evil.example/" y="`, `"><form action="https://evil.example/"><input name="x`,
		`"><base href="https://evil.example/">`, `"><meta http-equiv="refresh" content="0;url=https://evil.example/">`, `<svg/onload=alert(1)>`,
		`<style>@import "https://evil.example/"</style>`, `<!--`, `--><script>alert(1)</script>`, `<![CDATA[<script>alert(1)</script>]]>`,
		`<noscript><p title="</noscript><script>alert(1)</script>">`, `&lt;script&gt;alert(1)&lt;/script&gt;`, `\u003cscript\u003e`,
		`\"-alert(1)-\"`, `";alert(1)//`, `'-alert(1)-'`, "${alert(1)}", `{{.State}}`, `{{constructor.constructor('alert(1)')()}}`,
		"\u2028alert(1)\u2029", "\u202ecod.evil", `javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`, `＜script＞alert(1)＜/script＞`,
		`+ADw-script+AD4-`, `\`, `<`, `"`, `&`,
	}
}

// skeleton is a page's elements and attributes as a browser reads them, without what the page says: input must not show
// in it. The text of scripts and styles belongs to it; of addresses only those that lead away or run something.
func skeleton(t testing.TB, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		indent := strings.Repeat(" ", depth)
		switch n.Type {
		case html.ElementNode:
			b.WriteString(indent + n.Data)
			for _, a := range n.Attr {
				b.WriteString(" " + a.Key)
				switch {
				case slices.Contains([]string{"href", "src", "action", "formaction", "data"}, a.Key):
					// up to the query
					b.WriteString("=" + a.Val[:max(0, len(a.Val)-len(strings.TrimLeft(a.Val, "abcdefghijklmnopqrstuvwxyz0123456789:/.")))])
				case slices.Contains([]string{"srcdoc", "http-equiv", "style", "class", "type", "name", "method", "id", "for"}, a.Key):
					b.WriteString("=" + a.Val)
				}
			}
			b.WriteByte('\n')
		case html.CommentNode:
			b.WriteString(indent + "comment " + n.Data + "\n")
		case html.TextNode:
			if n.Parent.Data == "script" || n.Parent.Data == "style" {
				b.WriteString(indent + n.Data + "\n")
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(root, 0)
	return b.String()
}

// The two objects in the script of web_message.
var (
	messageOfPage = regexp.MustCompile(`response:(\{.*?\})\};var mainWin=`)
	requestOfPage = regexp.MustCompile(`^\(function\(window,document\)\{var targetOrigin="http://localhost:3000";var webMessageRequest=(\{.*?\});var authorizationResponse=`)
)

// withoutMessage is a page without what web_message says in its script.
func withoutMessage(page string) string {
	page = messageOfPage.ReplaceAllString(page, "response:{}};var mainWin=")
	return regexp.MustCompile(`webMessageRequest=\{.*?\};var authorizationResponse=`).
		ReplaceAllString(page, "webMessageRequest={};var authorizationResponse=")
}

// TestHostileMarkup puts every text into every parameter that a page or a response shows again. The page that comes of
// it has the elements that it has with a harmless text, and no policy that would let a script run.
func TestHostileMarkup(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Social(tn)
		tenanttest.LogoutURLs(tn)
		tn.Mock.ConsentPolicy = "classic"
		tn.ResourceServers[0].SkipConsent = false
		tenanttest.CrossOriginLogins(tn)
		tn.Clients[0].CrossOriginPage = "http://localhost:3000/verifier"
	})
	client := s.Snapshot().Clients[0].ClientID
	loggedIn := tenanttest.Browse(t, s)
	consent := loggedIn.Login(tenanttest.Request(s)).Header.Get("Location")
	page := loggedIn.Get(consent)
	loggedIn.Post("/u/consent", tenanttest.Form("state", tenanttest.StateField.FindStringSubmatch(page.Text)[1], "action", "accept"))
	var cases []struct {
		name string
		send func(p *tenanttest.Person, text string) tenanttest.Answer
	}
	add := func(name string, send func(p *tenanttest.Person, text string) tenanttest.Answer) {
		cases = append(cases, struct {
			name string
			send func(p *tenanttest.Person, text string) tenanttest.Answer
		}{name, send})
	}
	for _, parameter := range []string{"client_id", "response_type", "response_mode", "redirect_uri"} {
		add("error page: "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, parameter, text))
		})
	}
	for _, parameter := range []string{
		"state", "login_hint", "nonce", "scope", "ui_locales", "screen_hint", "ext-title", "display", "claims", "acr_values", "id_token_hint",
		"code_challenge", "auth0Client",
	} {
		add("login page: "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
			got := p.Get(tenanttest.Request(s, "response_mode", "form_post", parameter, text)) // an error comes as a page, too
			if to := got.Header.Get("Location"); strings.HasPrefix(to, "/u/") {
				return p.Get(to)
			}
			return got
		})
	}
	for _, mode := range []string{"form_post", "web_message"} {
		for _, parameter := range []string{"state", "audience", "prompt", "connection", "max_age", "organization"} {
			add(mode+": "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
				return p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", mode, parameter, text))
			})
		}
		add(mode+", success: state", func(_ *tenanttest.Person, text string) tenanttest.Answer {
			return loggedIn.Get(tenanttest.Request(s, "prompt", "none", "response_mode", mode, "state", text))
		})
	}
	for _, parameter := range []string{"state", "audience"} {
		add("redirect as HTML: "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Ask("GET", tenanttest.Request(s, "prompt", "none", parameter, text), "", "Accept", "text/html")
		})
	}
	add("wrong password: user name", func(p *tenanttest.Person, text string) tenanttest.Answer {
		_, state := p.LoginPage(tenanttest.Request(s))
		return p.Post("/u/login", tenanttest.Form("state", state, "username", text, "password", text))
	})
	add("login form: connection", func(p *tenanttest.Person, text string) tenanttest.Answer {
		_, state := p.LoginPage(tenanttest.Request(s))
		return p.Post("/u/login", tenanttest.Form("state", state, "connection", text))
	})
	add("provider: user", func(p *tenanttest.Person, text string) tenanttest.Answer {
		state, _ := url.Parse(p.Get(tenanttest.Request(s, "connection", "google-oauth2")).Header.Get("Location"))
		return p.Post(state.Path, tenanttest.Form("state", state.Query().Get("state"), "user", text))
	})
	for _, page := range []string{"/u/login", "/authorize/resume", "/u/logout", "/u/consent", "/u/confirmation"} {
		add("lost transaction at "+page, func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get(page + "?" + tenanttest.Form("state", text).Encode())
		})
	}
	for _, parameter := range []string{"client_id", "returnTo"} {
		add("logout: "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get("/v2/logout?" + tenanttest.Form(parameter, text).Encode())
		})
	}
	for _, parameter := range []string{"client_id", "id_token_hint", "post_logout_redirect_uri"} {
		add("OIDC logout: "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get("/oidc/logout?" + tenanttest.Form(parameter, text).Encode())
		})
	}
	add("logout page: state of the application", func(p *tenanttest.Person, text string) tenanttest.Answer {
		return p.Get(p.Get("/oidc/logout?" + tenanttest.Form("client_id", client, "post_logout_redirect_uri", "http://localhost:3000", "state",
			text).Encode()).Header.Get("Location"))
	})
	for _, parameter := range []string{"state", "scope", "login_hint"} {
		add("consent: "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
			p.Login(tenanttest.Request(s))
			return p.Get(p.Get(tenanttest.Request(s, "prompt", "consent", parameter, text)).Header.Get("Location"))
		})
	}
	for _, field := range []string{"email", "username", "password"} {
		add("sign-up page: "+field, func(p *tenanttest.Person, text string) tenanttest.Answer {
			to := tenanttest.ParseURL(p, s.URL()+p.Get(tenanttest.Request(s, "screen_hint", "signup")).Header.Get("Location"))
			return p.Post("/u/signup", tenanttest.Form("state", to.Query().Get("state"), "email", "<", field, text))
		})
	}
	add("forgotten password", func(p *tenanttest.Person, text string) tenanttest.Answer {
		_, state := p.LoginPage(tenanttest.Request(s))
		return p.Post("/u/reset-password/request", tenanttest.Form("state", state, "username", text))
	})
	add("reset: ticket", func(p *tenanttest.Person, text string) tenanttest.Answer {
		return p.Get("/u/reset-verify?" + tenanttest.Form("ticket", text).Encode())
	})
	add("reset: passwords", func(p *tenanttest.Person, text string) tenanttest.Answer {
		ticket := p.ResetLink("ada@example.test").Query().Get("ticket")
		return p.Post("/u/reset-verify", tenanttest.Form("ticket", ticket, "password-reset", text, "re-enter-password", text+"x"))
	})
	add("chosen account: action", func(p *tenanttest.Person, text string) tenanttest.Answer {
		p.Login(tenanttest.Request(s))
		to := tenanttest.ParseURL(p, s.URL()+p.Get(tenanttest.Request(s, "prompt", "select_account")).Header.Get("Location"))
		return p.Get("/u/select-account?" + tenanttest.Form("state", to.Query().Get("state"), "action", text).Encode())
	})
	for _, page := range []string{
		"/u/signup", "/u/reset-password/request", "/u/select-account", "/u/login/identifier", "/u/login/password", "/login", "/continue",
	} {
		add("lost transaction at "+page, func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get(page + "?" + tenanttest.Form("state", text).Encode())
		})
	}
	add("lost transaction at /co/verify", func(p *tenanttest.Person, text string) tenanttest.Answer {
		return p.Post("/co/verify", tenanttest.Form("state", text, "verifier", text))
	})
	for _, parameter := range []string{"state", "nonce", "login_hint", "auth0Client"} {
		add("verifier's page: "+parameter, func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "login_ticket", tenanttest.Browse(p, s).LoginTicket().ID, parameter, text))
		})
	}
	add("web_message: relay", func(p *tenanttest.Person, text string) tenanttest.Answer {
		return p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", "web_message", "web_message_uri", "http://localhost:3000",
			"web_message_target", text))
	})
	add("unknown path", func(p *tenanttest.Person, text string) tenanttest.Answer { return p.Get("/x" + url.PathEscape(text)) })
	add("wrong method", func(p *tenanttest.Person, text string) tenanttest.Answer {
		return p.Ask("DELETE", "/authorize?"+tenanttest.Form("x", text).Encode(), "")
	})

	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			harmless := tc.send(tenanttest.Browse(t, s), "harmless")
			want := skeleton(t, withoutMessage(harmless.Text))
			for _, text := range markup() {
				got := tc.send(tenanttest.Browse(t, s), text)
				if got.StatusCode >= 500 && got.StatusCode != http.StatusNotImplemented ||
					!strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
					t.Errorf("%q: %s %s", text, got.Status, got.Header.Get("Content-Type"))
					continue
				}
				inertPage(t, text, got)
				if have := skeleton(t, withoutMessage(got.Text)); have != want && got.StatusCode == harmless.StatusCode {
					t.Errorf("%q changes the page:\n%s\nwant\n%s", text, have, want)
				}
			}
		})
	}
}

// inertPage holds a page to what lets no script of somebody else's run, whatever it says.
func inertPage(t *testing.T, text string, got tenanttest.Answer) {
	t.Helper()
	csp := got.Header.Get("Content-Security-Policy")
	scripts := strings.Count(strings.ToLower(got.Text), "<script")
	switch {
	case strings.Contains(got.Text, "authorization_response"):
		// Without a policy, as at Auth0: the one script holds JSON in which <, >, & and line separators are escaped.
		code := regexp.MustCompile(`(?s)<script type="text/javascript">(.*)</script>`).FindStringSubmatch(got.Text)
		if scripts != 1 || code == nil || strings.ContainsAny(code[1], "<>&\u2028\u2029\n") {
			t.Errorf("%q: %d scripts:\n%s", text, scripts, got.Text)
			return
		}
		for _, object := range []*regexp.Regexp{messageOfPage, requestOfPage} {
			m := object.FindStringSubmatch(code[1])
			var members map[string]any
			if m == nil || json.Unmarshal([]byte(m[1]), &members) != nil {
				t.Errorf("%q breaks the message:\n%s", text, got.Text)
			}
		}
	case strings.Contains(got.Text, "<title>Submit This Form</title>"):
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'sha256-") || strings.Contains(csp, "unsafe") || scripts != 1 {
			t.Errorf("%q: %d scripts, policy %q", text, scripts, csp)
		}
	case strings.Contains(got.Text, `action="/co/verify"`):
		if !strings.HasPrefix(csp, "default-src 'none'; ") || !strings.HasSuffix(csp, "; frame-src http://localhost:3000") ||
			strings.Count(csp, "script-src 'sha256-") != 1 || strings.Contains(csp, "unsafe") || scripts != 1 {
			t.Errorf("%q: %d scripts, policy %q", text, scripts, csp)
		}
	case got.Header.Get("Location") != "": // the body of a redirect
		if scripts != 0 {
			t.Errorf("%q: the body has a script:\n%s", text, got.Text)
		}
	default:
		if !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "script-src") || strings.Contains(csp, "unsafe") ||
			!strings.Contains(csp, "base-uri 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%q: the policy is %q", text, csp)
		}
		if got.Header.Get("X-Frame-Options") != "deny" || got.Header.Get("Referrer-Policy") != "no-referrer" || scripts != 0 {
			t.Errorf("%q: %d scripts, %v", text, scripts, got.Header)
		}
	}
	if got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%q: browsers may guess the type", text)
	}
}

// TestHostileTenantData: names and descriptions come from the tenant's files and are shown to people; a tenant that was
// exported from somewhere is input too.
func TestHostileTenantData(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testHostileTenantData)
}

func testHostileTenantData(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	pages := func(text string) map[string]string {
		s := serve(t, func(tn *tenant.Config) {
			tenanttest.Social(tn)
			tenanttest.LogoutURLs(tn)
			tn.Mock.ConsentPolicy = "classic"
			tn.Settings.FriendlyName = text
			tn.Clients[0].Name = strings.NewReplacer("<", "", ">", "").Replace("App " + text) // Auth0 refuses them, and so does the check
			tn.Connections[1].DisplayName = text
			tn.Users[0].Name, tn.Users[1].Name = text, text
			tn.ResourceServers[0].Name, tn.ResourceServers[0].SkipConsent = text, false
			tn.ResourceServers[0].Scopes = []tenant.Scope{{Value: "read:all", Description: text}}
			tn.ClientGrants, tn.Settings.AllowedLogoutURLs = nil, nil
			tenanttest.CrossOriginLogins(tn)
			tn.Clients[0].CrossOriginPage = "http://localhost:3000/verifier?" + url.QueryEscape(text)
		})
		p := tenanttest.Browse(t, s)
		ask := tenanttest.Request(s, "scope", "openid profile read:all")
		login, _ := p.LoginPage(ask)
		out := map[string]string{
			"login": login.Text, "error": p.Get("/authorize").Text,
			"provider": p.Get(p.Get(tenanttest.Request(s, "connection", "google-oauth2")).Header.Get("Location")).Text,
		}
		resume := p.SubmitLogin(ask).Header.Get("Location")
		consent := p.Get(p.Get(resume).Header.Get("Location"))
		if !strings.Contains(consent.Text, `value="accept"`) {
			t.Fatalf("no consent page: %s\n%s", consent.Status, consent.Text)
		}
		out["consent"] = consent.Text
		out["verifier"] = p.Get(tenanttest.Request(s, "login_ticket", tenanttest.Browse(t, s).LoginTicket().ID)).Text
		out["logout"] = p.Get(p.Get("/oidc/logout?" + tenanttest.Form("client_id", s.Snapshot().Clients[0].ClientID).Encode()).
			Header.Get("Location")).Text
		return out
	}
	harmless := pages("harmless")
	for _, text := range markup() {
		for name, page := range pages(text) {
			if have, want := skeleton(t, page), skeleton(t, harmless[name]); have != want {
				t.Errorf("%q changes the page %s:\n%s\nwant\n%s", text, name, have, want)
			}
		}
	}
}
