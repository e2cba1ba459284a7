package mockauth0

import (
	"net/url"
	"strings"

	"renewal.example/mockauth0/tenant"
)

// shown is a story of requests all of which are shown.
func shown(play func(p *person)) func(p *person, show func()) {
	return func(p *person, show func()) { show(); play(p) }
}

// loggedIn is a story that begins after a login.
func loggedIn(play func(p *person)) func(p *person, show func()) {
	return func(p *person, show func()) { p.login(request(p.s)); show(); play(p) }
}

// asked is one authorization request without a session.
func asked(pairs ...string) func(p *person, show func()) {
	return shown(func(p *person) { p.get(request(p.s, pairs...)) })
}

// silently is one silent authorization request with a session.
func silently(pairs ...string) func(p *person, show func()) {
	return loggedIn(func(p *person) { p.get(request(p.s, append([]string{"prompt", "none"}, pairs...)...)) })
}

func authorizeScenes() []scene {
	code := []string{"response_type", "code", "code_challenge", s256(verifier), "code_challenge_method", "S256"}
	scenes := []scene{
		{"Without a session: to the login page", nil, asked()},
		{"Without a session, for a connection that is an identity provider: to the provider", social, asked("connection", "google-oauth2")},
		{"By POST", nil, shown(func(p *person) {
			_, query, _ := strings.Cut(request(p.s), "?")
			form, _ := url.ParseQuery(query)
			p.post("/authorize", form)
		})},
		{"With a session: tokens in the fragment", nil, silently()},
		{"A browser is answered in HTML", nil, loggedIn(func(p *person) { p.ask("GET", request(p.s, "prompt", "none"), "", "Accept", "text/html") })},
		{"An ID token alone", nil, silently("response_type", "id_token")},
		{"An access token alone, without an audience", nil, silently("response_type", "token", "audience", "")},
		{"A code in the query", nil, silently(code...)},
		{"A code and an ID token", nil, silently(append(code, "response_type", "code id_token")...)},
		{"A code and an access token", nil, silently(append(code, "response_type", "code token")...)},
		{"A code and both tokens", nil, silently(append(code, "response_type", "code token id_token")...)},
		{"form_post", nil, silently("response_mode", "form_post")},
		{"web_message", nil, silently("response_mode", "web_message")},
		{"web_message, a code", nil, silently(append(code, "response_mode", "web_message")...)},
		{"With max_age: auth_time in the ID token", nil, silently("max_age", "3600")},
	}
	for _, mode := range []string{"query", "fragment", "form_post", "web_message"} {
		scenes = append(scenes, scene{"login_required by " + mode, nil, asked("prompt", "none", "response_type", "code", "response_mode", mode)})
	}
	return append(scenes, refusedScenes()...)
}

// refusedScenes are the errors of /authorize: at the callback first, then pages.
func refusedScenes() []scene {
	lonely := func(tn *tenant.Config) { tn.Connections[0].EnabledClients = []string{"Web"} }
	blocked := func(p *person, show func()) {
		p.login(request(p.s))
		p.s.reconfigure(p, func(tn *tenant.Config) { tn.Users[0].Blocked = true })
		show()
		p.get(request(p.s, "prompt", "none"))
	}
	deleted := func(p *person, show func()) {
		p.login(request(p.s))
		p.s.reconfigure(p, func(tn *tenant.Config) { tn.Users = nil })
		show()
		p.get(request(p.s, "prompt", "none", "response_mode", "web_message"))
	}
	return []scene{
		{"The session is older than max_age", nil, silently("max_age", "0")},
		{"A blocked user", nil, blocked},
		{"An audience that is no API", nil, asked("audience", "https://other.example.test/")},
		{"A grant that the client may not use", func(tn *tenant.Config) { tn.Clients[0].GrantTypes = []string{"refresh_token"} }, asked("response_type", "code")},
		{"The implicit grant, which the client may not use", func(tn *tenant.Config) { tn.Clients[0].GrantTypes = []string{"authorization_code"} }, asked()},
		{"No connection is enabled", lonely, asked()},
		{"A connection that is not there", nil, asked("connection", "nowhere")},
		{"No nonce", nil, asked("nonce", "")},
		{"response_mode=query for tokens", nil, asked("response_mode", "query")},
		{"An unknown prompt", nil, asked("prompt", "nonw")},
		{"prompt=none with another", nil, asked("prompt", "none login")},
		{"max_age that is no number", nil, asked("max_age", "soon")},
		{"An unknown code_challenge_method", nil, asked("response_type", "code", "code_challenge", "x", "code_challenge_method", "S512")},
		{"code_challenge_method without a challenge", nil, asked("response_type", "code", "code_challenge_method", "S256")},

		{"No response_type", nil, asked("response_type", "")},
		{"An unknown response_type", nil, asked("response_type", "pbqr")},
		{"No client_id", nil, asked("client_id", "")},
		{"An unknown client", nil, asked("client_id", "nobody")},
		{"A parameter twice", nil, shown(func(p *person) { p.get(request(p.s) + "&scope=x") })},
		{"Not UTF-8", nil, shown(func(p *person) { p.get(request(p.s) + "&login_hint=%ff") })},
		{"A callback that is not listed", nil, asked("redirect_uri", "https://evil.example/")},
		{"An unknown response_mode", nil, asked("response_mode", "pigeon")},
		{"web_message for an origin that is not registered", func(tn *tenant.Config) { tn.Clients[0].WebOrigins = nil }, asked("prompt", "none", "response_mode", "web_message")},
		{"The session's user is gone", nil, deleted},
		{"The tenant has an error page of its own", func(tn *tenant.Config) { tn.Settings.ErrorPageURL = "https://errors.example.test/oops" }, asked("redirect_uri", "https://evil.example/")},
		{"A method that it does not take", nil, shown(func(p *person) { p.ask("DELETE", "/authorize", "") })},
	}
}

