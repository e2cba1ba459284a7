// Package ownapp makes a tenant for an app that a person has: from its address, and from what its package.json says of it. The
// tenant learns what the app asks for.
package ownapp

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// Options say what is known of an app before it asks for anything.
type Options struct {
	// URLs are where its pages are, such as http://localhost:5173. At least one; the first is where it starts.
	URLs []string
	// Type is its kind of application. Default: SinglePage.
	Type Type
	// ClientID, Audience and Callback pin what the app asks with: any other is then refused, as a real tenant does. "": it is
	// learned. The callback lies on one of the app's origins.
	ClientID, Audience, Callback string
	// OtherOrigins has callbacks on other origins of this machine learned too: a silent page often has one of its own.
	OtherOrigins bool
}

// Type is a kind of application, as Auth0 names it (app_type).
type Type string

// The types of applications that people log in to from a browser.
const (
	SinglePage Type = "spa"         // the browser holds the tokens; no secret
	RegularWeb Type = "regular_web" // a server holds them, and has a secret
)

// App is a person's own app. It is a tenant.Learner: a server that has it learns from the app's requests. Safe for concurrent use.
type App struct {
	origins []string // of its pages, "http://localhost:5173"
	starts  []string // the addresses that were given, which may have a path
	options Options
	id      string // of the client, while the app has come with no other

	mu      sync.Mutex
	learned learned
}

// Names of what every app's tenant holds.
const (
	ClientName      = "My App"
	apiName         = "My API"
	databaseName    = "Username-Password-Authentication"
	DefaultAudience = "https://api.example.test/"
)

// New describes an app. The error is one sentence about what is wrong with the options.
func New(o Options) (*App, error) {
	if len(o.URLs) == 0 {
		return nil, errors.New("an app has an address; expected one such as http://localhost:5173")
	}
	if o.Type == "" {
		o.Type = SinglePage
	}
	a := &App{options: o}
	for _, address := range o.URLs {
		origin, start, err := parse(address)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(a.origins, origin) {
			a.origins = append(a.origins, origin)
		}
		a.starts = append(a.starts, start)
	}
	if o.Callback != "" && !a.Mine(o.Callback) {
		return nil, fmt.Errorf("the callback %q is not of the app's origin, %s", o.Callback, strings.Join(a.origins, " or "))
	}
	a.id = a.plain().Clients[0].ClientID
	a.learned = learned{Client: a.id, Asked: o.ClientID != "", Scopes: map[string][]string{}, Secrets: map[string]string{}}
	if o.Callback != "" {
		a.learned.Callbacks = []string{o.Callback} // a scenario that has callbacks of its own has this one as well
	}
	if problems := a.problems(); problems != nil {
		return nil, problems
	}
	return a, nil
}

// problems is what a tenant does not accept of the options.
func (a *App) problems() error {
	return first(a.plain().Validate())
}

// first is the first of several problems, without its place: nobody has written the tenant.
func first(err error) error {
	var problems tenant.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		return errors.New(problems[0].Message)
	}
	return err
}

// OriginOf is the origin of an app's address as browsers write it: in lower case, and without the port that the scheme has anyway. The
// error is one sentence.
func OriginOf(address string) (string, error) {
	origin, _, err := parse(address)
	return origin, err
}

// parse gives an address's origin, and the address without query and fragment.
func parse(address string) (origin, start string, err error) {
	u, err := url.Parse(address)
	if err == nil && u.User == nil && u.Hostname() != "" && !strings.ContainsAny(u.Host, "*{") {
		if origin, ok := oauth.OriginOf(address); ok {
			return origin, origin + u.EscapedPath(), nil
		}
	}
	return "", "", fmt.Errorf("%q is not the address of an app; expected one such as http://localhost:8080/", address)
}

// Fork is the same app for another tenant: it knows what was learned so far, and learns on its own from then on.
func (a *App) Fork() *App {
	a.mu.Lock()
	defer a.mu.Unlock()
	return &App{origins: a.origins, starts: a.starts, options: a.options, id: a.id, learned: a.learned.clone()}
}

// ForkLearner is of tenant.Forker.
func (a *App) ForkLearner() tenant.Learner { return a.Fork() }

// Origins are those of the app's pages, the first is where it starts.
func (a *App) Origins() []string { return slices.Clone(a.origins) }

// Start is the address of the app's first page.
func (a *App) Start() string { return a.starts[0] }

// Options are those of New.
func (a *App) Options() Options { return a.options }

// Type is the app's kind of application.
func (a *App) Type() Type { return a.options.Type }

// ClientID is the id that the app comes with: its tenant's, until it has come with another.
func (a *App) ClientID() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.learned.Client
}

