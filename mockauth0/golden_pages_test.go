package mockauth0

import (
	"net/url"
	"strings"

	"renewal.example/mockauth0/tenant"
)

// Stories of the hosted pages between a request and its callback, and of the Classic login.

// leads is a story that begins at the page that a request leads to.
func leads(prepare func(p *person), path func(p *person) string, play func(p *person, to, state string)) func(p *person, show func()) {
	return func(p *person, show func()) {
		if prepare != nil {
			prepare(p)
		}
		to := p.get(path(p)).Header.Get("Location")
		state := mustURL(p, p.s.URL()+to).Query().Get("state")
		show()
		play(p, to, state)
	}
}

func signedIn(p *person) { p.login(request(p.s)) }

// answered are the page, what it is answered, and what a lost one says.
func answered(path string, tn func(*tenant.Config), at func(accept string, play func(p *person, to, state string)) func(p *person, show func()), accept, deny string) []scene {
	return []scene{
		{"The page", tn, at("", func(p *person, to, _ string) { p.get(to) })},
		{"Yes", tn, at(accept, func(p *person, _, state string) { p.post(path, form("state", state, "action", accept)) })},
		{"No", tn, at(deny, func(p *person, _, state string) { p.post(path, form("state", state, "action", deny)) })},
		{"The transaction is lost", tn, shown(func(p *person) { p.get(path + "?state=x") })},
	}
}

func consentScenes() []scene {
	classic := func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "classic" }
	scenes := answered("/u/consent", classic, func(_ string, play func(p *person, to, state string)) func(p *person, show func()) {
		return leads(signedIn, func(p *person) string { return request(p.s, "scope", "openid profile read:all") }, play)
	}, "accept", "deny")
	return append(scenes, scene{"In silence: consent_required", classic, func(p *person, show func()) {
		signedIn(p)
		show()
		p.get(request(p.s, "prompt", "none"))
	}})
}

func confirmationScenes() []scene {
	confirmed := func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "new" }
	scenes := answered("/u/confirmation", confirmed, func(_ string, play func(p *person, to, state string)) func(p *person, show func()) {
		return leads(signedIn, func(p *person) string { return request(p.s) }, play)
	}, "accept", "deny")
	return append(scenes, scene{"In silence", confirmed, func(p *person, show func()) {
		signedIn(p)
		show()
		p.get(request(p.s, "prompt", "none"))
	}})
}

func organizationScenes() []scene {
	at := func(play func(p *person, to, state string)) func(p *person, show func()) {
		return leads(func(p *person) { p.login(request(p.s)) }, func(p *person) string { return request(p.s) }, play)
	}
	after, before := prompting("post_login_prompt"), prompting("pre_login_prompt")
	first := func(play func(p *person, to, state string)) func(p *person, show func()) {
		return leads(nil, func(p *person) string { return request(p.s) }, play)
	}
	return []scene{
		{"After the login: the person's organizations", after, at(func(p *person, to, _ string) { p.get(to) })},
		{"One of them", after, at(func(p *person, _, state string) {
			p.post("/u/organization", form("state", state, "organization", "org_acme"))
		})},
		{"Another one", after, at(func(p *person, _, state string) {
			p.post("/u/organization", form("state", state, "organization", "org_empty"))
		})},
		{"Before the login: by name", before, first(func(p *person, to, _ string) { p.get(to) })},
		{"A name", before, first(func(p *person, _, state string) {
			p.post("/u/organization", form("state", state, "organization", "acme"))
		})},
	}
}

func accountScenes() []scene {
	return answered("/u/select-account", nil, func(_ string, play func(p *person, to, state string)) func(p *person, show func()) {
		return leads(signedIn, func(p *person) string { return request(p.s, "prompt", "select_account") }, play)
	}, "current", "another")
}

func identifierFirst(tn *tenant.Config) { tn.Settings.IdentifierFirst = true }

