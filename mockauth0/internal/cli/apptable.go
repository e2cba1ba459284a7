package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/terminal"
	"renewal.example/mockauth0/tenant"
)

// appSettings are the settings of an app for its tenant, and where they belong.
type appSettings struct {
	project  ownapp.Project
	settings []ownapp.Setting
	written  string   // the file that has them now; "": nobody asked for one
	added    int      // how many of them are new there
	kept     []string // names that the app has in another .env file, and that the tenant learns
	config   string   // a file from which the app may read its settings in place of a .env file; "": there is none
	domain   string   // the tenant's, as SDKs take it
}

// printAppTable tells a person what an app needs to use its tenant, and what happens next.
func (a *app) printAppTable(server *mockauth0.Server, what served, told appSettings) {
	w := a.stdio.Err
	fmt.Fprintf(w, "\nmockauth0 serves a tenant for your app at %s. For tests only, never for production.\n\n",
		strings.Join(what.app.Origins(), " and "))
	t := server.Snapshot()
	rows := append(wayOf(what.app, server.Issuer(), what.proxy), []string{"domain", server.Domain()})
	if what.why != "" {
		rows = append(rows, []string{"", what.why})
	}
	rows = append(rows, []string{"client id", learnedOr(what.app.Options().ClientID, t.Clients[0].ClientID)})
	rows = append(rows, []string{"audience", learnedOr(what.app.Options().Audience, t.ResourceServers[0].Identifier)})
	if callback := what.app.Options().Callback; callback != "" {
		rows = append(rows, []string{"callback", callback + " alone"})
	}
	name := "log in as"
	for _, u := range t.Users {
		if u.Password != "" && !u.Magic() {
			rows = append(rows, []string{name, nameOf(u) + ", password " + u.Password})
			name = ""
		}
	}
	table(w, append(rows, a.moreOfApp(server)...))
	told.print(w, what.app)
	printReach(w, detourTo(server))
	fmt.Fprintf(w, "\n%s\n", terminal.Bold("What happens next"))
	table(w, a.nextSteps(server, what))
	fmt.Fprintf(w, "Ctrl-C ends it.\n\n")
}

// learnedOr says what a tenant accepts: what was pinned, or anything, of which usual is the easiest.
func learnedOr(pinned, usual string) string {
	if pinned != "" {
		return pinned + " alone"
	}
	return "learned when your app asks; " + usual + " is there already"
}

// moreOfApp is what few people need at once.
func (a *app) moreOfApp(server *mockauth0.Server) [][]string {
	return [][]string{
		{"console", terminal.Link(server.URL() + names.ConsolePath)}, {"CA", a.describeCA(server)}, {"control", server.URL() + names.ControlPath},
	}
}

// print shows the settings.
func (s appSettings) print(w io.Writer, app *ownapp.App) {
	found := "no package.json here says which names your app reads; these are the usual ones"
	switch {
	case len(s.project.SDKs) > 0:
		found = s.project.File + " has " + strings.Join(s.project.SDKs, ", ")
	case len(s.project.Formats) > 0:
		found = s.project.File + " has no SDK yet"
	}
	fmt.Fprintf(w, "\n%s (%s)\n", terminal.Bold("Settings of your app"), printable(found))
	for _, one := range s.settings {
		fmt.Fprintf(w, "  %s\n", one.Line)
	}
	if len(s.kept) > 0 {
		fmt.Fprintf(w, "Your .env files have %s already: the tenant learns what they say.\n", strings.Join(s.kept, ", "))
	}
	switch {
	case s.written != "" && s.added == 0:
		fmt.Fprintf(w, "%s has them already.\n", printable(s.written))
	case s.written != "":
		fmt.Fprintf(w, "Written to %s (%s new).\n", printable(s.written), countOf(s.added, "line", "lines"))
	default:
		fmt.Fprintf(w, "--write-env %s puts them there.\n", s.project.EnvFile())
	}
	if file := cmp.Or(s.written, s.project.EnvFile()); file != ".env" && s.project.Uses("express-oauth2-jwt-bearer") {
		fmt.Fprintf(w, "Your API reads them from there when it is started so: node --env-file=%s\n", printable(file))
	}
	if s.config != "" {
		fmt.Fprintf(w, "There is %s, too, which nothing is written to. If your app reads it: \"domain\": %q.\n", printable(s.config), s.domain)
	}
	if app.Type() == ownapp.RegularWeb {
		fmt.Fprintf(w, "The app is a Regular Web Application: its server keeps the secret.\n")
	}
}

// nextSteps are what a person does now, and what comes of it.
func (a *app) nextSteps(server *mockauth0.Server, what served) [][]string {
	open := a.openLine(detourTo(server), server.Domain()) + shellWord(what.app.Start())
	switch {
	case server.HTTP():
		open = "open " + what.app.Start()
	case server.CA().File() == "":
		open = what.app.Start() + " in a browser that ignores certificates"
	}
	steps := [][]string{
		{"1", "restart your app, with these settings"},
		{"2", open},
		{"3", "log in; when a renewal fails, the reason is printed here"},
	}
	if what.scenario == nil {
		steps = append(steps, []string{"4", "to see one fail: " + a.again("serve --scenario ID "+what.appFlags())})
	}
	if machine := tenant.Renewals(); len(machine) > 0 {
		steps = append(steps, []string{"or", fmt.Sprintf("log in as %s@scenario.test, password %s, who can log in but not renew", machine[0].Name,
			tenant.MagicPassword)})
	}
	return steps
}
