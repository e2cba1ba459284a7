package routes_test

import (
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// Stories of the hosted pages between a request and its callback, and of the Classic login.

// leads is a story that begins at the page that a request leads to.
func leads(prepare func(p *tenanttest.Person), path func(p *tenanttest.Person) string,
	play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
	return func(p *tenanttest.Person, show func()) {
		if prepare != nil {
			prepare(p)
		}
		to := p.Get(path(p)).Header.Get("Location")
		state := tenanttest.ParseURL(p, p.Server.URL()+to).Query().Get("state")
		show()
		play(p, to, state)
	}
}

func signedIn(p *tenanttest.Person) { p.Login(tenanttest.Request(p.Server)) }

// answered are the page, what it is answered, and what a lost one says.
func answered(path string, tn func(*tenant.Config),
	at func(accept string, play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()),
	accept, deny string) []scene {
	return []scene{
		{"The page", tn, at("", func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"Yes", tn, at(accept, func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "action", accept))
		})},
		{"No", tn, at(deny, func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "action", deny))
		})},
		{"The transaction is lost", tn, shown(func(p *tenanttest.Person) { p.Get(path + "?state=x") })},
	}
}

func consentScenes() []scene {
	classic := func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "classic" }
	scenes := answered("/u/consent", classic,
		func(_ string, play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
			return leads(signedIn, func(p *tenanttest.Person) string {
				return tenanttest.Request(p.Server, "scope", "openid profile read:all")
			}, play)
		}, "accept", "deny")
	return append(scenes, scene{"In silence: consent_required", classic, func(p *tenanttest.Person, show func()) {
		signedIn(p)
		show()
		p.Get(tenanttest.Request(p.Server, "prompt", "none"))
	}})
}

func confirmationScenes() []scene {
	confirmed := func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "new" }
	scenes := answered("/u/confirmation", confirmed,
		func(_ string, play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
			return leads(signedIn, func(p *tenanttest.Person) string { return tenanttest.Request(p.Server) }, play)
		}, "accept", "deny")
	return append(scenes, scene{"In silence", confirmed, func(p *tenanttest.Person, show func()) {
		signedIn(p)
		show()
		p.Get(tenanttest.Request(p.Server, "prompt", "none"))
	}})
}

func organizationScenes() []scene {
	at := func(play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
		return leads(func(p *tenanttest.Person) { p.Login(tenanttest.Request(p.Server)) }, func(p *tenanttest.Person) string {
			return tenanttest.Request(p.Server)
		}, play)
	}
	after, before := tenanttest.OrganizationPrompt("post_login_prompt"), tenanttest.OrganizationPrompt("pre_login_prompt")
	first := func(play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
		return leads(nil, func(p *tenanttest.Person) string { return tenanttest.Request(p.Server) }, play)
	}
	return []scene{
		{"After the login: the person's organizations", after, at(func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"One of them", after, at(func(p *tenanttest.Person, _, state string) {
			p.Post("/u/organization", tenanttest.Form("state", state, "organization", "org_acme"))
		})},
		{"Another one", after, at(func(p *tenanttest.Person, _, state string) {
			p.Post("/u/organization", tenanttest.Form("state", state, "organization", "org_empty"))
		})},
		{"Before the login: by name", before, first(func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"A name", before, first(func(p *tenanttest.Person, _, state string) {
			p.Post("/u/organization", tenanttest.Form("state", state, "organization", "acme"))
		})},
	}
}

func accountScenes() []scene {
	return answered("/u/select-account", nil,
		func(_ string, play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
			return leads(signedIn, func(p *tenanttest.Person) string { return tenanttest.Request(p.Server, "prompt", "select_account") }, play)
		}, "current", "another")
}

func identifierFirst(tn *tenant.Config) { tn.Settings.IdentifierFirst = true }

func identifierScenes() []scene {
	at := func(play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
		return leads(nil, func(p *tenanttest.Person) string { return tenanttest.Request(p.Server) }, play)
	}
	return []scene{
		{"The page", identifierFirst, at(func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"An address", identifierFirst, at(func(p *tenanttest.Person, to, state string) {
			p.Post("/u/login/identifier", tenanttest.Form("state", state, "username", "ada@example.test", "action", "default"))
		})},
		{"Nothing", identifierFirst, at(func(p *tenanttest.Person, to, state string) {
			p.Post("/u/login/identifier", tenanttest.Form("state", state, "action", "default"))
		})},
	}
}

func passwordPageScenes() []scene {
	at := func(play func(p *tenanttest.Person, state string)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			state := tenanttest.ParseURL(p, p.Server.URL()+p.Get(tenanttest.Request(p.Server)).Header.Get("Location")).Query().Get("state")
			p.Post("/u/login/identifier", tenanttest.Form("state", state, "username", "ada@example.test", "action", "default"))
			show()
			play(p, state)
		}
	}
	const path = "/u/login/password"
	return []scene{
		{"The page", identifierFirst, at(func(p *tenanttest.Person, state string) { p.Get(path + "?state=" + state) })},
		{"The right password", identifierFirst, at(func(p *tenanttest.Person, state string) {
			p.Post(path, tenanttest.Form("state", state, "password", "Analytical-Engine-1"))
		})},
		{"A wrong password", identifierFirst, at(func(p *tenanttest.Person, state string) {
			p.Post(path, tenanttest.Form("state", state, "password", "x"))
		})},
	}
}

func continueScenes() []scene {
	redirects := tenanttest.Actions(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: tenanttest.Terms}})
	return []scene{
		{"Without a transaction", nil, shown(func(p *tenanttest.Person) { p.Get("/continue?state=x") })},
		{"Sent away by an Action, and back", redirects, func(p *tenanttest.Person, show func()) {
			to := p.Login(tenanttest.Request(p.Server)).Header.Get("Location")
			show()
			p.Get("/continue?state=" + url.QueryEscape(tenanttest.StateOf(p, to)))
		}},
		{"In silence: interaction_required", redirects, func(p *tenanttest.Person, show func()) {
			p.Login(tenanttest.Request(p.Server))
			show()
			p.Get(tenanttest.Request(p.Server, "prompt", "none"))
		}},
	}
}

