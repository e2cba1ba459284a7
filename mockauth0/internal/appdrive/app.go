package appdrive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/ownapp"
)

// Settings say what is known of an app before it is driven.
type Settings struct {
	URL      string // address of its first page. Required
	LogIn    Name   // of its control to log in. Default: UsualLogIn
	LogOut   Name   // of its control to log out. Default: UsualLogOut
	Trigger  Name   // of a control that makes it want a token. Default: there is none
	SignedIn string // a text that it shows when somebody is signed in, and not otherwise. "": its controls tell
	Allow    []string
	Person   Person // who logs in
	Attended bool   // somebody sits before the browser, logs in, and needs as much time as a person does
	// Ready runs when the World is there, before the app is opened. Nil: nothing does.
	Ready func(w *browser.World) error
}

// Person is somebody who logs in.
type Person struct {
	pages.Person
	// Provider is the name on the button of a social connection to log in by. "": by e-mail address and password.
	Provider string
}

// App is a person's app in a World of its own.
type App struct {
	World *browser.World
	Page  *browser.Page // the first tab

	settings Settings
	origin   string
	ctx      context.Context
	patience time.Duration
	login    Login // the newest
}

// attended is how long a person may take.
const attended = time.Hour

// moveBudget bounds one move of time. The driver moves in strides that keep it well below that.
const moveBudget = 2 * time.Minute

// Open opens the app in a World with a tenant at the domain of the options; a tenant at a loopback name really listens there, so that
// the app's own servers reach it. Loopback addresses and those of Settings.Allow lead to the servers that are there. Of the options
// it sets AppOrigin and Pass, and MoveBudget, Patience and TenantListen where they are zero. The caller closes the World.
// Errors are NoApp, PortTaken, and of what a browser does.
func Open(ctx context.Context, b *browser.Browser, s Settings, o browser.WorldOptions) (*App, error) {
	origin, err := ownapp.OriginOf(s.URL)
	if err != nil {
		return nil, err
	}
	allowed, err := allow(append([]string{origin}, s.Allow...))
	if err != nil {
		return nil, err
	}
	if err := answers(ctx, s.URL); err != nil {
		return nil, err
	}
	s.LogIn, s.LogOut = s.LogIn.or(UsualLogIn), s.LogOut.or(UsualLogOut)
	if o.Patience == 0 {
		o.Patience = browser.DefaultPatience
	}
	a := &App{settings: s, origin: origin, ctx: ctx, patience: o.Patience}
	o.AppOrigin, o.Pass = origin, allowed.passage
	if o.MoveBudget == 0 {
		o.MoveBudget = moveBudget
	}
	if o.TenantListen == "" && o.Tenant != nil {
		o.TenantListen = ListenAt(o.TenantDomain)
	}
	if a.World, err = browser.NewWorld(ctx, b, o); err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, &PortTaken{o.TenantDomain, err}
		}
		return nil, err
	}
	if a.World.Tenant == nil {
		return nil, errors.Join(errors.New("appdrive: the World has no tenant of its own"), a.World.Close())
	}
	if s.Ready != nil {
		err = s.Ready(a.World)
	}
	if err == nil {
		a.Page, err = a.World.Open(s.URL)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the app does not start: %w", err), a.World.Close())
	}
	return a, nil
}

// Settings are those of the app, with the usual names where it has none of its own for a control.
func (a *App) Settings() Settings { return a.settings }

// Origin is that of the app's pages.
func (a *App) Origin() string { return a.origin }

// ListenAt is the address that a tenant listens on for other programs of this machine; "": its domain does not lead here, or names no
// port: those that the schemes have anyway are not for everybody to take.
func ListenAt(written string) string {
	_, authority := domain.Split(written)
	host, port, err := net.SplitHostPort(authority)
	if err != nil || !domain.Loopback(host) {
		return ""
	}
	if !httpx.LoopbackAddress(host) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// onMachine tells whether an address, such as localhost:3001, leads to this machine.
func onMachine(address string) bool {
	return domain.Loopback(httpx.Hostname(address))
}

// answers tells whether there is an app at the address.
func answers(ctx context.Context, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return &NoApp{address, err}
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // it is the person's own
		DialContext:     (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
	}
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(r)
	if err != nil {
		return &NoApp{address, err}
	}
	return res.Body.Close()
}

// CheckOrigins tells what is wrong with Settings.Allow; nil: nothing.
func CheckOrigins(origins []string) error {
	_, err := allow(append([]string{"http://localhost"}, origins...))
	return err
}

// passes says where requests lead that a World has no site for.
type passes struct {
	machine []string // address and port of the app, wherever that is
	network []string
}

// allow reads the origins, the app's first.
func allow(origins []string) (p passes, err error) {
	for i, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.User != nil ||
			strings.ContainsAny(origin, "?#") {
			return p, fmt.Errorf("%q is not an origin; expected one such as https://fonts.example.com", origin)
		}
		address := strings.ToLower(u.Host)
		if u.Port() == "" {
			address = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
		}
		if i == 0 {
			p.machine = append(p.machine, address)
		} else {
			p.network = append(p.network, address)
		}
	}
	return p, nil
}

func (p passes) passage(address string) browser.Passage {
	switch {
	case onMachine(address), slices.Contains(p.machine, address):
		return browser.PassToMachine
	case slices.Contains(p.network, address):
		return browser.PassToNetwork
	}
	return browser.PassNot
}