func identifierScenes() []scene {
	at := func(play func(p *person, to, state string)) func(p *person, show func()) {
		return leads(nil, func(p *person) string { return request(p.s) }, play)
	}
	return []scene{
		{"The page", identifierFirst, at(func(p *person, to, _ string) { p.get(to) })},
		{"An address", identifierFirst, at(func(p *person, to, state string) {
			p.post("/u/login/identifier", form("state", state, "username", "ada@example.test", "action", "default"))
		})},
		{"Nothing", identifierFirst, at(func(p *person, to, state string) {
			p.post("/u/login/identifier", form("state", state, "action", "default"))
		})},
	}
}

func passwordPageScenes() []scene {
	at := func(play func(p *person, state string)) func(p *person, show func()) {
		return func(p *person, show func()) {
			state := mustURL(p, p.s.URL()+p.get(request(p.s)).Header.Get("Location")).Query().Get("state")
			p.post("/u/login/identifier", form("state", state, "username", "ada@example.test", "action", "default"))
			show()
			play(p, state)
		}
	}
	const path = "/u/login/password"
	return []scene{
		{"The page", identifierFirst, at(func(p *person, state string) { p.get(path + "?state=" + state) })},
		{"The right password", identifierFirst, at(func(p *person, state string) { p.post(path, form("state", state, "password", "Analytical-Engine-1")) })},
		{"A wrong password", identifierFirst, at(func(p *person, state string) { p.post(path, form("state", state, "password", "x")) })},
	}
}

func continueScenes() []scene {
	redirects := act(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: terms}})
	return []scene{
		{"Without a transaction", nil, shown(func(p *person) { p.get("/continue?state=x") })},
		{"Sent away by an Action, and back", redirects, func(p *person, show func()) {
			to := p.login(request(p.s)).Header.Get("Location")
			show()
			p.get("/continue?state=" + url.QueryEscape(stateOf(p, to)))
		}},
		{"In silence: interaction_required", redirects, func(p *person, show func()) {
			p.login(request(p.s))
			show()
			p.get(request(p.s, "prompt", "none"))
		}},
	}
}

func factorScenes() []scene {
	everybody := func(tn *tenant.Config) { tn.Settings.MFAForAll = true }
	at := func(play func(p *person, to, state string)) func(p *person, show func()) {
		return func(p *person, show func()) {
			to := p.login(request(p.s)).Header.Get("Location")
			p.get(to)
			p.Transport.(*wiretap).name("code of the mail", p.s.mailedCode(p))
			show()
			play(p, to, stateOf(p, to))
		}
	}
	const path = "/u/mfa-email-challenge"
	return []scene{
		{"The page", everybody, at(func(p *person, to, _ string) { p.get(to) })},
		{"The code, and the browser is remembered", everybody, at(func(p *person, _, state string) {
			p.post(path, form("state", state, "code", p.s.mailedCode(p), "rememberBrowser", "true", "action", "default"))
		})},
		{"A wrong code", everybody, at(func(p *person, _, state string) {
			p.post(path, form("state", state, "code", "wrong", "action", "default"))
		})},
		{"Another code", everybody, at(func(p *person, _, state string) { p.post(path, form("state", state, "action", "resend-code")) })},
		{"In silence: login_required", everybody, at(func(p *person, _, _ string) { p.get(request(p.s, "prompt", "none")) })},
	}
}

func signUpPageScenes() []scene {
	at := func(play func(p *person, to, state string)) func(p *person, show func()) {
		return leads(nil, func(p *person) string { return request(p.s, "screen_hint", "signup") }, play)
	}
	return []scene{
		{"The page", nil, at(func(p *person, to, _ string) { p.get(to) })},
		{"A new person", nil, at(func(p *person, _, state string) {
			p.post("/u/signup", form("state", state, "email", "grace@example.test", "password", "Flow-Matic-1"))
		})},
		{"Somebody has the address", nil, at(func(p *person, _, state string) {
			p.post("/u/signup", form("state", state, "email", "ada@example.test", "password", "Flow-Matic-1"))
		})},
	}
}