func factorScenes() []scene {
	everybody := func(tn *tenant.Config) { tn.Settings.MFAForAll = true }
	at := func(play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			to := p.Login(tenanttest.Request(p.Server)).Header.Get("Location")
			p.Get(to)
			p.Transport.(*wiretap).name("code of the mail", tenanttest.MailedCode(p, p.Server))
			show()
			play(p, to, tenanttest.StateOf(p, to))
		}
	}
	const path = "/u/mfa-email-challenge"
	return []scene{
		{"The page", everybody, at(func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"The code, and the browser is remembered", everybody, at(func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "code", tenanttest.MailedCode(p, p.Server), "rememberBrowser", "true", "action", "default"))
		})},
		{"A wrong code", everybody, at(func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "code", "wrong", "action", "default"))
		})},
		{"Another code", everybody, at(func(p *tenanttest.Person, _, state string) {
			p.Post(path, tenanttest.Form("state", state, "action", "resend-code"))
		})},
		{"In silence: login_required", everybody, at(func(p *tenanttest.Person, _, _ string) { p.Get(tenanttest.Request(p.Server, "prompt", "none")) })},
	}
}

func signUpPageScenes() []scene {
	at := func(play func(p *tenanttest.Person, to, state string)) func(p *tenanttest.Person, show func()) {
		return leads(nil, func(p *tenanttest.Person) string { return tenanttest.Request(p.Server, "screen_hint", "signup") }, play)
	}
	return []scene{
		{"The page", nil, at(func(p *tenanttest.Person, to, _ string) { p.Get(to) })},
		{"A new person", nil, at(func(p *tenanttest.Person, _, state string) {
			p.Post("/u/signup", tenanttest.Form("state", state, "email", "grace@example.test", "password", "Flow-Matic-1"))
		})},
		{"Somebody has the address", nil, at(func(p *tenanttest.Person, _, state string) {
			p.Post("/u/signup", tenanttest.Form("state", state, "email", "ada@example.test", "password", "Flow-Matic-1"))
		})},
	}
}

func signUpScenes() []scene {
	strong := func(tn *tenant.Config) { tn.Connections[0].Passwords.Strength = "good" }
	return []scene{
		{"A new person", nil, shown(func(p *tenanttest.Person) { p.SignUp("grace@example.test", "Flow-Matic-1") })},
		{"Somebody has the address", nil, shown(func(p *tenanttest.Person) { p.SignUp("ada@example.test", "Flow-Matic-1") })},
		{"Somebody has it, and the tenant tells", func(tn *tenant.Config) { tn.Settings.TellUserExists = true }, shown(func(p *tenanttest.Person) { p.SignUp("ada@example.test", "Flow-Matic-1") })},
		{"A weak password", strong, shown(func(p *tenanttest.Person) { p.SignUp("grace@example.test", "hello") })},
		{"An unknown connection", nil, shown(func(p *tenanttest.Person) { p.SignUp("grace@example.test", "Flow-Matic-1", "connection", "nowhere") })},
		{"An unknown client", nil, shown(func(p *tenanttest.Person) { p.SignUp("grace@example.test", "Flow-Matic-1", "client_id", "nobody") })},
		{"Sign-up is disabled", func(tn *tenant.Config) { tn.Connections[0].DisableSignup = true }, shown(func(p *tenanttest.Person) { p.SignUp("grace@example.test", "Flow-Matic-1") })},
	}
}

