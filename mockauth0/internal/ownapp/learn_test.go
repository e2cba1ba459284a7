package ownapp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

// told asks a tenant one thing after the other, and gives what was learned.
func told(t *testing.T, a *App, requests ...tenant.Asked) (now *tenant.Config, news string) {
	t.Helper()
	now = a.Tenant()
	var all []string
	for _, asked := range requests {
		next, learned := a.Learn(now, asked)
		if next == nil {
			continue
		}
		now = next
		for _, one := range learned {
			all = append(all, strings.TrimSpace(one.Name+" "+one.Value))
		}
	}
	return now, strings.Join(all, ", ")
}

const origin = "http://localhost:5173"

func login(client, callback, audience string) tenant.Asked {
	return tenant.Asked{Login: true, ClientID: client, Callback: callback, Audience: audience}
}

func TestLearn(t *testing.T) {
	t.Parallel()
	own := appAt(t, Options{}).ClientID()
	api := tenant.Asked{Login: true, ClientID: own, Audience: "https://api.example.test/"}
	for _, c := range []struct {
		name     string
		o        Options
		requests []tenant.Asked
		want     string
	}{
		{"nothing that is there", Options{}, []tenant.Asked{login(own, origin, "https://api.example.test/")}, ""},
		{"everything once", Options{}, []tenant.Asked{login("A", origin+"/in", "https://a/"), login("A", origin+"/in", "https://a/")},
			"client id A, audience https://a/, callback " + origin + "/in"},
		{"a second client", Options{}, []tenant.Asked{login("A", "", ""), login("B", "", "")}, "client id A, client id B"},
		{"no callback of another origin", Options{}, []tenant.Asked{login(own, "https://evil.example/", ""), login(own, origin+".evil/", ""),
			login(own, "javascript:alert(1)", ""), login(own, origin+"/*", ""), login(own, origin+"/#x", "")}, ""},
		{"callbacks of other origins of this machine", Options{OtherOrigins: true}, []tenant.Asked{
			login(own, "http://127.0.0.1:8081/silent", ""), login(own, "https://localhost:1/x", ""), login(own, "https://evil.example/", ""),
			login(own, "http://localhost:*/", ""), login(own, "http://localhost:1/#x", ""), login(own, "javascript:alert(1)", "")},
			"callback http://127.0.0.1:8081/silent, callback https://localhost:1/x"},
		{"no logout URL of another origin", Options{}, []tenant.Asked{{LogoutURL: origin + "/bye"}, {LogoutURL: "https://evil.example/"}},
			"logout URL " + origin + "/bye"},
		{"no client id that is none", Options{}, []tenant.Asked{login("two words", "", ""), login(strings.Repeat("x", 300), "", "")}, ""},
		{"no client without a login", Options{}, []tenant.Asked{{ClientID: "A"}, {ClientID: "B", Secret: "s"}}, ""},
		{"a machine", Options{}, []tenant.Asked{{Machine: true, ClientID: "M", Secret: "s", Audience: "https://a/"}},
			"client id M, audience https://a/"},
		{"no machine without a secret", Options{}, []tenant.Asked{{Machine: true, ClientID: "M"}}, ""},
		{"not the Management API", Options{}, []tenant.Asked{login(own, "", "https://acme.eu.auth0.com/api/v2/")}, ""},
		{"scopes of an API", Options{}, []tenant.Asked{with(api, "openid offline_access read:x"), with(api, "read:x write:x")},
			"scope read:x, scope write:x"},
		{"no scopes without one", Options{}, []tenant.Asked{{Login: true, ClientID: own, Scope: "read:x"}}, ""},
		{"not beside a pinned client id", Options{ClientID: "Mine"}, []tenant.Asked{login("Mine", "", ""), login("A", "", ""),
			{Machine: true, ClientID: "M", Secret: "s"}}, ""},
		{"not beside a pinned audience", Options{Audience: "https://mine/"}, []tenant.Asked{login(own, "", "https://a/")}, ""},
		{"not beside a pinned callback", Options{Callback: origin + "/in"}, []tenant.Asked{login(own, origin+"/other", "")}, ""},
		{"no secret of a public client", Options{}, []tenant.Asked{login("A", "", ""), {ClientID: "A", Secret: "s"}}, "client id A"},
		{"the first secret of a learned one", Options{Type: RegularWeb}, []tenant.Asked{login("A", "", ""), {ClientID: "A", Secret: "s"},
			{ClientID: "A", Secret: "other"}}, "client id A, client secret"},
		{"no secret of the tenant's own client", Options{Type: RegularWeb}, []tenant.Asked{login(own, "", ""), {ClientID: own, Secret: "s"}}, ""},
		{"a pushed request", Options{Type: RegularWeb}, []tenant.Asked{{Login: true, ClientID: "A", Secret: "s"}}, "client id A, client secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, news := told(t, appAt(t, c.o), c.requests...); news != c.want {
				t.Errorf("learned %q, want %q", news, c.want)
			}
		})
	}
}

