package routes_test

import (
	"slices"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// exchanged is one request to the token endpoint.
func exchanged(pairs ...string) func(p *tenanttest.Person, show func()) {
	return shown(func(p *tenanttest.Person) { p.Token(pairs...) })
}

func tokenScenes() []scene {
	secret := []string{"client_id", "web", "client_secret", "web+secret%21"}
	machine := []string{
		"grant_type", "client_credentials", "client_id", "machine", "client_secret", "machine-secret", "audience", "https://api.example.test/",
	}
	ropg := slices.Concat([]string{
		"grant_type", "password", "username", "ada@example.test", "password", "Analytical-Engine-1", "scope", "openid",
	}, secret)
	with := func(base []string, pairs ...string) func(p *tenanttest.Person, show func()) {
		return exchanged(slices.Concat(base, pairs)...)
	}
	scenes := []scene{
		{"client_credentials", nil, exchanged(machine...)},
		{"client_credentials by Basic", nil, shown(func(p *tenanttest.Person) {
			p.Ask("POST", "/oauth/token", "grant_type=client_credentials&audience=https%3A%2F%2Fapi.example.test%2F", "Content-Type",
				"application/x-www-form-urlencoded", "Authorization", "Basic bWFjaGluZTptYWNoaW5lLXNlY3JldA==")
		})},
		{"client_credentials as JSON", nil, shown(func(p *tenanttest.Person) {
			p.Ask("POST", "/oauth/token",
				`{"grant_type":"client_credentials","client_id":"machine","client_secret":"machine-secret","audience":"https://api.example.test/"}`,
				"Content-Type", "application/json")
		})},
		{"password", nil, exchanged(ropg...)},
		{"password-realm, with a refresh token", nil, with(ropg, "grant_type", tenanttest.RealmGrant, "realm", "Username-Password-Authentication", "scope", "openid offline_access")},
		{"The preflight", nil, shown(func(p *tenanttest.Person) {
			p.Ask("OPTIONS", "/oauth/token", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "POST",
				"Access-Control-Request-Headers", "auth0-client,content-type")
		})},
		{"No grant_type", nil, exchanged()},
		{"An unknown grant", nil, exchanged("grant_type", "x")},
		{"No client", nil, exchanged("grant_type", "refresh_token")},
		{"An unknown client", nil, exchanged("grant_type", "refresh_token", "client_id", "x")},
		{"A wrong secret", nil, with(machine, "client_secret", "x")},
		{"A grant that the client may not use", nil, with(ropg, "client_id", "machine", "client_secret", "machine-secret")},
		{"client_credentials: no audience", nil, with(machine, "audience", "")},
		{"client_credentials: an audience that is no API", nil, with(machine, "audience", "https://other.example.test/")},
		{"client_credentials: no client grant", nil, exchanged(slices.Concat(machine, secret)...)},
		{"client_credentials: scopes that were not granted", nil, with(machine, "scope", "read:all write:all")},
		{"password: no user name", nil, with(ropg, "username", "")},
		{"password: a wrong password", nil, with(ropg, "password", "x")},
		{"password: a blocked user", func(tn *tenant.Config) { tn.Users[0].Blocked = true }, exchanged(ropg...)},
		{"password: a second factor is due", func(tn *tenant.Config) { tn.Settings.MFAForAll = true }, exchanged(ropg...)},
		{"password: an Action denies", tenanttest.Actions(tenant.Action{Name: "Weekend", Deny: "Not at the weekend"}), exchanged(ropg...)},
		{"password: no default directory", func(tn *tenant.Config) { tn.Settings.DefaultDirectory = "" }, exchanged(ropg...)},
		{"password-realm: no realm", nil, with(ropg, "grant_type", tenanttest.RealmGrant)},
		{"password-realm: an unknown realm", nil, with(ropg, "grant_type", tenanttest.RealmGrant, "realm", "nowhere")},
		{"A parameter twice", nil, shown(func(p *tenanttest.Person) {
			p.Ask("POST", "/oauth/token", "grant_type=a&grant_type=b", "Content-Type", "application/x-www-form-urlencoded")
		})},
		{"A body that is no JSON object", nil, shown(func(p *tenanttest.Person) { p.Ask("POST", "/oauth/token", "[]", "Content-Type", "application/json") })},
		{"A method that it does not take", nil, shown(func(p *tenanttest.Person) { p.Get("/oauth/token") })},
	}
	return slices.Concat(codeScenes(), refreshScenes(), scenes)
}

func codeScenes() []scene {
	with := func(asked []string, sent ...string) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			code := p.Code(asked...)
			show()
			p.Exchange(code, sent...)
		}
	}
	offline := []string{"scope", "openid profile email offline_access"}
	twice := func(p *tenanttest.Person, show func()) {
		code := p.Code()
		p.Exchange(code)
		show()
		p.Exchange(code)
	}
	return []scene{
		{"authorization_code with a refresh token", nil, with(offline)},
		{"authorization_code without an audience", nil, with([]string{"audience", ""})},
		{"authorization_code of a client with a secret", nil, with([]string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"},
			"client_id", "web", "client_secret", "web+secret%21", "redirect_uri", "https://web.example.test/cb")},
		{"authorization_code: no code", nil, with(nil, "code", "")},
		{"authorization_code: a second time", nil, twice},
		{"authorization_code: a wrong verifier", nil, with(nil, "code_verifier", "x")},
		{"authorization_code: no verifier", nil, with(nil, "code_verifier", "")},
		{"authorization_code: another callback", nil, with(nil, "redirect_uri", "http://localhost:3000/callback")},
		{"authorization_code: no PKCE and no secret", nil, with([]string{"code_challenge", "", "code_challenge_method", ""}, "code_verifier", "")},
	}
}