func changePasswordScenes() []scene {
	ask := func(pairs ...string) func(p *tenanttest.Person, show func()) {
		return shown(func(p *tenanttest.Person) {
			p.PostJSON("/dbconnections/change_password",
				append([]string{
					"client_id", p.Server.Snapshot().Clients[0].ClientID, "connection", tenanttest.Database, "email", "ada@example.test",
				}, pairs...)...)
		})
	}
	return []scene{
		{"Somebody's address", nil, ask()},
		{"Nobody's", nil, ask("email", "nobody@example.test")},
		{"No connection", nil, ask("connection", "")},
	}
}

func resetRequestScenes() []scene {
	at := func(play func(p *tenanttest.Person, state string)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			_, state := p.LoginPage(tenanttest.Request(p.Server))
			show()
			play(p, state)
		}
	}
	return []scene{
		{"The page", nil, at(func(p *tenanttest.Person, state string) { p.Get("/u/reset-password/request?state=" + state) })},
		{"An address", nil, at(func(p *tenanttest.Person, state string) {
			p.Post("/u/reset-password/request", tenanttest.Form("state", state, "username", "ada@example.test"))
		})},
	}
}

func resetScenes() []scene {
	at := func(play func(p *tenanttest.Person, ticket string)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			ticket := p.ResetLink("ada@example.test").Query().Get("ticket")
			p.Transport.(*wiretap).name("ticket", ticket)
			show()
			play(p, ticket)
		}
	}
	set := func(p *tenanttest.Person, ticket, password, again string) {
		p.Post("/u/reset-verify", tenanttest.Form("ticket", ticket, "password-reset", password, "re-enter-password", again))
	}
	return []scene{
		{"The page of the mail's link", nil, at(func(p *tenanttest.Person, ticket string) { p.Get("/u/reset-verify?ticket=" + ticket) })},
		{"A new password", nil, at(func(p *tenanttest.Person, ticket string) { set(p, ticket, "New-Password-1", "New-Password-1") })},
		{"Two different ones", nil, at(func(p *tenanttest.Person, ticket string) { set(p, ticket, "New-Password-1", "New-Password-2") })},
		{"A link that is not good", nil, shown(func(p *tenanttest.Person) { p.Get("/u/reset-verify?ticket=x") })},
	}
}

func unblockScenes() []scene {
	one := func(tn *tenant.Config) { tn.Settings.MaxAttempts = 1 }
	at := func(play func(p *tenanttest.Person, link *url.URL)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password", "x")
			link := p.MailedLink("blocked_account")
			p.Transport.(*wiretap).name("ticket", link.Query().Get("ticket"))
			show()
			play(p, link)
		}
	}
	return []scene{
		{"The page of the mail's link", one, at(func(p *tenanttest.Person, link *url.URL) { p.Get(link.RequestURI()) })},
		{"Its button", one, at(func(p *tenanttest.Person, link *url.URL) {
			p.Post(link.Path, tenanttest.Form("ticket", link.Query().Get("ticket")))
		})},
		{"A link that is not good", nil, shown(func(p *tenanttest.Person) { p.Get("/u/brute-force-protection/unblock?ticket=x") })},
	}
}

func pushScenes() []scene {
	push := func(pairs ...string) func(p *tenanttest.Person, show func()) {
		return shown(func(p *tenanttest.Person) { p.Push(pairs...) })
	}
	return []scene{
		{"A request, and the way on", nil, func(p *tenanttest.Person, show func()) {
			show()
			p.Get(p.PushedRequest())
		}},
		{"A second time", nil, func(p *tenanttest.Person, show func()) {
			path := p.PushedRequest()
			p.Get(path)
			show()
			p.Get(path)
		}},
		{"A wrong secret", nil, push("client_secret", "x")},
		{"No client", nil, push("client_id", "", "client_secret", "")},
		{"No response_type", nil, push("response_type", "")},
		{"A callback that is not listed", nil, push("redirect_uri", "https://evil.example/")},
		{"A reference in place of a request", nil, push("request_uri", "urn:ietf:params:oauth:request_uri:x")},
	}
}

func lockScenes() []scene {
	return []scene{
		{"A client's settings", tenanttest.Social, shown(func(p *tenanttest.Person) {
			p.Get("/client/" + p.Server.Snapshot().Clients[0].ClientID + ".js?t1700000000000")
		})},
		{"The tenant's", tenanttest.Social, shown(func(p *tenanttest.Person) { p.Get("/info-v1.js") })},
		{"An unknown client", nil, shown(func(p *tenanttest.Person) { p.Get("/client/nobody.js") })},
	}
}

