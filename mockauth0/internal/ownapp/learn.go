package ownapp

import (
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/tenant"
)

// learned is what an app has asked for. All of it goes into snapshots of its tenant, so the fields are exported.
type learned struct {
	Client    string   // id of the app's own client: the tenant's, until the app comes with another
	Asked     bool     // the app has come with that id, or it was given
	Clients   []string // further ids, of people's logins
	Machines  []string // and of programs that ask for themselves
	Secrets   map[string]string
	Audiences []string
	Scopes    map[string][]string // by audience
	Callbacks []string
	Logouts   []string
	Not       []string // audiences that a scenario needs to be unknown
}

// How much is learned of each kind, at most: a stranger who guesses fills no memory.
const mostLearned = 50

func (l *learned) clone() learned {
	c := *l
	c.Clients, c.Machines = slices.Clone(l.Clients), slices.Clone(l.Machines)
	c.Audiences, c.Callbacks, c.Logouts = slices.Clone(l.Audiences), slices.Clone(l.Callbacks), slices.Clone(l.Logouts)
	c.Not = slices.Clone(l.Not)
	c.Secrets, c.Scopes = map[string]string{}, map[string][]string{}
	for id, secret := range l.Secrets {
		c.Secrets[id] = secret
	}
	for audience, scopes := range l.Scopes {
		c.Scopes[audience] = slices.Clone(scopes)
	}
	return c
}

// knows tells whether a client id is the app's own or was learned.
func (l *learned) knows(id string) bool {
	return id == l.Client && l.Asked || slices.Contains(l.Clients, id) || slices.Contains(l.Machines, id)
}

// Learn is of tenant.Learner. A thing is learned once: what a scenario or a person takes away afterwards stays away.
func (a *App) Learn(now *tenant.Config, asked tenant.Asked) (*tenant.Config, []tenant.Learned) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(now.Clients) == 0 {
		return nil, nil
	}
	before := a.learned.clone()
	var news []tenant.Learned
	for _, learn := range []func(*tenant.Config, tenant.Asked) []tenant.Learned{
		a.learnClient, a.learnSecret, a.learnAPI, a.learnCallback, a.learnLogout,
	} {
		news = append(news, learn(now, asked)...)
	}
	if len(news) == 0 {
		return nil, nil
	}
	next := now.Clone()
	a.lay(next)
	if next.Validate() != nil { // it is nothing that a tenant can have: the request is refused as it is
		a.learned = before
		return nil, nil
	}
	return next, news
}

// Keep is of tenant.Learner.
func (a *App) Keep(next *tenant.Config) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(next.Clients) > 0 {
		a.lay(next)
	}
}

func (a *App) learnClient(now *tenant.Config, asked tenant.Asked) []tenant.Learned {
	l, id := &a.learned, asked.ClientID
	switch {
	case id == "" || !asked.Login && !asked.Machine || l.knows(id):
		return nil
	case now.ClientByID(id) != nil:
		l.Asked = l.Asked || id == l.Client
		return nil
	case a.Pinned() || len(l.Clients)+len(l.Machines) >= mostLearned:
		return nil
	case asked.Machine:
		if asked.Secret == "" {
			return nil // it could be anybody
		}
		l.Machines = append(l.Machines, id)
		l.Secrets[id] = asked.Secret
	case !l.Asked && now.Clients[0].ClientID == l.Client:
		l.Client, l.Asked = id, true
	default:
		l.Clients = append(l.Clients, id)
	}
	return []tenant.Learned{{Name: "client id", Value: id}}
}

// learnSecret takes the first secret that a client sends whose id was learned: the app has it from another tenant.
func (a *App) learnSecret(now *tenant.Config, asked tenant.Asked) []tenant.Learned {
	l, id := &a.learned, asked.ClientID
	if a.options.Type != RegularWeb || asked.Secret == "" || l.Secrets[id] != "" {
		return nil
	}
	if id != l.Client && !slices.Contains(l.Clients, id) || id == a.id && !a.Pinned() {
		return nil
	}
	if c := now.ClientByID(id); c != nil && c.CheckSecret(asked.Secret) {
		return nil
	}
	l.Secrets[id] = asked.Secret
	return []tenant.Learned{{Name: "client secret"}}
}

func (a *App) learnAPI(now *tenant.Config, asked tenant.Asked) (news []tenant.Learned) {
	l, audience := &a.learned, asked.Audience
	if audience == "" || tenant.IsManagementAPI(audience) || len(now.ResourceServers) == 0 {
		return nil
	}
	if now.ResourceServer(audience) == nil {
		if a.options.Audience != "" || slices.Contains(l.Not, audience) || len(l.Audiences) >= mostLearned {
			return nil
		}
		if slices.Contains(l.Audiences, audience) {
			return nil // it was taken away
		}
		l.Audiences = append(l.Audiences, audience)
		news = append(news, tenant.Learned{Name: "audience", Value: audience})
	}
	for _, scope := range strings.Fields(asked.Scope) {
		api := now.ResourceServer(audience)
		if standardScope(scope) || api != nil && api.HasScope(scope) || slices.Contains(l.Scopes[audience], scope) ||
			len(l.Scopes[audience]) >= mostLearned {
			continue
		}
		l.Scopes[audience] = append(l.Scopes[audience], scope)
		news = append(news, tenant.Learned{Name: "scope", Value: scope})
	}
	return news
}

