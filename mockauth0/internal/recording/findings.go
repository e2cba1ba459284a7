package recording

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/auth0text"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Findings are what the exchanges tell about the tenant's settings.
type Findings struct {
	Domains    []string  `json:"domains"` // the most asked first; with http:// where it was asked by plain http
	Issuers    []string  `json:"issuers,omitempty"`
	From       time.Time `json:"from,omitzero"`
	To         time.Time `json:"to,omitzero"`
	Keys       []string  `json:"keys,omitempty"`       // stand-ins of the kids that sign
	Published  []string  `json:"published,omitempty"`  // and of those in the JWKS
	Algorithms []string  `json:"algorithms,omitempty"` // of tokens
	Clients    []*Client `json:"clients"`
	People     []string  `json:"people,omitempty"` // stand-ins
	APIs       []*API    `json:"apis,omitempty"`
}

// Client is what is known of an application.
type Client struct {
	ID            string        `json:"client_id"`
	Name          string        `json:"name,omitempty"`
	SDKs          []string      `json:"sdks,omitempty"`
	ResponseTypes []string      `json:"response_types,omitempty"`
	Modes         []string      `json:"response_modes,omitempty"`
	Scopes        []string      `json:"scopes,omitempty"`
	Audiences     []string      `json:"audiences,omitempty"`
	Callbacks     []string      `json:"callbacks,omitempty"`         // that the tenant answered to
	Refused       []string      `json:"refused_callbacks,omitempty"` // that it refused
	Origins       []string      `json:"web_origins,omitempty"`
	Unlisted      []string      `json:"refused_web_origins,omitempty"`
	LogoutURLs    []string      `json:"logout_urls,omitempty"`
	Grants        []string      `json:"grant_types,omitempty"`
	Organizations []string      `json:"organizations,omitempty"`
	Connections   []Connection  `json:"connections,omitempty"`
	Secret        bool          `json:"confidential,omitempty"` // it sent a secret
	IDTokenAlg    string        `json:"id_token_alg,omitempty"`
	IDTokenLife   time.Duration `json:"id_token_lifetime,omitempty"`
	Rotates       bool          `json:"rotation,omitempty"` // a refresh gave a new refresh token, or an old one was refused
	Silent        Tally         `json:"silent"`
	Refresh       Tally         `json:"refresh"`
	Logins        int           `json:"logins"`
	Logouts       int           `json:"logouts"`
}

// Tally counts attempts, those that failed, and those of which the recording does not tell what became of them.
type Tally struct {
	All     int `json:"all"`
	Failed  int `json:"failed"`
	Unknown int `json:"unknown,omitempty"`
}

func (t *Tally) count(e *Exchange) {
	t.All++
	switch {
	case e.GivenUp():
		t.Unknown++
	case e.Failed():
		t.Failed++
	case !e.Told():
		t.Unknown++
	}
}

// Connection is where people come from.
type Connection struct {
	Name     string `json:"name"`
	Strategy string `json:"strategy,omitempty"`
	DevKeys  bool   `json:"dev_keys,omitempty"`
}

// API is what is known of the API of an audience.
type API struct {
	Audience string        `json:"audience"`
	Scopes   []string      `json:"scopes,omitempty"`
	Life     time.Duration `json:"token_lifetime,omitempty"`         // of tokens from /oauth/token
	WebLife  time.Duration `json:"token_lifetime_for_web,omitempty"` // of tokens from /authorize
	Offline  bool          `json:"allow_offline_access,omitempty"`
	Unknown  bool          `json:"unknown,omitempty"` // the tenant has no such API
}

// most is how many of anything are listed of one client.
const most = 100

