package stage

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAdoptTakesTheAppForTheTutorials(t *testing.T) {
	t.Parallel()
	source, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	text := `{id: one, title: t, symptom: s, cause: c, remedy: r, diagnosis: no_session, read: "https://auth0.com/docs",
tenant: {client: {web_origins: []}},
steps: [{change: {mock: {consent_policy: classic}}}, {change: {client: {callbacks: ["http://localhost:5000/other"]}}},
{change: {client: {callbacks: ["https://other.example/"]}}}, renew],
expect: [{sdk: spa-js-2, renews: true}]}`
	source.Files = fstest.MapFS{"one.yaml": {Data: []byte(text)}}
	s, err := source.Read("one")
	if err != nil {
		t.Fatal(err)
	}
	const mine = "http://localhost:8080"
	adopted, err := Adopt(s, mine+"/shop/", Asked{ClientID: "Mine", Callback: mine + "/shop/done", Audience: "https://mine.example/"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, true, false} { // is the callback allowed: at first, and after each change
		tn := adopted.Tenant
		if i > 0 {
			tn = adopted.Steps[i-1].Next
		}
		client := tn.Clients[0]
		if client.ClientID != "Mine" || tn.ResourceServer("https://mine.example/") == nil ||
			slices.Contains(client.Callbacks, mine+"/shop/done") != want {
			t.Errorf("tenant %d: client %s, callbacks %v", i, client.ClientID, client.Callbacks)
		}
		if len(client.WebOrigins) > 0 || strings.Contains(strings.Join(client.Callbacks, " "), tutorialOrigin) {
			t.Errorf("tenant %d: web origins %v, callbacks %v", i, client.WebOrigins, client.Callbacks)
		}
	}
	if s.Tenant.Clients[0].ClientID == "Mine" || s.Steps[0].Next.Clients[0].ClientID == "Mine" {
		t.Error("the scenario itself was changed")
	}
	for _, c := range []struct{ address, callback, says string }{
		{"localhost:8080", "", "is not the address of an app"},
		{mine, "http://localhost:80800/", "is not of the app's origin"},
	} {
		if _, err := Adopt(s, c.address, Asked{Callback: c.callback}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s, %s: %v", c.address, c.callback, err)
		}
	}
}

func TestAdoptAllowsBothSpellingsOfTheFirstPage(t *testing.T) {
	t.Parallel()
	source, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Read("session-idle-expired")
	if err != nil {
		t.Fatal(err)
	}
	const origin = "http://localhost:3000"
	for _, callback := range []string{origin, origin + "/"} {
		adopted, err := Adopt(s, origin+"/", Asked{Callback: callback})
		if err != nil {
			t.Fatal(err)
		}
		client := adopted.Tenant.Clients[0]
		for name, list := range map[string][]string{"callbacks": client.Callbacks, "allowed_logout_urls": client.AllowedLogoutURLs} {
			for _, address := range []string{origin, origin + "/"} {
				if !slices.Contains(list, address) {
					t.Errorf("callback %s: %s is not among the %s, %v", callback, address, name, list)
				}
			}
		}
	}
}
