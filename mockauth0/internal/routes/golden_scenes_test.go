package routes_test

import (
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// shown is a story of requests all of which are shown.
func shown(play func(p *tenanttest.Person)) func(p *tenanttest.Person, show func()) {
	return func(p *tenanttest.Person, show func()) { show(); play(p) }
}

// loggedIn is a story that begins after a login.
func loggedIn(play func(p *tenanttest.Person)) func(p *tenanttest.Person, show func()) {
	return func(p *tenanttest.Person, show func()) { p.Login(tenanttest.Request(p.Server)); show(); play(p) }
}

// asked is one authorization request without a session.
func asked(pairs ...string) func(p *tenanttest.Person, show func()) {
	return shown(func(p *tenanttest.Person) { p.Get(tenanttest.Request(p.Server, pairs...)) })
}

// silently is one silent authorization request with a session.
func silently(pairs ...string) func(p *tenanttest.Person, show func()) {
	return loggedIn(func(p *tenanttest.Person) {
		p.Get(tenanttest.Request(p.Server, append([]string{"prompt", "none"}, pairs...)...))
	})
}

func authorizeScenes() []scene {
	code := []string{"response_type", "code", "code_challenge", tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256"}
	scenes := []scene{
		{"Without a session: to the login page", nil, asked()},
		{"Without a session, for a connection that is an identity provider: to the provider", tenanttest.Social, asked("connection", "google-oauth2")},
		{"By POST", nil, shown(func(p *tenanttest.Person) {
			_, query, _ := strings.Cut(tenanttest.Request(p.Server), "?")
			form, _ := url.ParseQuery(query)
			p.Post("/authorize", form)
		})},
		{"With a session: tokens in the fragment", nil, silently()},
		{"A browser is answered in HTML", nil, loggedIn(func(p *tenanttest.Person) {
			p.Ask("GET", tenanttest.Request(p.Server, "prompt", "none"), "", "Accept", "text/html")
		})},
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
	blocked := func(p *tenanttest.Person, show func()) {
		p.Login(tenanttest.Request(p.Server))
		tenanttest.Reconfigure(p, p.Server, func(tn *tenant.Config) { tn.Users[0].Blocked = true })
		show()
		p.Get(tenanttest.Request(p.Server, "prompt", "none"))
	}
	deleted := func(p *tenanttest.Person, show func()) {
		p.Login(tenanttest.Request(p.Server))
		tenanttest.Reconfigure(p, p.Server, func(tn *tenant.Config) { tn.Users = nil })
		show()
		p.Get(tenanttest.Request(p.Server, "prompt", "none", "response_mode", "web_message"))
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
		{"A parameter twice", nil, shown(func(p *tenanttest.Person) { p.Get(tenanttest.Request(p.Server) + "&scope=x") })},
		{"Not UTF-8", nil, shown(func(p *tenanttest.Person) { p.Get(tenanttest.Request(p.Server) + "&login_hint=%ff") })},
		{"A callback that is not listed", nil, asked("redirect_uri", "https://evil.example/")},
		{"An unknown response_mode", nil, asked("response_mode", "pigeon")},
		{"web_message for an origin that is not registered", func(tn *tenant.Config) { tn.Clients[0].WebOrigins = nil }, asked("prompt", "none", "response_mode", "web_message")},
		{"The session's user is gone", nil, deleted},
		{"The tenant has an error page of its own", func(tn *tenant.Config) { tn.Settings.ErrorPageURL = "https://errors.example.test/oops" }, asked("redirect_uri", "https://evil.example/")},
		{"A method that it does not take", nil, shown(func(p *tenanttest.Person) { p.Ask("DELETE", "/authorize", "") })},
	}
}

func resumeScenes() []scene {
	return []scene{
		{"After the login: to the callback", nil, func(p *tenanttest.Person, show func()) {
			to := p.SubmitLogin(tenanttest.Request(p.Server)).Header.Get("Location")
			show()
			p.Get(to)
		}},
		{"After the login of a blocked user", func(tn *tenant.Config) { tn.Users[0].Blocked = true }, func(p *tenanttest.Person, show func()) {
			to := p.SubmitLogin(tenanttest.Request(p.Server)).Header.Get("Location")
			show()
			p.Get(to)
		}},
		{"A second time: the transaction is over", nil, func(p *tenanttest.Person, show func()) {
			to := p.SubmitLogin(tenanttest.Request(p.Server)).Header.Get("Location")
			p.Get(to)
			show()
			p.Get(to)
		}},
		{"Before the login: back to the page", nil, func(p *tenanttest.Person, show func()) {
			_, state := p.LoginPage(tenanttest.Request(p.Server))
			show()
			p.Get("/authorize/resume?state=" + state)
		}},
	}
}

func loginScenes() []scene {
	page := func(pairs ...string) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			to := p.Get(tenanttest.Request(p.Server, pairs...)).Header.Get("Location")
			show()
			p.Get(to)
		}
	}
	sent := func(pairs ...string) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			_, state := p.LoginPage(tenanttest.Request(p.Server))
			show()
			p.Post("/u/login",
				tenanttest.Form(append([]string{
					"state", state, "username", "ada@example.test", "password", "Analytical-Engine-1", "action", "default",
				}, pairs...)...))
		}
	}
	return []scene{
		{"The page", nil, page()},
		{"The page with a login_hint and social connections", tenanttest.Social, page("login_hint", "grace@example.test")},
		{"The right password", nil, sent()},
		{"A wrong password", nil, sent("password", "wrong")},
		{"An unknown user", nil, sent("username", "nobody@example.test")},
		{"A social connection", tenanttest.Social, sent("username", "", "password", "", "connection", "google-oauth2")},
		{"A connection that is not there", nil, sent("username", "", "password", "", "connection", "nowhere")},
		{"The transaction is lost", nil, shown(func(p *tenanttest.Person) { p.Get("/u/login?state=hKFo2SB") })},
	}
}