func add(list *[]string, values ...string) {
	for _, v := range values {
		if v != "" && len(*list) < most && !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
}

// Findings goes through the exchanges once. Infer comes before it.
func (r *Recording) Findings() *Findings {
	f := &Findings{}
	hosts := map[string]int{}
	for _, e := range r.Exchanges {
		if e.Host != "" {
			at := domain.New(e.Host, e.Scheme == domain.HTTP).String()
			hosts[at]++
			add(&f.Domains, at)
		}
		if !e.Start.IsZero() && (f.From.IsZero() || e.Start.Before(f.From)) {
			f.From = e.Start
		}
		if e.Start.After(f.To) {
			f.To = e.Start
		}
		add(&f.Issuers, e.Response.Issuer)
		add(&f.Published, e.Response.Keys...)
		add(&f.People, e.Person)
		for _, t := range e.Response.Tokens {
			add(&f.Issuers, t.Issuer)
			add(&f.Keys, t.Kid)
			add(&f.Algorithms, t.Alg)
		}
		f.exchange(e)
	}
	slices.SortStableFunc(f.Domains, func(a, b string) int { return cmp.Compare(hosts[b], hosts[a]) })
	return f
}

func (f *Findings) client(id string) *Client {
	return theOne(&f.Clients, &Client{ID: id}, func(c *Client) bool { return c.ID == id })
}

func (f *Findings) api(audience string) *API {
	return theOne(&f.APIs, &API{Audience: audience}, func(a *API) bool { return a.Audience == audience })
}

// theOne is the one that is known, or a new one, which is listed as long as there is room.
func theOne[T any](list *[]*T, fresh *T, known func(*T) bool) *T {
	if i := slices.IndexFunc(*list, known); i >= 0 {
		return (*list)[i]
	}
	if len(*list) < most {
		*list = append(*list, fresh)
	}
	return fresh
}

func (f *Findings) exchange(e *Exchange) {
	id := e.Client()
	if id == "" || strings.HasSuffix(e.Endpoint, names.Preflight) {
		return
	}
	c, p := f.client(id), e.Request.Params
	if e.Request.SDK != "" {
		add(&c.SDKs, strings.TrimSpace(e.Request.SDK+" "+e.Request.Version))
	}
	if e.Log != nil {
		c.Name = cmp.Or(c.Name, e.Log.ClientName)
		c.connection(e)
	} else if name := p["connection"]; name != "" {
		c.from(Connection{Name: name})
	}
	add(&c.Organizations, p["organization"])
	c.Secret = c.Secret || p["client_secret"] != "" || p["client_assertion"] != ""
	switch e.Endpoint {
	case names.Authorize:
		f.authorize(c, e)
	case names.Token:
		f.token(c, e)
	case names.Logout, names.OIDCLogout:
		c.Logouts++
		if !e.Failed() {
			add(&c.LogoutURLs, p["returnTo"], p["post_logout_redirect_uri"])
		}
	case names.Login:
		if e.Log != nil && e.Log.Type == event.SuccessLogin {
			c.Logins++
		}
	}
	for _, t := range e.Response.Tokens {
		if t.Kind == event.IDToken {
			c.IDTokenAlg = cmp.Or(t.Alg, c.IDTokenAlg)
			if life := t.Until.Sub(t.Issued); life > 0 {
				c.IDTokenLife = life
			}
		}
	}
}

func (c *Client) connection(e *Exchange) {
	if e.Log.Connection == "" {
		return
	}
	c.from(Connection{
		Name: e.Log.Connection, Strategy: e.Log.Strategy,
		DevKeys: e.Log.Type == event.Warning && auth0text.Reason("", e.Log.Description) == event.DevelopmentKeys,
	})
}

func (c *Client) from(one Connection) {
	for i := range c.Connections {
		if known := &c.Connections[i]; known.Name == one.Name {
			known.Strategy = cmp.Or(known.Strategy, one.Strategy)
			known.DevKeys = known.DevKeys || one.DevKeys
			return
		}
	}
	if len(c.Connections) < most {
		c.Connections = append(c.Connections, one)
	}
}

func (f *Findings) authorize(c *Client, e *Exchange) {
	p, r := e.Request.Params, e.Response
	add(&c.ResponseTypes, p["response_type"])
	add(&c.Modes, p["response_mode"])
	add(&c.Scopes, strings.Fields(p["scope"])...)
	add(&c.Audiences, p["audience"])
	if strings.Contains(p["response_type"], "code") {
		add(&c.Grants, names.GrantAuthorizationCode)
	}
	if strings.Contains(p["response_type"], "token") {
		add(&c.Grants, names.GrantImplicit)
	}
	if e.Silent() {
		c.Silent.count(e)
	} else if len(r.Granted) > 0 || r.Shown == "login" {
		c.Logins++
	}
	reason := e.Reason()
	redirect := p["redirect_uri"]
	origin := originOf(redirect)
	switch {
	case reason == event.CallbackNotListed:
		add(&c.Refused, redirect)
		add(&c.Callbacks, allowedOf(e)...)
	case reason == event.OriginNotListed:
		add(&c.Callbacks, redirect)
		add(&c.Unlisted, origin)
	case r.Status == http.StatusForbidden && r.Error == "": // a page that nobody could read: a callback mismatch has this status
	default:
		add(&c.Callbacks, redirect)
		if unread := r.Status == http.StatusBadRequest && r.Error == ""; unread { // and an origin that is not listed this one
			break
		}
		if p["response_mode"] == "web_message" && r.Known && e.Told() {
			add(&c.Origins, origin)
		}
	}
	if audience := p["audience"]; audience != "" {
		api := f.api(audience)
		api.scopes(p["scope"])
		if reason == event.AudienceUnknown {
			api.Unknown = true
		}
		if r.Expires > 0 && slices.Contains(r.Granted, "access_token") {
			api.WebLife = r.Expires
		}
	}
}

func allowedOf(e *Exchange) []string {
	if e.Log == nil {
		return nil
	}
	return e.Log.Allowed
}

// standard are the scopes of OpenID Connect, which belong to no API.
var standard = [...]string{"openid", "profile", "email", "address", "phone", "offline_access", "online_access"}

func (a *API) scopes(list string) {
	for _, s := range strings.Fields(list) {
		if s == "offline_access" {
			continue
		}
		if !slices.Contains(standard[:], s) {
			add(&a.Scopes, s)
		}
	}
}

func (f *Findings) token(c *Client, e *Exchange) {
	p, r := e.Request.Params, e.Response
	add(&c.Grants, p["grant_type"])
	if !e.Failed() {
		add(&c.Callbacks, p["redirect_uri"])
	}
	if e.Refresh() {
		c.Refresh.count(e)
		c.Rotates = c.Rotates || e.Reused() || r.Refresh != "" && r.Refresh != p["refresh_token"]
	} else if p["grant_type"] == names.GrantAuthorizationCode && len(r.Granted) > 0 && c.Logins == 0 {
		c.Logins++
	}
	add(&c.Scopes, strings.Fields(r.Scope)...)
	audience := p["audience"]
	for _, t := range r.Tokens {
		if t.Kind == event.AccessToken && len(t.Audience) > 0 && !strings.HasSuffix(t.Audience[0], "/userinfo") {
			audience = t.Audience[0]
		}
	}
	if audience == "" && len(c.Audiences) == 1 {
		audience = c.Audiences[0]
	}
	if audience == "" {
		return
	}
	add(&c.Audiences, audience)
	api := f.api(audience)
	api.scopes(r.Scope)
	if r.Expires > 0 {
		api.Life = r.Expires
	}
	if e.Refresh() && !e.Failed() || r.Refresh != "" {
		api.Offline = true
	}
}

// originOf is that of an address; "": it has none.
func originOf(address string) string {
	origin, _ := oauth.OriginOf(address)
	return origin
}
