package tenant

import (
	"net/url"
	"slices"
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

// Moments at which the Actions of the login flow run.
const (
	AtLogin    = "login"    // somebody logs in, or goes on by a session, on pages
	AtSilent   = "silent"   // prompt=none
	AtRefresh  = "refresh"  // a refresh token is exchanged
	AtPassword = "password" // the password grants
)

const (
	moments     = `login silent refresh password`
	actionKinds = `action rule`
)

// Action is an Action of the login flow as data: what its code would do, and for whom. It has exactly one effect.
type Action struct {
	Name       string        // default "Action 1", by its place
	Rule       bool          // kind: rule; a rule denies with another code
	Client     string        // when: name or id; "": any
	User       string        // e-mail address, user name or user_id; "": any
	Connection string        // "": any
	At         []string      // AtLogin, …; default: all of them, but for a redirect AtLogin and AtSilent
	Deny       string        // the text that the application gets (api.access.deny, or UnauthorizedError of a rule)
	Redirect   *Redirect     // api.redirect.sendUserTo
	MFA        *SecondFactor // api.multifactor.enable
}

// Redirect sends the person elsewhere in the middle of a login. It goes on at /continue?state=….
type Redirect struct {
	URL  string // absolute, http or https
	Once bool   // a user who came back is not sent again
}

// SecondFactor is how MFA is demanded.
type SecondFactor struct {
	NoRemembering  bool // allow_remember_browser: false
	OncePerSession bool // once_per_session: not from a session in which a second factor was proved
}

// Applies reports whether an Action runs for a login, silent request or exchange. Its effect is then certain.
func (a *Action) Applies(c *Client, u *User, connection, at string) bool {
	return slices.Contains(a.At, at) &&
		(a.Client == "" || a.Client == c.Name || a.Client == c.ClientID) &&
		(a.User == "" || u.GoesBy(a.User)) &&
		(a.Connection == "" || a.Connection == connection)
}

// complete fills in the name and when it runs: a redirect needs a browser.
func (a *Action) complete(i int) {
	orText(&a.Name, "Action "+strconv.Itoa(i+1))
	switch {
	case a.At != nil:
	case a.Redirect != nil:
		a.At = []string{AtLogin, AtSilent}
	default:
		a.At = []string{AtLogin, AtSilent, AtRefresh, AtPassword}
	}
}

func actionPath(i int) string { return "mock.actions[" + strconv.Itoa(i) + "]" }

// action reads an entry of mock.yaml's actions.
func (r *reading) action(t *Config, n *strict.Node) {
	o := r.Object(n, actionPath(len(t.Mock.Actions)), "an entry of actions")
	if o == nil {
		return
	}
	a := &Action{}
	kind := "action"
	o.Text("name", &a.Name)
	o.Text("kind", &kind)
	among(o, "kind", kind, actionKinds)
	a.Rule = kind == "rule"
	if when := o.Child("when"); when != nil {
		when.Text("client", &a.Client)
		when.Text("user", &a.User)
		if n := when.Get("user"); n != nil && a.User != "" && len(usersNamed(t, a.User)) == 0 { // only here: a user may be deleted at run time
			r.Found.Refuse(r.At(n), "users.json has no user %s%s", strict.Quoted(a.User), strict.ExpectedOf("users.json", a.User, loginsOf(t)))
		}
		when.Text("connection", &a.Connection)
		when.Texts("at", &a.At)
		when.Finish("when of an action", "", true)
	}
	o.Text("deny", &a.Deny)
	if n := o.Get("deny"); n != nil && n.Kind == strict.KindString && n.Text == "" {
		r.Found.Refuse(r.At(n), "deny is empty; expected the text that the application gets")
	}
	if redirect := o.Child("redirect"); redirect != nil {
		a.Redirect = &Redirect{}
		redirect.Required("url", "redirect", &a.Redirect.URL)
		redirect.Flag("once", &a.Redirect.Once)
		redirect.Finish("redirect", "", true)
	}
	if mfa := o.Child("mfa"); mfa != nil {
		remember := true
		a.MFA = &SecondFactor{}
		mfa.Flag("allow_remember_browser", &remember)
		a.MFA.NoRemembering = !remember
		mfa.Flag("once_per_session", &a.MFA.OncePerSession)
		mfa.Finish("mfa", "", true)
	}
	given := 0
	for _, key := range []string{"deny", "redirect", "mfa"} {
		if o.Get(key) != nil {
			given++
		}
	}
	if given != 1 {
		r.Found.Refuse(r.At(n), "the action has %d effects; expected exactly one of deny, redirect and mfa", given)
	}
	o.Finish("an action", "", true)
	t.Mock.Actions = append(t.Mock.Actions, a)
}

func (c *checker) actions() {
	for i, a := range c.Mock.Actions {
		path := actionPath(i)
		when := path + ".when"
		if a.Client != "" && c.clientBy(a.Client) == nil {
			c.refuse(when+".client", "there is no client %s%s", strict.Quoted(a.Client), strict.ExpectedOf("clients", a.Client, c.clientNames()))
		}
		if a.Connection != "" && indexOf(c.connectionNames(), a.Connection) < 0 {
			c.refuse(when+".connection", "there is no connection %s%s", strict.Quoted(a.Connection),
				strict.ExpectedOf("connections", a.Connection, c.connectionNames()))
		}
		if len(a.At) == 0 {
			c.refuse(when+".at", "at is empty; expected %s, or no such key", strict.OneOf([]string{AtLogin, AtSilent, AtRefresh, AtPassword}))
		}
		for j, at := range a.At {
			place := when + ".at[" + strconv.Itoa(j) + "]"
			c.among(place, "at", at, moments)
			if a.Redirect != nil && (at == AtRefresh || at == AtPassword) {
				c.refuse(place, "a redirect at %s has no browser to send anywhere; expected login or silent", at)
			}
		}
		c.effect(path, a)
	}
}

// effect checks what an action does.
func (c *checker) effect(path string, a *Action) {
	if a.Redirect != nil && a.Redirect.URL != "" {
		u, err := url.Parse(a.Redirect.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			c.refuse(path+".redirect.url", "the url %s is not absolute; expected a URL such as https://app.example.test/terms",
				strict.Quoted(a.Redirect.URL))
		}
	}
	effects := 0
	for _, has := range []bool{a.Deny != "", a.Redirect != nil, a.MFA != nil} {
		if has {
			effects++
		}
	}
	if effects != 1 && c.builtInGo(path) { // a reader has reported it already
		c.refuse(path, "the action has %d effects; expected exactly one of Deny, Redirect and MFA", effects)
	}
}

// clientBy finds a client by its name or id while the tenant has no index yet.
func (c *checker) clientBy(name string) *Client {
	for _, x := range c.Clients {
		if x.Name == name || x.ClientID == name {
			return x
		}
	}
	return nil
}