// Pinned tells whether the app's client id was given, so that no other is learned.
func (a *App) Pinned() bool { return a.options.ClientID != "" }

// Mine tells whether an address lies on one of the app's origins. A pattern does not.
func (a *App) Mine(address string) bool {
	return !strings.ContainsAny(address, "*{") && slices.ContainsFunc(a.origins, func(origin string) bool {
		rest, ok := strings.CutPrefix(address, origin)
		return ok && (rest == "" || rest[0] == '/' || rest[0] == '?')
	})
}

// Tenant is a tenant for the app, with what has been learned so far: its client, an API that allows offline access, and two people.
// It is validated, and a new one each time.
func (a *App) Tenant() *tenant.Config {
	t := a.plain()
	a.Keep(t)
	if err := t.Validate(); err != nil {
		panic(err) // New and Learn have validated the same
	}
	return t
}

// plain is the tenant of an app that has not asked for anything yet, with its defaults filled in.
func (a *App) plain() *tenant.Config {
	t := &tenant.Config{
		Name:        "your-app",
		Clients:     []*tenant.Client{a.client()},
		Connections: []*tenant.Connection{{Name: databaseName, Strategy: "auth0"}},
		ResourceServers: []*tenant.ResourceServer{{
			Name: apiName, Identifier: cmp.Or(a.options.Audience, DefaultAudience), AllowOfflineAccess: true, SkipConsent: true,
		}},
		Users: People(),
	}
	t.Settings.FriendlyName = ClientName
	t.AddMagicUsers()
	_ = t.Validate() // fills in the defaults; New has looked at the error
	return t
}

// People are the two who can log in to every app's tenant, Ada and Grace.
func People() []*tenant.User {
	return []*tenant.User{
		person("ada@example.test", "Analytical-Engine-1", "Ada", "Lovelace"),
		person("grace@example.test", "Flow-Matic-1", "Grace", "Hopper"),
	}
}

func person(email, password, given, family string) *tenant.User {
	return &tenant.User{
		Email: email, EmailVerified: true, Password: password, GivenName: given, FamilyName: family, Name: given + " " + family,
		Nickname: strings.ToLower(given),
	}
}

// Life of refresh tokens in a single-page application, as Auth0's dashboard sets up a new one (fact 4.1-spa-defaults).
const (
	refreshLife = 30 * 24 * time.Hour
	refreshIdle = 15 * 24 * time.Hour
)

// client is the app's, as the dashboard makes one, with the addresses that apps usually have.
func (a *App) client() *tenant.Client {
	c := tenant.NewClient(ClientName)
	c.AppType, c.ClientID = string(a.options.Type), a.options.ClientID
	c.Callbacks, c.AllowedLogoutURLs = a.callbacks(), a.firstPages()
	c.WebOrigins, c.AllowedOrigins = slices.Clone(a.origins), slices.Clone(a.origins)
	c.GrantTypes = []string{"authorization_code", "implicit", "refresh_token"}
	if a.options.Type == RegularWeb {
		c.GrantTypes = append(c.GrantTypes, "client_credentials")
		c.TokenEndpointAuthMethod = "client_secret_post"
		return c
	}
	c.TokenEndpointAuthMethod = "none"
	c.RefreshToken = tenant.RefreshToken{Rotating: true, Lifetime: refreshLife, IdleLifetime: refreshIdle}
	return c
}

// callbacks are the one that was pinned, or else those that the documentation of the SDKs uses.
func (a *App) callbacks() []string {
	if a.options.Callback != "" {
		return []string{a.options.Callback}
	}
	list := a.firstPages()
	for _, origin := range a.origins {
		for _, path := range callbackPaths() {
			if !slices.Contains(list, origin+path) {
				list = append(list, origin+path)
			}
		}
	}
	return list
}

// callbackPaths are where apps have themselves called back: the quickstarts and express-openid-connect, nextjs-auth0 4 and 3, samples
// of server frameworks, and pages for the hidden frame (auth0.js, oidc-client-ts).
func callbackPaths() []string {
	return []string{"/callback", "/auth/callback", "/api/auth/callback", "/login/callback", "/silent", "/silent.html", "/silent-callback",
		"/silent-renew.html"}
}

// firstPages are the app's first pages in both spellings: location.origin has no slash at the end, and location.href has one.
func (a *App) firstPages() (list []string) {
	add := func(address string) {
		if !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	for _, start := range a.starts {
		add(strings.TrimSuffix(start, "/"))
		add(strings.TrimSuffix(start, "/") + "/")
	}
	for _, origin := range a.origins {
		add(origin)
		add(origin + "/")
	}
	return list
}