func providerScenes() []scene {
	at := func(play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			to := p.Get(tenanttest.Request(p.Server, "connection", "google-oauth2")).Header.Get("Location")
			u, _ := url.Parse(to)
			show()
			play(p, to, u.Query().Get("state"))
		}
	}
	const path = "/__mock/idp/google-oauth2"
	return []scene{
		{"The page of the built-in identity provider", tenanttest.Social, at(func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"The person chooses", tenanttest.Social, at(func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "user", p.Server.Snapshot().Users[1].ID))
		})},
		{"The person cancels", tenanttest.Social, at(func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "deny", "1"))
		})},
		{"A user of another connection", tenanttest.Social, at(func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "user", p.Server.Snapshot().Users[0].ID))
		})},
	}
}

func logoutScenes() []scene {
	lists := func(tn *tenant.Config) { tn.Settings.AllowedLogoutURLs = []string{"https://tenant.example.test/bye"} }
	out := func(query string) func(p *tenanttest.Person, show func()) {
		return loggedIn(func(p *tenanttest.Person) {
			p.Get("/v2/logout" + strings.ReplaceAll(query, "CLIENT", p.Server.Snapshot().Clients[0].ClientID))
		})
	}
	return []scene{
		{"To a URL of the client's list", nil, out("?client_id=CLIENT&returnTo=http%3A%2F%2Flocalhost%3A3000&federated")},
		{"To the first URL of the client's list", nil, out("?client_id=CLIENT")},
		{"To a URL of the tenant's list", lists, out("?returnTo=https%3A%2F%2Ftenant.example.test%2Fbye%3Fa%3Db%23c")},
		{"Nothing is asked for", nil, out("")},
		{"A URL that is not listed", nil, out("?client_id=CLIENT&returnTo=https%3A%2F%2Fevil.example")},
		{"An unknown client", nil, out("?client_id=nobody")},
		{"Without a session", nil, shown(func(p *tenanttest.Person) { p.Get("/v2/logout") })},
	}
}