func signUpScenes() []scene {
	strong := func(tn *tenant.Config) { tn.Connections[0].Passwords.Strength = "good" }
	return []scene{
		{"A new person", nil, shown(func(p *person) { p.signUp("grace@example.test", "Flow-Matic-1") })},
		{"Somebody has the address", nil, shown(func(p *person) { p.signUp("ada@example.test", "Flow-Matic-1") })},
		{"Somebody has it, and the tenant tells", func(tn *tenant.Config) { tn.Settings.TellUserExists = true }, shown(func(p *person) { p.signUp("ada@example.test", "Flow-Matic-1") })},
		{"A weak password", strong, shown(func(p *person) { p.signUp("grace@example.test", "hello") })},
		{"An unknown connection", nil, shown(func(p *person) { p.signUp("grace@example.test", "Flow-Matic-1", "connection", "nowhere") })},
		{"An unknown client", nil, shown(func(p *person) { p.signUp("grace@example.test", "Flow-Matic-1", "client_id", "nobody") })},
		{"Sign-up is disabled", func(tn *tenant.Config) { tn.Connections[0].DisableSignup = true }, shown(func(p *person) { p.signUp("grace@example.test", "Flow-Matic-1") })},
	}
}

func changePasswordScenes() []scene {
	ask := func(pairs ...string) func(p *person, show func()) {
		return shown(func(p *person) {
			p.postJSON("/dbconnections/change_password", append([]string{"client_id", p.s.Snapshot().Clients[0].ClientID, "connection", database, "email", "ada@example.test"}, pairs...)...)
		})
	}
	return []scene{
		{"Somebody's address", nil, ask()},
		{"Nobody's", nil, ask("email", "nobody@example.test")},
		{"No connection", nil, ask("connection", "")},
	}
}

func resetRequestScenes() []scene {
	at := func(play func(p *person, state string)) func(p *person, show func()) {
		return func(p *person, show func()) {
			_, state := p.loginPage(request(p.s))
			show()
			play(p, state)
		}
	}
	return []scene{
		{"The page", nil, at(func(p *person, state string) { p.get("/u/reset-password/request?state=" + state) })},
		{"An address", nil, at(func(p *person, state string) {
			p.post("/u/reset-password/request", form("state", state, "username", "ada@example.test"))
		})},
	}
}

func resetScenes() []scene {
	at := func(play func(p *person, ticket string)) func(p *person, show func()) {
		return func(p *person, show func()) {
			ticket := p.mailed("ada@example.test").Query().Get("ticket")
			p.Transport.(*wiretap).name("ticket", ticket)
			show()
			play(p, ticket)
		}
	}
	set := func(p *person, ticket, password, again string) {
		p.post("/u/reset-verify", form("ticket", ticket, "password-reset", password, "re-enter-password", again))
	}
	return []scene{
		{"The page of the mail's link", nil, at(func(p *person, ticket string) { p.get("/u/reset-verify?ticket=" + ticket) })},
		{"A new password", nil, at(func(p *person, ticket string) { set(p, ticket, "New-Password-1", "New-Password-1") })},
		{"Two different ones", nil, at(func(p *person, ticket string) { set(p, ticket, "New-Password-1", "New-Password-2") })},
		{"A link that is not good", nil, shown(func(p *person) { p.get("/u/reset-verify?ticket=x") })},
	}
}

func unblockScenes() []scene {
	one := func(tn *tenant.Config) { tn.Settings.MaxAttempts = 1 }
	at := func(play func(p *person, link *url.URL)) func(p *person, show func()) {
		return func(p *person, show func()) {
			p.token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password", "x")
			link := p.linkOf("blocked_account")
			p.Transport.(*wiretap).name("ticket", link.Query().Get("ticket"))
			show()
			play(p, link)
		}
	}
	return []scene{
		{"The page of the mail's link", one, at(func(p *person, link *url.URL) { p.get(link.RequestURI()) })},
		{"Its button", one, at(func(p *person, link *url.URL) { p.post(link.Path, form("ticket", link.Query().Get("ticket"))) })},
		{"A link that is not good", nil, shown(func(p *person) { p.get("/u/brute-force-protection/unblock?ticket=x") })},
	}
}