// standardScope tells whether a scope belongs to OpenID Connect or to refresh tokens, and to no API.
func standardScope(scope string) bool {
	return slices.Contains([]string{"openid", "profile", "email", "address", "phone", "offline_access", "online_access"}, scope)
}

func (a *App) learnCallback(now *tenant.Config, asked tenant.Asked) []tenant.Learned {
	l := &a.learned
	ours := a.Mine(asked.Callback) || a.elsewhere(asked.Callback)
	if a.options.Callback != "" || !ours || !a.learnable(asked.Callback, l.Callbacks, now.Clients[0].Callbacks) {
		return nil
	}
	l.Callbacks = append(l.Callbacks, asked.Callback)
	return []tenant.Learned{{Name: "callback", Value: asked.Callback}}
}

func (a *App) learnLogout(now *tenant.Config, asked tenant.Asked) []tenant.Learned {
	l := &a.learned
	if !a.Mine(asked.LogoutURL) || !a.learnable(asked.LogoutURL, l.Logouts, now.Clients[0].AllowedLogoutURLs) {
		return nil
	}
	l.Logouts = append(l.Logouts, asked.LogoutURL)
	return []tenant.Learned{{Name: "logout URL", Value: asked.LogoutURL}}
}

// elsewhere tells whether a callback is on another origin of this machine, and such are learned.
func (a *App) elsewhere(callback string) bool {
	u, err := url.Parse(callback)
	return a.options.OtherOrigins && err == nil && (u.Scheme == "http" || u.Scheme == "https") && httpx.LoopbackName(u.Hostname()) &&
		!strings.ContainsAny(callback, "*{#")
}

// learnable tells whether an address is new, and one that the client may have: a client that lists no address of the app has lost them,
// and gets none back.
func (a *App) learnable(address string, known, listed []string) bool {
	return !slices.Contains(known, address) && !slices.Contains(listed, address) &&
		slices.ContainsFunc(listed, a.Mine) && len(known) < mostLearned
}

// lay puts what was learned on a tenant of the app. What is there already stays as it is.
func (a *App) lay(t *tenant.Config) {
	l := &a.learned
	for _, audience := range l.Audiences {
		if t.ResourceServer(audience) == nil && len(t.ResourceServers) > 0 {
			api := *t.ResourceServers[0]
			api.Name, api.Identifier, api.Scopes = audience, audience, nil
			t.ResourceServers = append(t.ResourceServers, &api)
		}
	}
	for audience, scopes := range l.Scopes {
		if api := t.ResourceServer(audience); api != nil {
			for _, scope := range scopes {
				if !api.HasScope(scope) {
					api.Scopes = append(api.Scopes, tenant.Scope{Value: scope})
				}
			}
		}
	}
	a.layClients(t)
}

// layClients gives the tenant the app's clients. A scenario may have made the id of the app's own client anew: then it is meant to be
// unknown, and so are the others.
func (a *App) layClients(t *tenant.Config) {
	l, own := &a.learned, t.Clients[0]
	if own.ClientID == a.id {
		own.ClientID = l.Client
	}
	if own.ClientID != l.Client {
		return
	}
	for _, id := range l.Clients {
		if t.ClientByID(id) == nil {
			another := *own
			another.Name, another.ClientID, another.ClientSecret = ClientName+" "+id, id, ""
			t.Clients = append(t.Clients, &another)
		}
	}
	for _, id := range l.Machines {
		if t.ClientByID(id) == nil {
			t.Clients = append(t.Clients, machine(id))
		}
	}
	for _, c := range t.Clients {
		if c.AppType == "non_interactive" && slices.Contains(l.Machines, c.ClientID) {
			c.ClientSecret = l.Secrets[c.ClientID]
			a.letUse(t, c)
			continue
		}
		if secret := l.Secrets[c.ClientID]; secret != "" {
			c.ClientSecret = secret
		}
		c.Callbacks = a.with(c.Callbacks, l.Callbacks)
		c.AllowedLogoutURLs = a.with(c.AllowedLogoutURLs, l.Logouts)
	}
}

// machine is a client that asks for itself.
func machine(id string) *tenant.Client {
	c := tenant.NewClient("Machine " + id)
	c.AppType, c.ClientID = "non_interactive", id
	c.GrantTypes, c.TokenEndpointAuthMethod = []string{"client_credentials"}, "client_secret_post"
	return c
}

// letUse lets a machine use every API with all its scopes.
func (a *App) letUse(t *tenant.Config, c *tenant.Client) {
	for _, api := range t.ResourceServers {
		var scopes []string
		for _, s := range api.Scopes {
			scopes = append(scopes, s.Value)
		}
		if g := t.ClientGrant(c, api.Identifier); g != nil {
			g.Scopes = scopes
			continue
		}
		t.ClientGrants = append(t.ClientGrants, &tenant.ClientGrant{Client: c.ClientID, Audience: api.Identifier, Scopes: scopes})
	}
}

// with is a list of addresses with those that were learned, if the list has any of the app.
func (a *App) with(list, learned []string) []string {
	if !slices.ContainsFunc(list, a.Mine) {
		return list
	}
	list = slices.Clone(list)
	for _, address := range learned {
		if !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list
}
