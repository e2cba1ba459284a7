package cli

import (
	"fmt"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/terminal"
)

// printRun says what to open. The address that renews in every browser comes first.
func (a *app) printRun(server *mockauth0.Server, app, appHTTP *site, lifetime time.Duration) {
	t := server.Snapshot()
	w := a.stdio.Err
	kept := server.CA().File() != "" // else no other process can trust it, or sign as this one does
	fmt.Fprintf(w, "\nmockauth0 runs the token-renewal tutorial. For tests only, never for production.\n\n")
	fmt.Fprintf(w, "Open this: the app and the tenant are one site, so every browser renews\n")
	table(w, [][]string{
		{"tutorial", app.origin() + "/"},
		{"hardened", app.origin() + "/hardened/", "the same, without the weaknesses"},
	})
	open, token := "open", "token"
	if page := app.origin() + "/"; page != defaultPage {
		open += " " + page
	}
	if server.Addr() != defaultListen {
		token += " --listen " + shellWord(server.Addr()) // the issuer has its port
	}
	if kept {
		fmt.Fprintf(w, "If your browser warns about the certificate: %s starts one that trusts it, and %s says how yours can\n", a.again(open),
			a.again("ca --install-help"))
	} else {
		fmt.Fprintf(w,
			"Every browser warns about the certificate, since its CA cannot be saved: name a directory that you can write to, with --data-dir\n")
	}
	fmt.Fprintf(w, "\nThe tutorial's own ports: these and the https tenant are two sites. Safari and Chromium withhold the tenant's\n"+
		"cookie there, so renewal answers login_required although you are logged in. The page says so. Firefox may send it\n")
	table(w, [][]string{
		{"tutorial", appHTTP.origin() + "/"},
		{"hardened", appHTTP.origin() + "/hardened/"},
	})
	fmt.Fprintf(w, "\nTenant\n")
	table(w, [][]string{
		{"issuer", server.Issuer()},
		{"console", terminal.Link(server.URL() + names.ConsolePath)},
		{"control", server.URL() + names.ControlPath},
		{"CA", a.describeCA(server)},
		{"consent", describeConsent(t)},
	})
	printTenant(w, t)
	fmt.Fprintf(w, "\nTry\n")
	tries := [][]string{
		{"log in and wait", fmt.Sprintf("the access token lives %s and renews itself", short(lifetime))},
		{"call the API", "before and after the expiry, with the button on the page"},
		{"log out", "and see that the app stops renewing"},
	}
	if kept {
		tries = append(tries, []string{a.again(open), "a browser that trusts the CA; --cookies blocked or allowed shows both worlds"})
	}
	if kept && len(t.Clients) > 0 && len(t.Users) > 0 {
		tries = append(tries,
			[]string{a.again(fmt.Sprintf("%s --client %s --user %s --ttl 1s", token, shellWord(sampleClient), shellWord(nameOf(t.Users[0]))))})
	}
	table(w, tries)
	fmt.Fprintf(w, "Ctrl-C ends it.\n\n")
}
