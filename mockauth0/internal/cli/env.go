package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/tenant"
)

type envFlags struct {
	json      bool
	format    string
	client    string
	moveClock bool
	serve     givenToServe
}

func (a *app) envCommand() *cobra.Command {
	var flags envFlags
	cmd := &cobra.Command{
		Use:   "env [DIR]",
		Short: "Print the settings that an app needs",
		Long: "env prints the tenant's domain, client ids, secrets, users and CA as lines of a .env file, or as JSON. It starts\n" +
			"nothing. Without DIR it prints those of the built-in tutorial tenant. The lines have the names that your app reads, where a\n" +
			"package.json shows which.",
		Example: lines(
			"mockauth0 env ./acme > .env",
			`eval "$(mockauth0 env ./acme --format shell)" && npm start   # so that Node trusts the tenant`,
			"mockauth0 env ./acme --format vite > .env.local",
			`mockauth0 env ./acme --format next --client "My Web App" >> .env.local`,
			"mockauth0 env ./acme --json | jq -r '.clients[0].client_id'",
		),
		Args: atMostOne("directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.json && cmd.Flags().Changed("format") {
				return refuse("give --json or --format, not both: JSON holds everything that the formats choose from")
			}
			if flags.moveClock && flags.format != "shell" {
				return refuse("--move-clock is for --format shell: programs read those settings from their real environment, when they start")
			}
			return a.printEnv(cmd.Context(), args, flags)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.json, "json", false, "print everything, as JSON")
	f.StringVar(&flags.format, "format", "", "framework whose names the lines have: "+formatNames(" or ")+
		" (default: what the package.json of DIR, or where you start it, shows; else dotenv)")
	f.BoolVar(&flags.moveClock, "move-clock", false, moveClockHelp)
	f.StringVar(&flags.client, "client", "", "name or id of the client (default: the first that suits the format)")
	complete(cmd, "format", oneOf(formatList()...))
	flags.serve.flags(f)
	return cmd
}

// described is the JSON form of `env`.
type described struct {
	Domain   string            `json:"domain"`
	Issuer   string            `json:"issuer"`
	CAFile   string            `json:"ca_file"`
	Clients  []describedClient `json:"clients"`
	Users    []describedUser   `json:"users"`
	Audience []string          `json:"audiences"`
}

type describedClient struct {
	Name         string   `json:"name"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret,omitempty"`
	AppType      string   `json:"app_type"`
	Callbacks    []string `json:"callbacks"`
}

type describedUser struct {
	UserID     string `json:"user_id"`
	Email      string `json:"email,omitempty"`
	Username   string `json:"username,omitempty"`
	Password   string `json:"password,omitempty"`
	Connection string `json:"connection"`
}

func (a *app) printEnv(ctx context.Context, args []string, flags envFlags) error {
	if _, ok := formatNamed(flags.format); !ok && flags.format != "" {
		return refuse("--format is %q%s", flags.format, expected(flags.format, formatList()))
	}
	dir := ""
	if len(args) > 0 {
		dir = args[0]
	}
	t, err := a.load(ctx, dir, false)
	if err != nil {
		return err
	}
	place, err := a.placeOf(ctx, t, flags.serve)
	if err != nil {
		return err
	}
	at, file := place.domain, place.ca.File()
	if at.Plain {
		file = "" // there is nothing to trust
	}
	if flags.json {
		return a.printJSON(describe(t, at, file))
	}
	text, err := a.envText(dir, flags, envFacts{tenant: t, domain: at, caFile: file})
	if err != nil {
		return err
	}
	if flags.moveClock {
		lines, err := a.clockLines(ctx, at, place.listen, file)
		if err != nil {
			return err
		}
		text += lines
	}
	_, err = a.out.verbatim().Write([]byte(text))
	return err
}

func describe(t *tenant.Config, at domain.Domain, caFile string) described {
	d := described{
		Domain: at.String(), Issuer: at.Issuer(), CAFile: caFile,
		Clients: []describedClient{}, Users: []describedUser{}, Audience: []string{},
	}
	for _, c := range t.Clients {
		d.Clients = append(d.Clients, describedClient{c.Name, c.ClientID, c.ClientSecret, c.AppType, append([]string{}, c.Callbacks...)})
	}
	for _, u := range t.Users {
		d.Users = append(d.Users, describedUser{u.ID, u.Email, u.Username, u.Password, u.Connection})
	}
	for _, api := range t.ResourceServers {
		d.Audience = append(d.Audience, api.Identifier)
	}
	return d
}

// chooseClient takes the client that was named, or the first whose type is the one that the format is for, or else the first
// that has no type. One of another type would fail only in the app, where nothing tells why.
func chooseClient(t *tenant.Config, named string, format envFormat) (*tenant.Client, error) {
	switch {
	case named != "":
		return findClient(t, named)
	case len(t.Clients) == 0:
		return nil, refuse("the tenant %s has no client: add one to tenant.yaml", t.Name)
	case format.fits == "":
		return t.Clients[0], nil
	}
	for _, fits := range []string{format.fits, ""} {
		if i := slices.IndexFunc(t.Clients, func(c *tenant.Client) bool { return c.AppType == fits }); i >= 0 {
			return t.Clients[i], nil
		}
	}
	var others []string
	for _, c := range t.Clients {
		others = append(others, fmt.Sprintf("%q (%s)", c.Name, c.AppType))
	}
	return nil, refuse("--format %s is for an application with app_type: %s, and the tenant %s has none; it has %s. Add one to tenant.yaml, "+
		"or name the one that you mean with --client",
		format.name, format.fits, t.Name, strings.Join(others, ", "))
}

func findClient(t *tenant.Config, nameOrID string) (*tenant.Client, error) {
	var known, shown []string
	for _, c := range t.Clients {
		if c.Name == nameOrID || c.ClientID == nameOrID {
			return c, nil
		}
		known = append(known, c.Name)
		shown = append(shown, fmt.Sprintf("%q", c.Name))
	}
	if known == nil {
		shown = []string{"none: add one to tenant.yaml"}
	}
	hint := "; it has"
	if near := like(nameOrID, known); near != "" {
		hint = fmt.Sprintf("; did you mean %q? It has", near)
	}
	return nil, refuse("the tenant %s has no client %q%s %s", t.Name, nameOrID, hint, strings.Join(shown, ", "))
}