func refreshScenes() []scene {
	rotates := func(tn *tenant.Config) { tn.Clients[0].RefreshToken.Rotating = true }
	with := func(sent ...string) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			rt := p.Offline()
			show()
			p.Renew(rt, sent...)
		}
	}
	changed := func(change func(*tenant.Config)) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			rt := p.Offline()
			tenanttest.Reconfigure(p, p.Server, change)
			show()
			p.Renew(rt)
		}
	}
	reused := func(p *tenanttest.Person, show func()) {
		rt := p.Offline()
		next := p.Renew(rt).Member(p, "refresh_token")
		show()
		p.Renew(rt)
		p.Renew(next)
	}
	return []scene{
		{"refresh_token", nil, with()},
		{"refresh_token for fewer scopes", nil, with("scope", "openid")},
		{"refresh_token with rotation", rotates, with()},
		{"refresh_token: reuse, after which the whole family is revoked", rotates, reused},
		{"refresh_token: no token", nil, exchanged("grant_type", "refresh_token", "client_id", tenant.Minimal().Clients[0].ClientID)},
		{"refresh_token: an unknown token", nil, with("refresh_token", "x")},
		{"refresh_token: nothing of the scopes was granted", nil, with("scope", "write:all")},
		{"refresh_token: a blocked user", nil, changed(func(tn *tenant.Config) { tn.Users[0].Blocked = true })},
		{"refresh_token: the user is gone", nil, changed(func(tn *tenant.Config) { tn.Users = nil })},
	}
}

func revokeScenes() []scene {
	send := func(p *tenanttest.Person, pairs ...string) {
		p.Ask("POST", "/oauth/revoke", tenanttest.Form(pairs...).Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin",
			"http://localhost:3000")
	}
	id := tenant.Minimal().Clients[0].ClientID
	return []scene{
		{"A refresh token", nil, func(p *tenanttest.Person, show func()) {
			rt := p.Offline()
			show()
			send(p, "client_id", id, "token", rt)
		}},
		{"An unknown token", nil, shown(func(p *tenanttest.Person) { send(p, "client_id", id, "token", "x") })},
		{"No token", nil, shown(func(p *tenanttest.Person) { send(p, "client_id", id) })},
		{"A wrong secret", nil, shown(func(p *tenanttest.Person) { send(p, "client_id", "web", "client_secret", "x", "token", "x") })},
	}
}

func certificateScenes() []scene {
	var scenes []scene
	for _, path := range []string{"/pem", "/rawpem", "/cer", "/pb7", "/fingerprint"} {
		scenes = append(scenes, scene{"The signing certificate as " + path, nil, shown(func(p *tenanttest.Person) { p.Get(path) })})
	}
	return scenes
}
