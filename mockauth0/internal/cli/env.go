package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/tenant"
)

type envFlags struct {
	json   bool
	format string
	client string
	listen string
	domain string
}

func (a *app) envCommand() *cobra.Command {
	var flags envFlags
	cmd := &cobra.Command{
		Use:   "env [DIR]",
		Short: "Print what an app needs to know of a tenant",
		Long: "env prints a tenant's domain, client ids, secrets, users and CA as lines of a .env file, or all of it as JSON. It\n" +
			"starts nothing. Without DIR it is the built-in tutorial tenant.",
		Example: lines(
			"mockauth0 env ./acme > .env",
			"mockauth0 env ./acme --format vite > .env.local",
			`mockauth0 env ./acme --format next --client "My Web App" >> .env.local`,
			"mockauth0 env ./acme --json | jq -r '.clients[0].client_id'",
		),
		Args: atMostOne("directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.json && cmd.Flags().Changed("format") {
				return refuse("--json and --format exclude each other: JSON holds everything that the formats choose from")
			}
			return a.printEnv(args, flags)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.json, "json", false, "everything, as JSON")
	f.StringVar(&flags.format, "format", "dotenv", "names of the lines: dotenv, vite, next or react")
	f.StringVar(&flags.client, "client", "", "name or id of the client (default: the first that suits the format)")
	f.StringVar(&flags.listen, "listen", "", "the address given to serve, when it is not the default")
	f.StringVar(&flags.domain, "domain", "", "the domain given to serve, when it is not the default")
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

func (a *app) printEnv(args []string, flags envFlags) error {
	formats := []string{"dotenv", "vite", "next", "react"}
	if !slices.Contains(formats, flags.format) {
		return refuse("--format is %q; expected %s", flags.format, strings.Join(formats, ", "))
	}
	dir := ""
	if len(args) > 0 {
		dir = args[0]
	}
	t, err := a.load(dir, false)
	if err != nil {
		return err
	}
	listen, err := listenAddress(flags.listen, t)
	if err != nil {
		return err
	}
	ca, _, err := a.trust(t, flags.domain)
	if err != nil {
		return err
	}
	domain := domainOf(flags.domain, listen, t)
	if flags.json {
		encoder := json.NewEncoder(a.stdio.Out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(describe(t, domain, ca.File()))
	}
	client, err := chooseClient(t, flags)
	if err != nil {
		return err
	}
	_, err = a.stdio.Out.Write([]byte(dotenv(t, client, domain, ca.File(), flags.format)))
	return err
}

func describe(t *tenant.Tenant, domain, caFile string) described {
	d := described{
		Domain: domain, Issuer: "https://" + domain + "/", CAFile: caFile,
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

// chooseClient takes the client that was named, or the first whose type fits what the format is for.
func chooseClient(t *tenant.Tenant, flags envFlags) (*tenant.Client, error) {
	if flags.client != "" {
		return findClient(t, flags.client)
	}
	if len(t.Clients) == 0 {
		return nil, refuse("the tenant %s has no client: add one to tenant.yaml", t.Name)
	}
	fits := map[string]string{"vite": "spa", "react": "spa", "next": "regular_web"}[flags.format]
	i := slices.IndexFunc(t.Clients, func(c *tenant.Client) bool { return c.AppType == fits })
	return t.Clients[max(0, i)], nil
}

func findClient(t *tenant.Tenant, nameOrID string) (*tenant.Client, error) {
	var known []string
	for _, c := range t.Clients {
		if c.Name == nameOrID || c.ClientID == nameOrID {
			return c, nil
		}
		known = append(known, fmt.Sprintf("%q", c.Name))
	}
	if known == nil {
		known = []string{"none: add one to tenant.yaml"}
	}
	return nil, refuse("the tenant %s has no client %q; it has %s", t.Name, nameOrID, strings.Join(known, ", "))
}

func dotenv(t *tenant.Tenant, client *tenant.Client, domain, caFile, format string) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s=%s\n", name, dotenvValue(value))
		}
	}
	audience := t.Settings.DefaultAudience
	if audience == "" && len(t.ResourceServers) > 0 {
		audience = t.ResourceServers[0].Identifier
	}
	fmt.Fprintf(&b, "# tenant %s, client %s; made by mockauth0 env\n", oneLine(t.Name), oneLine(client.Name))
	switch format {
	case "vite":
		line("VITE_AUTH0_DOMAIN", domain)
		line("VITE_AUTH0_CLIENT_ID", client.ClientID)
		line("VITE_AUTH0_AUDIENCE", audience)
	case "react":
		line("REACT_APP_AUTH0_DOMAIN", domain)
		line("REACT_APP_AUTH0_CLIENT_ID", client.ClientID)
		line("REACT_APP_AUTH0_AUDIENCE", audience)
	default:
		line("AUTH0_DOMAIN", domain)
		line("AUTH0_CLIENT_ID", client.ClientID)
		line("AUTH0_CLIENT_SECRET", client.ClientSecret)
		line("AUTH0_AUDIENCE", audience)
		if format == "next" {
			line("AUTH0_SECRET", cookieSecret(client, domain))
			line("APP_BASE_URL", appOrigin(client))
		} else {
			line("AUTH0_ISSUER", "https://"+domain+"/")
		}
	}
	switch {
	case caFile == "":
	case format == "dotenv":
		fmt.Fprintln(&b, "# Node reads the first from its real environment only, not from this file; the second is for Go and Python")
		line("NODE_EXTRA_CA_CERTS", caFile)
		line("SSL_CERT_FILE", caFile)
	default: // only Node reads the file, after it has started, when this line would do nothing
		fmt.Fprintln(&b, "# Node trusts the tenant when this is in its real environment; in this file it would do nothing:")
		fmt.Fprintf(&b, "# NODE_EXTRA_CA_CERTS=%s\n", dotenvValue(oneLine(caFile)))
	}
	for _, u := range t.Users {
		if u.Password != "" {
			fmt.Fprintf(&b, "# user %s, password %s\n", oneLine(nameOf(u)), oneLine(u.Password))
		}
	}
	return b.String()
}

// cookieSecret is 64 hex digits for the app's own cookie. It is the same every time, so that sessions of the app
// survive when the file is written again.
func cookieSecret(client *tenant.Client, domain string) string {
	sum := sha256.Sum256([]byte("AUTH0_SECRET\x00" + domain + "\x00" + client.ClientID + "\x00" + client.ClientSecret))
	return hex.EncodeToString(sum[:])
}

// appOrigin is where the client's first callback lives.
func appOrigin(client *tenant.Client) string {
	for _, callback := range client.Callbacks {
		if u, err := url.Parse(callback); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			return u.Scheme + "://" + u.Host
		}
	}
	return "http://localhost:3000"
}

// dotenvValue quotes what readers of .env files would cut or expand otherwise.
func dotenvValue(s string) string {
	if !strings.ContainsAny(s, " \t\r\n#'\"\\$`") {
		return s
	}
	if !strings.ContainsAny(s, "'\r\n") {
		return "'" + s + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`", "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}

// oneLine keeps a name from ending the comment it stands in.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