// submitted goes to the login page and sends its form, without what follows.
func (p *person) submitted(path string, pairs ...string) answer {
	p.Helper()
	_, state := p.loginPage(path)
	return p.post("/u/login", form(append([]string{"state", state, "username", "ada@example.test", "password", "Analytical-Engine-1", "action", "default"}, pairs...)...))
}

func resumeScenes() []scene {
	return []scene{
		{"After the login: to the callback", nil, func(p *person, show func()) {
			to := p.submitted(request(p.s)).Header.Get("Location")
			show()
			p.get(to)
		}},
		{"After the login of a blocked user", func(tn *tenant.Config) { tn.Users[0].Blocked = true }, func(p *person, show func()) {
			to := p.submitted(request(p.s)).Header.Get("Location")
			show()
			p.get(to)
		}},
		{"A second time: the transaction is over", nil, func(p *person, show func()) {
			to := p.submitted(request(p.s)).Header.Get("Location")
			p.get(to)
			show()
			p.get(to)
		}},
		{"Before the login: back to the page", nil, func(p *person, show func()) {
			_, state := p.loginPage(request(p.s))
			show()
			p.get("/authorize/resume?state=" + state)
		}},
	}
}

func loginScenes() []scene {
	page := func(pairs ...string) func(p *person, show func()) {
		return func(p *person, show func()) {
			to := p.get(request(p.s, pairs...)).Header.Get("Location")
			show()
			p.get(to)
		}
	}
	sent := func(pairs ...string) func(p *person, show func()) {
		return func(p *person, show func()) {
			_, state := p.loginPage(request(p.s))
			show()
			p.post("/u/login", form(append([]string{"state", state, "username", "ada@example.test", "password", "Analytical-Engine-1", "action", "default"}, pairs...)...))
		}
	}
	return []scene{
		{"The page", nil, page()},
		{"The page with a login_hint and social connections", social, page("login_hint", "grace@example.test")},
		{"The right password", nil, sent()},
		{"A wrong password", nil, sent("password", "wrong")},
		{"An unknown user", nil, sent("username", "nobody@example.test")},
		{"A social connection", social, sent("username", "", "password", "", "connection", "google-oauth2")},
		{"A connection that is not there", nil, sent("username", "", "password", "", "connection", "nowhere")},
		{"The transaction is lost", nil, shown(func(p *person) { p.get("/u/login?state=hKFo2SB") })},
	}
}

func providerScenes() []scene {
	at := func(play func(p *person, to, state string)) func(p *person, show func()) {
		return func(p *person, show func()) {
			to := p.get(request(p.s, "connection", "google-oauth2")).Header.Get("Location")
			u, _ := url.Parse(to)
			show()
			play(p, to, u.Query().Get("state"))
		}
	}
	const path = "/__mock/idp/google-oauth2"
	return []scene{
		{"The page of the built-in identity provider", social, at(func(p *person, to, _ string) { p.get(to) })},
		{"The person chooses", social, at(func(p *person, _, state string) {
			p.post(path, form("state", state, "user", p.s.Snapshot().Users[1].ID))
		})},
		{"The person cancels", social, at(func(p *person, _, state string) { p.post(path, form("state", state, "deny", "1")) })},
		{"A user of another connection", social, at(func(p *person, _, state string) {
			p.post(path, form("state", state, "user", p.s.Snapshot().Users[0].ID))
		})},
	}
}

func logoutScenes() []scene {
	lists := func(tn *tenant.Config) { tn.Settings.AllowedLogoutURLs = []string{"https://tenant.example.test/bye"} }
	out := func(query string) func(p *person, show func()) {
		return loggedIn(func(p *person) {
			p.get("/v2/logout" + strings.ReplaceAll(query, "CLIENT", p.s.Snapshot().Clients[0].ClientID))
		})
	}
	return []scene{
		{"To a URL of the client's list", nil, out("?client_id=CLIENT&returnTo=http%3A%2F%2Flocalhost%3A3000&federated")},
		{"To the first URL of the client's list", nil, out("?client_id=CLIENT")},
		{"To a URL of the tenant's list", lists, out("?returnTo=https%3A%2F%2Ftenant.example.test%2Fbye%3Fa%3Db%23c")},
		{"Nothing is asked for", nil, out("")},
		{"A URL that is not listed", nil, out("?client_id=CLIENT&returnTo=https%3A%2F%2Fevil.example")},
		{"An unknown client", nil, out("?client_id=nobody")},
		{"Without a session", nil, shown(func(p *person) { p.get("/v2/logout") })},
	}
}