func oidcLogoutScenes() []scene {
	out := func(pairs ...string) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			id, sid := p.LogoutHints()
			q := tenanttest.Form(pairs...).Encode()
			show()
			p.Get("/oidc/logout?" + strings.NewReplacer("IDTOKEN", id, "SID", sid, "CLIENT", p.Server.Snapshot().Clients[0].ClientID).Replace(q))
		}
	}
	return []scene{
		{"By id_token_hint, with state", nil, out("id_token_hint", "IDTOKEN", "post_logout_redirect_uri", "http://localhost:3000", "state", "the-state")},
		{"By logout_hint and client_id", nil, out("logout_hint", "SID", "client_id", "CLIENT", "post_logout_redirect_uri", "http://localhost:3000")},
		{"By logout_hint, to nowhere", nil, out("logout_hint", "SID")},
		{"By id_token_hint, to nowhere", nil, out("id_token_hint", "IDTOKEN")},
		{"By POST", nil, func(p *tenanttest.Person, show func()) {
			id, _ := p.LogoutHints()
			show()
			p.Post("/oidc/logout", tenanttest.Form("id_token_hint", id, "post_logout_redirect_uri", "http://localhost:3000"))
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
	at := func(play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			p.Login(tenanttest.Request(p.Server))
			to := p.Get("/oidc/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID).Header.Get("Location")
			show()
			play(p, to, strings.TrimPrefix(to, "/u/logout?state="))
		}
	}
	return []scene{
		{"The page that asks", nil, at(func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"The person logs out", nil, at(func(p *tenanttest.Person, _, state string) {
			p.Post("/u/logout", tenanttest.Form("state", state, "action", "accept"))
		})},
		{"The person stays", nil, at(func(p *tenanttest.Person, _, state string) {
			p.Post("/u/logout", tenanttest.Form("state", state, "action", "deny"))
		})},
		{"The question is lost", nil, shown(func(p *tenanttest.Person) { p.Get("/u/logout?state=x") })},
	}
}

func userinfoScenes() []scene {
	opaque := func(ask func(p *tenanttest.Person, token string)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			p.Login(tenanttest.Request(p.Server))
			token := p.Get(tenanttest.Request(p.Server, "prompt", "none", "audience", "")).Fragment(p).Get("access_token")
			show()
			ask(p, token)
		}
	}
	const typ = "application/x-www-form-urlencoded"
	return []scene{
		{"The token in the header", nil, opaque(func(p *tenanttest.Person, token string) {
			p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token, "Origin", "http://localhost:3000")
		})},
		{"The token in the form", nil, opaque(func(p *tenanttest.Person, token string) {
			p.Ask("POST", "/userinfo", "access_token="+token, "Content-Type", typ)
		})},
		{"The token in the query", nil, opaque(func(p *tenanttest.Person, token string) { p.Get("/userinfo?access_token=" + token) })},
		{"No token", nil, shown(func(p *tenanttest.Person) { p.Get("/userinfo") })},
		{"A wrong token, from another origin", nil, shown(func(p *tenanttest.Person) {
			p.Ask("GET", "/userinfo", "", "Authorization", "Bearer x", "Origin", "http://localhost:3000")
		})},
		{"An origin that is not registered", nil, shown(func(p *tenanttest.Person) {
			p.Ask("GET", "/userinfo", "", "Authorization", "Bearer x", "Origin", "https://evil.example")
		})},
		{"The preflight", nil, shown(func(p *tenanttest.Person) {
			p.Ask("OPTIONS", "/userinfo", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "GET",
				"Access-Control-Request-Headers", "auth0-client,authorization,content-type")
		})},
	}
}

func keyScenes() []scene {
	return []scene{{"The keys", nil, shown(func(p *tenanttest.Person) { p.Get("/.well-known/jwks.json") })}}
}

func discoveryScenes() []scene {
	return []scene{
		{"The document", nil, shown(func(p *tenanttest.Person) { p.Get("/.well-known/openid-configuration") })},
		{"Its other name", nil, shown(func(p *tenanttest.Person) { p.Get("/.well-known/oauth-authorization-server") })},
	}
}

func laterScenes() []scene {
	return []scene{
		{"An endpoint that comes later", nil, shown(func(p *tenanttest.Person) {
			p.Ask("POST", "/oauth/device/code", "client_id=x", "Origin", "http://localhost:3000")
		})},
		{"A path that no tenant has", nil, shown(func(p *tenanttest.Person) { p.Get("/ouath/token") })},
	}
}
