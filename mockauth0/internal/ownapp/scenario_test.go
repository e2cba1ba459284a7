package ownapp_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

const mine = "http://localhost:8080"

// adopt gives an app the scenario of a text.
func adopt(t *testing.T, a *ownapp.App, text string) (written, adopted *scenario.Scenario) {
	t.Helper()
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	tutorial, err := tenant.Load(base, "tutorial", tenant.LoadOptions{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	source := scenario.Source{Base: base, Brief: true, Files: fstest.MapFS{"one.yaml": {Data: []byte(text)}}}
	if written, err = source.Read("one"); err != nil {
		t.Fatal(err)
	}
	return written, a.Adopt(written, tutorial)
}

func app(t *testing.T, o ownapp.Options) *ownapp.App {
	t.Helper()
	o.URLs = []string{mine + "/shop/"}
	a, err := ownapp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAdoptKeepsWhatTheScenarioSets(t *testing.T) {
	t.Parallel()
	a := app(t, ownapp.Options{ClientID: "Mine", Callback: mine + "/shop/done", Audience: "https://mine.example/"})
	written, adopted := adopt(t, a, `
tenant: {client: {web_origins: []}, tenant: {tenant: {idle_session_lifetime: 8}}}
steps:
  - change: {mock: {consent_policy: classic}}
  - change: {client: {callbacks: ["http://localhost:5000/other"]}}
  - change: {client: {callbacks: ["https://other.example/"]}}
  - renew`)
	for i, want := range []bool{true, true, true, false} { // is the callback allowed: at first, and after each change
		tn := adopted.Tenant
		if i > 0 {
			tn = adopted.Steps[i-1].Next
		}
		client := tn.Clients[0]
		if client.ClientID != "Mine" || tn.ResourceServers[0].Identifier != "https://mine.example/" ||
			slices.Contains(client.Callbacks, mine+"/shop/done") != want {
			t.Errorf("tenant %d: client %s, callbacks %v", i, client.ClientID, client.Callbacks)
		}
		if len(client.WebOrigins) > 0 || strings.Contains(strings.Join(client.Callbacks, " "), ":5000") || !client.RefreshToken.Rotating {
			t.Errorf("tenant %d: web origins %v, callbacks %v, refresh tokens %+v", i, client.WebOrigins, client.Callbacks, client.RefreshToken)
		}
		if tn.Settings.IdleSessionLifetime.Hours() != 8 {
			t.Errorf("tenant %d: sessions live %v", i, tn.Settings.IdleSessionLifetime)
		}
	}
	if written.Tenant.Clients[0].ClientID == "Mine" || written.Steps[0].Next.Clients[0].ClientID == "Mine" {
		t.Error("the scenario itself was changed")
	}
}

func TestWhatAScenarioTakesAwayIsNotLearnedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, change string
		asked        tenant.Asked
		renewal      tenant.Asked // what the app asks for after the change
		news         bool
	}{
		{"the client's id", `{mock: {clients: {Tutorial SPA: {client_id: TutorialSpaClientMadeAnew0000001}}}}`,
			tenant.Asked{Login: true, ClientID: "A"}, tenant.Asked{Login: true, ClientID: "A"}, false},
		{"the id that env printed", `{mock: {clients: {Tutorial SPA: {client_id: TutorialSpaClientMadeAnew0000001}}}}`,
			tenant.Asked{Login: true, ClientID: "OWN"}, tenant.Asked{Login: true, ClientID: "OWN"}, false},
		{"the callbacks", `{client: {callbacks: ["https://app.example.test/callback"]}}`,
			tenant.Asked{Login: true, ClientID: "A", Callback: mine + "/in"},
			tenant.Asked{Login: true, ClientID: "A", Callback: mine + "/silent2"}, false},
		{"other settings", `{mock: {consent_policy: classic}}`,
			tenant.Asked{Login: true, ClientID: "A", Callback: mine + "/in"},
			tenant.Asked{Login: true, ClientID: "A", Callback: mine + "/silent2"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := app(t, ownapp.Options{})
			_, adopted := adopt(t, a, "steps:\n  - change: "+c.change+"\n  - renew\n")
			for _, asked := range []*tenant.Asked{&c.asked, &c.renewal} {
				if asked.ClientID == "OWN" {
					asked.ClientID = a.ClientID()
				}
			}
			if next, _ := a.Learn(adopted.Tenant, c.asked); next == nil && c.asked.ClientID == "A" {
				t.Fatal("the login taught nothing")
			}
			changed := adopted.Steps[0].Next.Clone()
			a.Keep(changed)
			if next, news := a.Learn(changed, c.renewal); (next != nil) != c.news {
				t.Errorf("learned %v", news)
			}
			if known := changed.ClientByID(c.asked.ClientID) != nil; known == strings.Contains(c.change, "MadeAnew") {
				t.Errorf("the app's client is known: %v", known)
			}
		})
	}
}

func TestAnAudienceThatAScenarioAsksForIsNotLearned(t *testing.T) {
	t.Parallel()
	a := app(t, ownapp.Options{})
	_, adopted := adopt(t, a, `steps: [{renew: {audience: "https://api.example.test"}}]`)
	asked := tenant.Asked{Login: true, ClientID: a.ClientID(), Audience: "https://api.example.test"}
	if next, _ := a.Learn(adopted.Tenant, asked); next != nil {
		t.Error("it was")
	}
}