func with(asked tenant.Asked, scope string) tenant.Asked {
	asked.Scope = scope
	return asked
}

func TestWhatIsLearnedIsTheTenants(t *testing.T) {
	t.Parallel()
	now, _ := told(t, appAt(t, Options{}), login("A", origin+"/in", "https://a/"), login("B", "", ""),
		tenant.Asked{Machine: true, ClientID: "M", Secret: "secret", Audience: "https://a/", Scope: "read:x"})
	a, b, m := now.ClientByID("A"), now.ClientByID("B"), now.ClientByID("M")
	if a == nil || b == nil || m == nil || a != now.Clients[0] {
		t.Fatalf("the clients are %v", now.Clients)
	}
	if !slices.Contains(a.Callbacks, origin+"/in") || !slices.Contains(b.Callbacks, origin+"/in") || len(m.Callbacks) > 0 {
		t.Errorf("callbacks %v, %v, %v", a.Callbacks, b.Callbacks, m.Callbacks)
	}
	if !now.ResourceServer("https://a/").AllowOfflineAccess {
		t.Error("the learned API gives no refresh tokens")
	}
	if g := now.ClientGrant(m, "https://a/"); g == nil || !slices.Contains(g.Scopes, "read:x") || !m.CheckSecret("secret") {
		t.Errorf("the machine may %+v", g)
	}
}

// TestEachForkLearnsOnItsOwn: what another tenant of the app has learned was not taken away from this one.
func TestEachForkLearnsOnItsOwn(t *testing.T) {
	t.Parallel()
	a := appAt(t, Options{})
	told(t, a, login("A", "", ""))
	want := "audience https://a/, callback " + origin + "/in"
	for range 2 {
		if _, news := told(t, a.Fork(), login("A", origin+"/in", "https://a/")); news != want {
			t.Errorf("learned %q, want %q", news, want)
		}
	}
}

func TestAStrangerWhoGuessesFillsNoMemory(t *testing.T) {
	t.Parallel()
	var requests []tenant.Asked
	for i := range 4 * mostLearned {
		n := fmt.Sprint(i)
		requests = append(requests, tenant.Asked{Login: true, ClientID: "C" + n, Callback: origin + "/" + n, Audience: "https://a/" + n,
			LogoutURL: origin + "/bye" + n, Scope: "openid s" + n})
	}
	now, _ := told(t, appAt(t, Options{}), requests...)
	c := now.Clients[0]
	for what, n := range map[string]int{"clients": len(now.Clients), "APIs": len(now.ResourceServers), "callbacks": len(c.Callbacks),
		"logout URLs": len(c.AllowedLogoutURLs)} {
		if n > mostLearned+12 {
			t.Errorf("%d %s", n, what)
		}
	}
}