func oidcLogoutScenes() []scene {
	out := func(pairs ...string) func(p *person, show func()) {
		return func(p *person, show func()) {
			id, sid := p.hints()
			q := form(pairs...).Encode()
			show()
			p.get("/oidc/logout?" + strings.NewReplacer("IDTOKEN", id, "SID", sid, "CLIENT", p.s.Snapshot().Clients[0].ClientID).Replace(q))
		}
	}
	return []scene{
		{"By id_token_hint, with state", nil, out("id_token_hint", "IDTOKEN", "post_logout_redirect_uri", "http://localhost:3000", "state", "the-state")},
		{"By logout_hint and client_id", nil, out("logout_hint", "SID", "client_id", "CLIENT", "post_logout_redirect_uri", "http://localhost:3000")},
		{"By logout_hint, to nowhere", nil, out("logout_hint", "SID")},
		{"By POST", nil, func(p *person, show func()) {
			id, _ := p.hints()
			show()
			p.post("/oidc/logout", form("id_token_hint", id))
		}},
		{"Without a hint: the person is asked", nil, out("client_id", "CLIENT", "post_logout_redirect_uri", "http://localhost:3000")},
		{"client_id of another client", nil, out("id_token_hint", "IDTOKEN", "client_id", "web")},
		{"logout_hint of another session", nil, out("id_token_hint", "IDTOKEN", "logout_hint", "x")},
		{"An id_token_hint that is no ID token", nil, out("id_token_hint", "x")},
		{"An unknown client", nil, out("client_id", "nobody")},
		{"A URL that is not listed", nil, out("id_token_hint", "IDTOKEN", "post_logout_redirect_uri", "http://localhost:3000?a=b")},
	}
}

func logoutPageScenes() []scene {
	at := func(play func(p *person, to, state string)) func(p *person, show func()) {
		return func(p *person, show func()) {
			p.login(request(p.s))
			to := p.get("/oidc/logout?client_id=" + p.s.Snapshot().Clients[0].ClientID).Header.Get("Location")
			show()
			play(p, to, strings.TrimPrefix(to, "/u/logout?state="))
		}
	}
	return []scene{
		{"The page that asks", nil, at(func(p *person, to, _ string) { p.get(to) })},
		{"The person logs out", nil, at(func(p *person, _, state string) { p.post("/u/logout", form("state", state, "action", "accept")) })},
		{"The person stays", nil, at(func(p *person, _, state string) { p.post("/u/logout", form("state", state, "action", "deny")) })},
		{"The question is lost", nil, shown(func(p *person) { p.get("/u/logout?state=x") })},
	}
}

func userinfoScenes() []scene {
	opaque := func(ask func(p *person, token string)) func(p *person, show func()) {
		return func(p *person, show func()) {
			p.login(request(p.s))
			token := p.get(request(p.s, "prompt", "none", "audience", "")).fragment(p).Get("access_token")
			show()
			ask(p, token)
		}
	}
	const typ = "application/x-www-form-urlencoded"
	return []scene{
		{"The token in the header", nil, opaque(func(p *person, token string) {
			p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+token, "Origin", "http://localhost:3000")
		})},
		{"The token in the form", nil, opaque(func(p *person, token string) { p.ask("POST", "/userinfo", "access_token="+token, "Content-Type", typ) })},
		{"The token in the query", nil, opaque(func(p *person, token string) { p.get("/userinfo?access_token=" + token) })},
		{"No token", nil, shown(func(p *person) { p.get("/userinfo") })},
		{"A wrong token, from another origin", nil, shown(func(p *person) {
			p.ask("GET", "/userinfo", "", "Authorization", "Bearer x", "Origin", "http://localhost:3000")
		})},
		{"An origin that is not registered", nil, shown(func(p *person) {
			p.ask("GET", "/userinfo", "", "Authorization", "Bearer x", "Origin", "https://evil.example")
		})},
		{"The preflight", nil, shown(func(p *person) {
			p.ask("OPTIONS", "/userinfo", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "auth0-client,authorization,content-type")
		})},
	}
}

func keyScenes() []scene {
	return []scene{{"The keys", nil, shown(func(p *person) { p.get("/.well-known/jwks.json") })}}
}

func discoveryScenes() []scene {
	return []scene{
		{"The document", nil, shown(func(p *person) { p.get("/.well-known/openid-configuration") })},
		{"Its other name", nil, shown(func(p *person) { p.get("/.well-known/oauth-authorization-server") })},
	}
}

func laterScenes() []scene {
	return []scene{
		{"An endpoint that comes later", nil, shown(func(p *person) { p.ask("POST", "/oauth/device/code", "client_id=x", "Origin", "http://localhost:3000") })},
		{"A path that no tenant has", nil, shown(func(p *person) { p.get("/ouath/token") })},
	}
}