func crossOrigin(tn *tenant.Config) { tn.Clients[0].CrossOriginAuth = true }

func classicLoginScenes() []scene {
	return []scene{
		{"From the tenant's page", nil, func(p *tenanttest.Person, show func()) {
			state := p.LoginState()
			show()
			p.ClassicLogin("state", state)
		}},
		{"From a page of the application", crossOrigin, shown(func(p *tenanttest.Person) { p.ClassicLogin() })},
		{"A wrong password", nil, shown(func(p *tenanttest.Person) { p.ClassicLogin("password", "x") })},
		{"An unknown connection", nil, shown(func(p *tenanttest.Person) { p.ClassicLogin("connection", "nowhere") })},
	}
}

func classicCallbackScenes() []scene {
	return []scene{
		{"The form of the login", nil, func(p *tenanttest.Person, show func()) {
			sent := tenanttest.WSFedForm(p, p.ClassicLogin("state", p.LoginState()))
			show()
			p.Post("/login/callback", sent)
		}},
		{"A second time", nil, func(p *tenanttest.Person, show func()) {
			sent := tenanttest.WSFedForm(p, p.ClassicLogin("state", p.LoginState()))
			p.Post("/login/callback", sent)
			show()
			p.Post("/login/callback", sent)
		}},
		{"A client that does not allow cross-origin logins", nil, func(p *tenanttest.Person, show func()) {
			sent := tenanttest.WSFedForm(p, p.ClassicLogin())
			show()
			p.Post("/login/callback", sent)
		}},
	}
}

func challengeScenes() []scene {
	return []scene{{"No captcha", nil, shown(func(p *tenanttest.Person) {
		p.Ask("POST", "/usernamepassword/challenge", `{"state":"x"}`, "Content-Type", "application/json")
	})}}
}

func ssoDataScenes() []scene {
	return []scene{
		{"No session", nil, shown(func(p *tenanttest.Person) { p.Ask("GET", "/user/ssodata", "", "Origin", "http://localhost:3000") })},
		{"A session", nil, loggedIn(func(p *tenanttest.Person) { p.Ask("GET", "/user/ssodata", "", "Origin", "http://localhost:3000") })},
	}
}

// pageScenes are those of this file.
func pageScenes() map[string][]scene {
	return map[string][]scene{
		"organization": organizationScenes(), "consent": consentScenes(), "confirmation": confirmationScenes(), "account": accountScenes(),
		"login.identifier": identifierScenes(), "login.password": passwordPageScenes(), "factor": factorScenes(), "continue": continueScenes(),
		"signup.page": signUpPageScenes(), "signup": signUpScenes(), "change_password": changePasswordScenes(),
		"reset.request": resetRequestScenes(), "reset": resetScenes(), "unblock": unblockScenes(), "par": pushScenes(), "lock": lockScenes(),
		"classic.login": classicLoginScenes(), "classic.callback": classicCallbackScenes(), "classic.challenge": challengeScenes(),
		"ssodata": ssoDataScenes(),
	}
}

// limitedScenes are answers of a tenant with rate limits.
func limitedScenes() []scene {
	limits := func(endpoint string) func(*tenant.Config) {
		return func(tn *tenant.Config) {
			tn.Mock.RateLimits = map[string]tenant.RateLimit{endpoint: {Burst: 1, PerMinute: 6}}
		}
	}
	return []scene{
		{"/oauth/token", limits("token"), func(p *tenanttest.Person, show func()) {
			p.Token("grant_type", "x")
			show()
			p.Token("grant_type", "x")
		}},
		{"/userinfo", limits("userinfo"), func(p *tenanttest.Person, show func()) {
			p.Get("/userinfo")
			show()
			p.Get("/userinfo")
		}},
		{"/authorize", limits("authorize"), func(p *tenanttest.Person, show func()) {
			p.Get(tenanttest.Request(p.Server))
			show()
			p.Get(tenanttest.Request(p.Server, "prompt", "none", "response_mode", "web_message"))
		}},
		{"All endpoints together", limits("global"), func(p *tenanttest.Person, show func()) {
			p.Get("/.well-known/jwks.json")
			show()
			p.Get("/.well-known/jwks.json")
		}},
	}
}

// titled tells whether a story's title is used twice in a list, which would make a difference hard to find.
func titledTwice(list []scene) string {
	seen := map[string]bool{}
	for _, s := range list {
		if seen[s.title] || strings.TrimSpace(s.title) == "" {
			return s.title
		}
		seen[s.title] = true
	}
	return ""
}
