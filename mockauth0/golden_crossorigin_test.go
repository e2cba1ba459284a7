package mockauth0

import (
	"net/http/cookiejar"

	"renewal.example/mockauth0/tenant"
)

// Stories of cross-origin authentication.

// forgetCookies makes a browser another one, or one that kept no cookie of a request across sites.
func (p *person) forgetCookies() {
	p.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.Fatal(err)
	}
	p.Jar = jar
}

func crossOriginScenes() []scene {
	ask := func(pairs ...string) func(p *person, show func()) {
		return shown(func(p *person) { p.crossOrigin(pairs...) })
	}
	return []scene{
		{"The right password", ownLogin, ask()},
		{"A wrong password", ownLogin, ask("password", "x")},
		{"A blocked user", ownLogin, ask("username", "mallory@example.test", "password", "p")},
		{"An unknown connection", ownLogin, ask("realm", "nowhere")},
		{"A client that does not allow it", nil, ask()},
		{"A one-time password, which comes later", ownLogin, ask("credential_type", "http://auth0.com/oauth/grant-type/passwordless/otp")},
		{"From a page of nobody's", ownLogin, shown(func(p *person) {
			p.ask("POST", "/co/authenticate", `{"client_id":"`+p.s.Snapshot().Clients[0].ClientID+`","username":"ada@example.test","password":"Analytical-Engine-1","credential_type":"password"}`,
				"Content-Type", "application/json", "Origin", "https://evil.example")
		})},
		{"The ticket is redeemed", ownLogin, func(p *person, show func()) {
			lt := p.ticket()
			show()
			p.get(p.get(request(p.s, "login_ticket", lt.ID, "realm", database)).Header.Get("Location"))
			p.get(request(p.s, "login_ticket", lt.ID, "realm", database))
		}},
		{"In another browser", ownLogin, func(p *person, show func()) {
			lt := p.ticket()
			show()
			p.forgetCookies()
			p.get(request(p.s, "login_ticket", lt.ID))
		}},
	}
}

func verifyScenes() []scene {
	withPage := func(tn *tenant.Config) {
		ownLogin(tn)
		tn.Clients[0].CrossOriginPage = "http://localhost:3000/callback-cross-auth"
	}
	send := func(verifier func(ticket) string) func(p *person, show func()) {
		return func(p *person, show func()) {
			lt := p.ticket()
			show()
			p.forgetCookies()
			page := p.get(request(p.s, "login_ticket", lt.ID))
			p.post("/co/verify", form("state", stateField.FindStringSubmatch(page.body)[1], "verifier", verifier(lt)))
		}
	}
	return []scene{
		{"The verifier", withPage, send(func(t ticket) string { return t.Verifier })},
		{"Another one", withPage, send(func(ticket) string { return "x" })},
		{"None", withPage, send(func(ticket) string { return "" })},
	}
}