func pushScenes() []scene {
	push := func(pairs ...string) func(p *person, show func()) { return shown(func(p *person) { p.push(pairs...) }) }
	return []scene{
		{"A request, and the way on", nil, func(p *person, show func()) {
			show()
			p.get(p.pushed())
		}},
		{"A second time", nil, func(p *person, show func()) {
			path := p.pushed()
			p.get(path)
			show()
			p.get(path)
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
		{"A client's settings", social, shown(func(p *person) { p.get("/client/" + p.s.Snapshot().Clients[0].ClientID + ".js?t1700000000000") })},
		{"The tenant's", social, shown(func(p *person) { p.get("/info-v1.js") })},
		{"An unknown client", nil, shown(func(p *person) { p.get("/client/nobody.js") })},
	}
}

func crossOrigin(tn *tenant.Config) { tn.Clients[0].CrossOriginAuth = true }

func classicLoginScenes() []scene {
	return []scene{
		{"From the tenant's page", nil, func(p *person, show func()) {
			state := p.pageState()
			show()
			p.classic("state", state)
		}},
		{"From a page of the application", crossOrigin, shown(func(p *person) { p.classic() })},
		{"A wrong password", nil, shown(func(p *person) { p.classic("password", "x") })},
		{"An unknown connection", nil, shown(func(p *person) { p.classic("connection", "nowhere") })},
	}
}

func classicCallbackScenes() []scene {
	return []scene{
		{"The form of the login", nil, func(p *person, show func()) {
			sent := wsfed(p, p.classic("state", p.pageState()))
			show()
			p.post("/login/callback", sent)
		}},
		{"A second time", nil, func(p *person, show func()) {
			sent := wsfed(p, p.classic("state", p.pageState()))
			p.post("/login/callback", sent)
			show()
			p.post("/login/callback", sent)
		}},
		{"A client that does not allow cross-origin logins", nil, func(p *person, show func()) {
			sent := wsfed(p, p.classic())
			show()
			p.post("/login/callback", sent)
		}},
	}
}

func challengeScenes() []scene {
	return []scene{{"No captcha", nil, shown(func(p *person) {
		p.ask("POST", "/usernamepassword/challenge", `{"state":"x"}`, "Content-Type", "application/json")
	})}}
}

func ssoDataScenes() []scene {
	return []scene{
		{"No session", nil, shown(func(p *person) { p.ask("GET", "/user/ssodata", "", "Origin", "http://localhost:3000") })},
		{"A session", nil, loggedIn(func(p *person) { p.ask("GET", "/user/ssodata", "", "Origin", "http://localhost:3000") })},
	}
}

// pageScenes are those of this file.
func pageScenes() map[string][]scene {
	return map[string][]scene{
		"organization": organizationScenes(), "consent": consentScenes(), "confirmation": confirmationScenes(), "account": accountScenes(), "login.identifier": identifierScenes(),
		"login.password": passwordPageScenes(), "factor": factorScenes(), "continue": continueScenes(), "signup.page": signUpPageScenes(), "signup": signUpScenes(),
		"change_password": changePasswordScenes(), "reset.request": resetRequestScenes(), "reset": resetScenes(), "unblock": unblockScenes(), "par": pushScenes(), "lock": lockScenes(),
		"classic.login": classicLoginScenes(), "classic.callback": classicCallbackScenes(), "classic.challenge": challengeScenes(), "ssodata": ssoDataScenes(),
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
		{"/oauth/token", limits("token"), func(p *person, show func()) {
			p.token("grant_type", "x")
			show()
			p.token("grant_type", "x")
		}},
		{"/userinfo", limits("userinfo"), func(p *person, show func()) {
			p.get("/userinfo")
			show()
			p.get("/userinfo")
		}},
		{"/authorize", limits("authorize"), func(p *person, show func()) {
			p.get(request(p.s))
			show()
			p.get(request(p.s, "prompt", "none", "response_mode", "web_message"))
		}},
		{"All endpoints together", limits("global"), func(p *person, show func()) {
			p.get("/.well-known/jwks.json")
			show()
			p.get("/.well-known/jwks.json")
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
