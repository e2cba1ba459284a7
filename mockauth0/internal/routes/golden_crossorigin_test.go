package routes_test

import (
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func crossOriginScenes() []scene {
	ask := func(pairs ...string) func(p *tenanttest.Person, show func()) {
		return shown(func(p *tenanttest.Person) { p.CrossOrigin(pairs...) })
	}
	return []scene{
		{"The right password", tenanttest.CrossOriginLogins, ask()},
		{"A wrong password", tenanttest.CrossOriginLogins, ask("password", "x")},
		{"A blocked user", tenanttest.CrossOriginLogins, ask("username", "mallory@example.test", "password", "p")},
		{"An unknown connection", tenanttest.CrossOriginLogins, ask("realm", "nowhere")},
		{"A client that does not allow it", nil, ask()},
		{"A one-time password, which comes later", tenanttest.CrossOriginLogins, ask("credential_type", "http://auth0.com/oauth/grant-type/passwordless/otp")},
		{"From a page of nobody's", tenanttest.CrossOriginLogins, shown(func(p *tenanttest.Person) {
			p.Ask("POST", "/co/authenticate", `{"client_id":"`+p.Server.Snapshot().Clients[0].ClientID+
				`","username":"ada@example.test","password":"Analytical-Engine-1","credential_type":"password"}`,
				"Content-Type", "application/json", "Origin", "https://evil.example")
		})},
		{"The ticket is redeemed", tenanttest.CrossOriginLogins, func(p *tenanttest.Person, show func()) {
			lt := p.LoginTicket()
			show()
			p.Get(p.Get(tenanttest.Request(p.Server, "login_ticket", lt.ID, "realm", tenanttest.Database)).Header.Get("Location"))
			p.Get(tenanttest.Request(p.Server, "login_ticket", lt.ID, "realm", tenanttest.Database))
		}},
		{"In another browser", tenanttest.CrossOriginLogins, func(p *tenanttest.Person, show func()) {
			lt := p.LoginTicket()
			show()
			p.ForgetCookies()
			p.Get(tenanttest.Request(p.Server, "login_ticket", lt.ID))
		}},
	}
}

func verifyScenes() []scene {
	withPage := func(tn *tenant.Config) {
		tenanttest.CrossOriginLogins(tn)
		tn.Clients[0].CrossOriginPage = "http://localhost:3000/callback-cross-auth"
	}
	send := func(verifier func(tenanttest.Ticket) string) func(p *tenanttest.Person, show func()) {
		return func(p *tenanttest.Person, show func()) {
			lt := p.LoginTicket()
			show()
			p.ForgetCookies()
			page := p.Get(tenanttest.Request(p.Server, "login_ticket", lt.ID))
			p.Post("/co/verify", tenanttest.Form("state", tenanttest.StateField.FindStringSubmatch(page.Text)[1], "verifier", verifier(lt)))
		}
	}
	return []scene{
		{"The verifier", withPage, send(func(t tenanttest.Ticket) string { return t.Verifier })},
		{"Another one", withPage, send(func(tenanttest.Ticket) string { return "x" })},
		{"None", withPage, send(func(tenanttest.Ticket) string { return "" })},
	}
}
