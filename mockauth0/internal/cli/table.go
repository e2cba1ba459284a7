package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/terminal"
	"renewal.example/mockauth0/tenant"
)

// printTable tells a person what this tenant holds and what to try. It goes to stderr.
func (a *app) printTable(server *mockauth0.Server) {
	t := server.Snapshot()
	fmt.Fprintf(a.stdio.Err, "\nmockauth0 serves the tenant %s. For tests only, never for production.\n\n", t.Name)
	domain := server.Domain()
	if custom := server.CustomDomain(); custom != "" {
		domain += ", and the custom domain " + custom
	}
	rows := [][]string{
		{"issuer", server.Issuer()},
		{"domain", domain},
		{"listens on", server.Addr()},
		{"console", terminal.Link(server.URL() + names.ConsolePath)},
		{"control", server.URL() + names.ControlPath},
		{"CA", a.describeCA(server)},
		{"consent", describeConsent(t)},
	}
	if server.HTTP() {
		rows = append(rows, httpNotes()...)
	}
	table(a.stdio.Err, rows)
	printReach(a.stdio.Err, detourTo(server))
	printTenant(a.stdio.Err, t)
	fmt.Fprintf(a.stdio.Err, "\nTry\n")
	for _, try := range a.tries(server, t) {
		fmt.Fprintf(a.stdio.Err, "  %s\n", try)
	}
	fmt.Fprintf(a.stdio.Err, "Ctrl-C ends it.\n\n")
}

func printTenant(w io.Writer, t *tenant.Config) {
	var rows [][]string
	for _, c := range t.Clients {
		row := []string{c.Name, c.ClientID, c.AppType}
		if c.ClientSecret != "" && c.TokenEndpointAuthMethod != "none" {
			row = append(row, "secret "+c.ClientSecret)
		}
		rows = append(rows, row)
	}
	section(w, "Clients", rows)
	rows = nil
	magic := ""
	for _, u := range t.Users {
		if u.Magic() { // one line stands for all of them
			magic = u.Connection
			continue
		}
		password := u.Password
		switch {
		case password == "" && u.PasswordHash != "":
			password = "(hashed)"
		case password == "":
			password = "-"
		}
		rows = append(rows, []string{nameOf(u), password, u.Connection, blocked(u)})
	}
	if magic != "" {
		rows = append(rows, []string{"<failure>@scenario.test", tenant.MagicPassword, magic, "can log in, but not renew: " + magicNames()})
	}
	section(w, "Users", rows)
	rows = nil
	for _, api := range t.ResourceServers {
		rows = append(rows, []string{
			api.Identifier,
			fmt.Sprintf("access tokens live %s in the browser, %s otherwise", short(api.TokenLifetimeForWeb), short(api.TokenLifetime)),
		})
	}
	section(w, "APIs", rows)
	rows = nil
	for _, c := range t.Connections {
		if c.DevKeys {
			rows = append(rows, []string{c.Name, "uses Auth0's dev keys, so it leaves no session: silent renewal answers login_required"})
		}
	}
	section(w, "Connections to know about", rows)
}

func section(w io.Writer, title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", terminal.Bold(title))
	table(w, rows)
}

// table aligns rows; empty cells at the end leave nothing behind.
func table(w io.Writer, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, row := range rows {
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		fmt.Fprintf(tw, "  %s\n", strings.Join(row, "\t"))
	}
	tw.Flush()
}

// short drops the zero parts that time.Duration prints: 2h, not 2h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func nameOf(u *tenant.User) string { return cmp.Or(u.Email, u.Username, u.ID) }

// magicNames are what stands before the @ of magic users.
func magicNames() string {
	var names []string
	for _, r := range tenant.Renewals() {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

func blocked(u *tenant.User) string {
	if u.Blocked {
		return "blocked"
	}
	return ""
}

func (a *app) describeCA(server *mockauth0.Server) string {
	file := server.CA().File()
	if server.HTTP() {
		return "none is needed"
	}
	if file == "" {
		return "temporary: nothing trusts it and it is gone at the end"
	}
	words := "ca --install-help"
	if host, _ := splitDomain(server.Domain()); !leadsHere(host) {
		words += " --domain " + shellWord(server.Domain()) // which has a CA of its own
	}
	return file + "   (how to trust it: " + a.again(words) + ")"
}

// describeConsent says what the policy means for this tenant.
func describeConsent(t *tenant.Config) string {
	switch t.Mock.ConsentPolicy {
	case "classic":
		return "classic: asked on localhost and by third-party clients; silent requests answer consent_required until the user accepts"
	case "new":
		return "new: third-party clients ask; logins at loopback callbacks are confirmed, and silent requests there answer " +
			t.Mock.ConfirmationCode
	}
	return "skip: users are never asked to let a client in"
}

// tries are commands that work when pasted into a shell.
func (a *app) tries(server *mockauth0.Server, t *tenant.Config) []string {
	around := detourTo(server)
	curl := around.curl(server.CA(), server.HTTP())
	tries := []string{curl + server.URL() + "/.well-known/openid-configuration"}
	if len(t.Clients) == 0 {
		return tries
	}
	i := max(0, slices.IndexFunc(t.Clients, func(c *tenant.Client) bool { return len(c.Callbacks) > 0 }))
	client := t.Clients[i]
	// A browser of another process cannot trust a CA that is in no file.
	if len(client.Callbacks) > 0 && (server.HTTP() || server.CA().File() != "") {
		answer := "code"
		if slices.Contains(client.GrantTypes, "implicit") {
			answer = "token"
		}
		query := url.Values{"client_id": {client.ClientID}, "response_type": {answer}, "scope": {"openid"}, "redirect_uri": {client.Callbacks[0]}}
		tries = append(tries, a.openLine(around, server.Domain())+shellWord(server.URL()+"/authorize?"+query.Encode()))
	}
	tries = append(tries, curl+"-X POST -H 'Content-Type: application/json' "+
		`-d '{"when":{"prompt":"none"},"times":1,"do":{"error":"login_required","error_description":"Login required"}}' `+
		server.URL()+names.ControlPath+"/faults")
	return tries
}

// shellWord quotes a word for a POSIX shell when it needs that.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
