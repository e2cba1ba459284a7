package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/tenant"
)

type tokenFlags struct {
	tenantDir string
	serve     givenToServe
	client    string
	user      string
	audience  string
	scope     string
	ttl       time.Duration
	claims    []string
	idToken   bool
}

func (a *app) tokenCommand() *cobra.Command {
	var flags tokenFlags
	cmd := &cobra.Command{
		Use:   "token --client CLIENT --user USER",
		Short: "Mint a token, as the running tenant would",
		Long: "token prints an access token or an ID token. It signs with the key of `serve`, so an API that trusts the tenant accepts\n" +
			"it. No tenant has to run. A claim's value is JSON if it can be read as JSON (true, 5, [\"a\"]), else a string.",
		Example: lines(
			"mockauth0 token --client Web --user ada@example.test --audience https://api.example.test/",
			"mockauth0 token --client Web --user ada@example.test --ttl 1s           expires in a second",
			"mockauth0 token --client Web --user ada@example.test --ttl=-1h          expired an hour ago",
			"mockauth0 token --client Web --user ada@example.test --id-token --claim email_verified=false",
			`curl -H "Authorization: Bearer $(mockauth0 token --client Web --user ada@example.test)" http://localhost:5000/api/me`,
		),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// 0 would mean the tenant's own setting, which nobody asks for by writing --ttl.
			if cmd.Flags().Changed("ttl") && (flags.ttl == 0 || flags.ttl%time.Second != 0) {
				return refuse("--ttl is %s; expected whole seconds, at least 1s, or negative for an expired token, such as 90s, 2h or -1h", flags.ttl)
			}
			return a.token(cmd.Context(), flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.tenantDir, "tenant", "", "tenant directory (default: the built-in tutorial tenant)")
	f.StringVar(&flags.client, "client", "", "name or id of the client")
	f.StringVar(&flags.user, "user", "", "e-mail address, user name or id of the user")
	f.StringVar(&flags.audience, "audience", "", "API that the token is for (default: the tenant's default audience, else its only API)")
	f.StringVar(&flags.scope, "scope", "openid profile email", "scopes, separated by spaces")
	f.DurationVar(&flags.ttl, "ttl", 0,
		"how long the token lives, in whole seconds, such as 1s or 2h; negative: it has expired (default: the tenant's settings)")
	f.StringArrayVar(&flags.claims, "claim", nil, "set a claim, NAME=VALUE; may be given several times")
	f.BoolVar(&flags.idToken, "id-token", false, "print an ID token")
	flags.serve.flags(f)
	return cmd
}

func (a *app) token(ctx context.Context, flags tokenFlags) error {
	claims, err := parseClaims(flags.claims)
	if err != nil {
		return err
	}
	if flags.client == "" || flags.user == "" {
		return refuse("--client and --user are both needed: mockauth0 token --client NAME --user E-MAIL")
	}
	t, err := a.load(ctx, flags.tenantDir, false)
	if err != nil {
		return err
	}
	request := mockauth0.TokenRequest{Audience: flags.audience, Scope: flags.scope, TTL: max(0, flags.ttl), Claims: claims}
	if request.Client, request.User, err = idsOf(t, flags); err != nil {
		return err
	}
	if request.Audience == "" && !flags.idToken {
		if request.Audience, err = onlyAudience(t); err != nil {
			return err
		}
	}
	server, err := a.minter(ctx, t, flags)
	if err != nil {
		return err
	}
	defer server.Close()
	if err := knownAudience(t, request.Audience, server.Issuer()); err != nil {
		return err
	}
	if _, given := claims["exp"]; flags.ttl < 0 && !given {
		claims["exp"] = server.Now().Add(flags.ttl).Unix()
	}
	token, err := server.MintToken(request)
	if err != nil {
		return err
	}
	value := token.AccessToken
	if flags.idToken {
		value = token.IDToken
	}
	_, err = fmt.Fprintln(a.stdio.Out, value)
	return err
}

// minter is the tenant as `serve` would start it, so that tokens are made by the same code, on a port that is
// nobody's.
func (a *app) minter(ctx context.Context, t *tenant.Config, flags tokenFlags) (*mockauth0.Server, error) {
	place, err := a.placeOf(ctx, t, flags.serve)
	if err != nil {
		return nil, err
	}
	server, err := mockauth0.Start(mockauth0.Options{
		Tenant: t, Listen: "127.0.0.1:0", Domain: place.domain.URL(), CA: place.ca, Keys: place.keys,
	})
	if err != nil {
		return nil, err
	}
	if warning := place.keys.Warning(); warning != nil {
		a.warn("%v", warning)
	}
	if place.keys.Temporary() {
		return nil, errors.Join(notWritten("no running tenant would accept this token: its signing key cannot be kept, so it is nobody else's. "+
			"Name a directory that can be written, the same for serve and token, with --data-dir or MOCKAUTH0_DATA_DIR"), server.Close())
	}
	return server, nil
}

// idsOf turns the client and the user as typed into their ids.
func idsOf(t *tenant.Config, flags tokenFlags) (clientID, userID string, err error) {
	client, err := findClient(t, flags.client)
	if err != nil {
		return "", "", err
	}
	var found []*tenant.User
	for _, u := range t.Users {
		if flags.user == u.ID || flags.user == u.Username || strings.EqualFold(flags.user, u.Email) {
			found = append(found, u)
		}
	}
	switch len(found) {
	case 0:
		return "", "", refuse("the tenant %s has no user %q; it has %s", t.Name, flags.user, userNames(t))
	case 1:
		return client.ClientID, found[0].ID, nil
	default:
		ids := make([]string, len(found))
		for i, u := range found {
			ids[i] = u.ID
		}
		return "", "", refuse("%q is %d users of the tenant %s; name one by its id: %s", flags.user, len(found), t.Name, strings.Join(ids, ", "))
	}
}

func userNames(t *tenant.Config) string {
	const most = 10
	var known []string
	for _, u := range t.Users {
		if len(known) == most {
			known = append(known, "…")
			break
		}
		known = append(known, nameOf(u))
	}
	if len(known) == 0 {
		return "none"
	}
	return strings.Join(known, ", ")
}

// knownAudience refuses an API that the tenant does not have. Each tenant has the Management API.
func knownAudience(t *tenant.Config, audience, issuer string) error {
	known := make([]string, len(t.ResourceServers), len(t.ResourceServers)+1)
	for i, api := range t.ResourceServers {
		known[i] = api.Identifier
	}
	known = append(known, issuer+"api/v2/")
	if audience == "" || slices.Contains(known, audience) {
		return nil
	}
	return refuse("the tenant %s has no API %q; it has %s", t.Name, audience, strings.Join(known, ", "))
}

func onlyAudience(t *tenant.Config) (string, error) {
	switch {
	case t.Settings.DefaultAudience != "":
		return t.Settings.DefaultAudience, nil
	case len(t.ResourceServers) == 1:
		return t.ResourceServers[0].Identifier, nil
	case len(t.ResourceServers) == 0:
		return "", refuse("the tenant %s has no API, and an access token is for one: add a resource server to tenant.yaml, or "+
			"ask for an --id-token", t.Name)
	}
	identifiers := make([]string, len(t.ResourceServers))
	for i, api := range t.ResourceServers {
		identifiers[i] = api.Identifier
	}
	return "", refuse("the tenant %s has several APIs; choose one with --audience: %s", t.Name, strings.Join(identifiers, ", "))
}

// parseClaims reads NAME=VALUE pairs. Numbers stay as they were written.
func parseClaims(pairs []string) (map[string]any, error) {
	claims := map[string]any{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, refuse("--claim is %q; expected NAME=VALUE, such as email_verified=false", pair)
		}
		claims[name] = claimValue(text)
	}
	return claims, nil
}

func claimValue(text string) any {
	if !json.Valid([]byte(text)) {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return text
	}
	return value
}
