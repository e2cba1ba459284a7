package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// Cookies says what a World does with third-party cookies.
type Cookies int

const (
	// ThirdPartyAllowed is how browsers were when the tutorial was written. The default.
	ThirdPartyAllowed Cookies = iota
	// ThirdPartyBlocked is today's default of Chromium: a cross-site iframe neither sends nor stores SameSite=None cookies.
	ThirdPartyBlocked
)

// Default origins and sizes of a World.
const (
	DefaultAppOrigin    = "http://localhost:5000"
	DefaultSilentOrigin = "http://localhost:3001"
	DefaultPatience     = 10 * time.Second
	DefaultMoveBudget   = 30 * time.Second
)

// WorldOptions says what a World consists of. The zero value is a World without a tenant.
type WorldOptions struct {
	// Name shows in the tenant's default domain and in evidence. Default "world".
	Name string
	// Tenant is started as a mock of its own for this World. Nil: see Server.
	Tenant *tenant.Config
	// Learner completes the tenant by what the app asks for. Nil: nothing is learned.
	Learner tenant.Learner
	// Scenarios are those that Tenant can be put under while it runs, as its console does. Nil: none.
	Scenarios *scenario.Source
	// Server is a running tenant to use instead; the World does not stop it. Nil and no Tenant: the World has none.
	Server TenantServer
	// TenantDomain is the name under which pages reach the tenant, by https; http://localhost:4480 for a tenant by plain http.
	// Default: <Name>-<n>.eu.auth0.com, unique in this process, or the domain of Server.
	TenantDomain string
	// AppOrigin is where the app lives. Default http://localhost:5000.
	AppOrigin string
	// SilentOrigin is where silent.html lives. Default http://localhost:3001.
	SilentOrigin string
	// Sites maps origins, such as https://cdn.auth0.com, to handlers. World.Serve adds more when the tenant is up.
	Sites map[string]http.Handler
	// Pass says how a request goes on to an address, such as localhost:3001 in lower case, that nothing is mapped for. Nil: none does.
	Pass func(address string) Passage
	// TenantListen is the address that Tenant listens on, as 127.0.0.1:4443, so that other programs of the machine reach it.
	// Default: 127.0.0.1 with a free port.
	TenantListen string
	// Cookies is the third-party cookie mode. Default ThirdPartyAllowed.
	Cookies Cookies
	// Width and Height of every page, in CSS pixels. Default 1280 × 800.
	Width, Height int
	// ClockSkew is how far the browser's clock is ahead of the tenant's (negative: behind) from the start.
	ClockSkew time.Duration
	// Patience bounds every wait for a page. Default 10 s.
	Patience time.Duration
	// MoveBudget bounds one Advance in real time. Default 30 s.
	MoveBudget time.Duration
}

// World is one person's browser with a tenant, apps and a clock of their own. Safe for concurrent use, except that moves
// of time happen one after the other.
type World struct {
	// Name is as in the options.
	Name string
	// Domain is the tenant's name, as an SDK takes it; empty without a tenant.
	Domain string
	// AppOrigin and SilentOrigin are as in the options, defaults filled in.
	AppOrigin, SilentOrigin string
	// Tenant is the mock that was started for WorldOptions.Tenant; nil otherwise.
	Tenant *mockauth0.Server

	browser  *Browser
	options  WorldOptions
	ctx      context.Context
	cancel   context.CancelFunc
	server   TenantServer
	proxy    *proxy
	traffic  *traffic
	context  proto.BrowserBrowserContextID
	moveLock sync.Mutex // one move of time at a time

	closeOnce sync.Once
	closeErr  error

	mu       sync.Mutex
	shift    shift
	stepping bool // an Advance is under way: it alone fires timers
	offline  bool
	blocked  []string // patterns of addresses
	pages    []*Page
	targets  []*target
	arrivals chan struct{} // closed and replaced when a page comes or goes
	entries  []entry
	messages []Message
	moves    []timeMove
	actions  []action
	realTime []string // see OnRealTime
	tabs     int      // that ever were
}

// NewWorld makes a World in the browser. ctx bounds its life: when it ends, so do all waits. The caller must Close it.
func NewWorld(ctx context.Context, b *Browser, o WorldOptions) (*World, error) {
	if err := b.Err(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	if o.Cookies == ThirdPartyAllowed && b.Kind == Full && b.options.DefaultCookies {
		return nil, errors.New("this browser was launched with DefaultCookies, so it blocks third-party cookies: " +
			"set WorldOptions.Cookies to ThirdPartyBlocked, or launch it without DefaultCookies")
	}
	if o.Cookies == ThirdPartyAllowed {
		if err := b.allowsThirdParty(ctx); err != nil {
			return nil, err
		}
	}
	return newWorld(ctx, b, o)
}

func newWorld(ctx context.Context, b *Browser, o WorldOptions) (*World, error) {
	w := &World{
		Name: o.Name, AppOrigin: o.AppOrigin, SilentOrigin: o.SilentOrigin,
		browser: b, options: o, traffic: newTraffic(), arrivals: make(chan struct{}),
	}
	w.ctx, w.cancel = context.WithCancel(ctx)
	if err := w.build(); err != nil {
		return nil, errors.Join(fmt.Errorf("make the World %q: %w", o.Name, err), w.Close())
	}
	return w, nil
}

func (o WorldOptions) withDefaults() WorldOptions {
	set := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	set(&o.Name, "world")
	set(&o.AppOrigin, DefaultAppOrigin)
	set(&o.SilentOrigin, DefaultSilentOrigin)
	if o.Width <= 0 || o.Height <= 0 {
		o.Width, o.Height = 1280, 800
	}
	if o.Patience <= 0 {
		o.Patience = DefaultPatience
	}
	if o.MoveBudget <= 0 {
		o.MoveBudget = DefaultMoveBudget
	}
	return o
}

func (w *World) build() error {
	var err error
	if w.proxy, err = newProxy(w.browser.options.Host, w.browser.CA, w.options.Pass, w.now); err != nil {
		return err
	}
	if err := w.openTenant(); err != nil {
		return err
	}
	w.shift.skew = w.options.ClockSkew.Round(time.Millisecond)
	for origin, handler := range w.options.Sites {
		if err := w.Serve(origin, handler); err != nil {
			return err
		}
	}
	ctx, cancel := w.patience()
	defer cancel()
	created, err := proto.TargetCreateBrowserContext{
		DisposeOnDetach: true, ProxyServer: w.proxy.url(), ProxyBypassList: "<-loopback>", // localhost goes through it as well
	}.Call(session{wire: w.browser.wire, ctx: ctx})
	if err != nil {
		return err
	}
	w.context = created.BrowserContextID
	w.browser.mu.Lock()
	w.browser.worlds[w.context] = w
	w.browser.mu.Unlock()
	return w.mark(ctx)
}

// Serve leads an origin, such as https://cdn.auth0.com or http://localhost:5000, to a handler, from the next request on.
// https names get a certificate of the browser's authority, and HTTP/2.
func (w *World) Serve(origin string, handler http.Handler) error {
	if handler == nil {
		return fmt.Errorf("no handler for %s", origin)
	}
	return w.proxy.set(origin, route{handler: handler})
}

// MapOrigin sends an origin to a server that listens on an address of this machine, such as 127.0.0.1:41234. For https the
// server itself must show a certificate that the browser trusts.
func (w *World) MapOrigin(origin, address string) error {
	return w.proxy.set(origin, route{address: address})
}

// TenantURL is the tenant's origin, https://<Domain> unless Domain has a scheme; empty without a tenant.
func (w *World) TenantURL() string {
	if w.Domain == "" {
		return ""
	}
	return w.tenantDomain().URL()
}

// Check fails when a page asked for a name that the World does not map, or a renderer crashed. Where WorldOptions.Pass decides what
// passes, a refusal is no failure.
func (w *World) Check() error {
	var errs []error
	if refused := w.Refused(); len(refused) > 0 && w.options.Pass == nil {
		lines := make([]string, 0, len(refused))
		for _, r := range refused {
			lines = append(lines, "  "+r.String())
		}
		errs = append(errs, fmt.Errorf("unexpected requests to names that the World %q does not map (World.Serve adds one):\n%s",
			w.Name, strings.Join(lines, "\n")))
	}
	for _, e := range w.entriesOf("crash") {
		errs = append(errs, fmt.Errorf("%s: %s", e.Page, e.Text))
	}
	return errors.Join(errs...)
}

// Refused lists the requests to names that the World does not map, oldest first.
func (w *World) Refused() []Refusal {
	refused := w.proxy.refusals()
	if w.browser.options.Remote == "" {
		return refused
	}
	return w.ofPages(refused)
}

// Requests lists what the World's pages asked of the network, oldest first.
func (w *World) Requests() []Request { return w.traffic.snapshot(0) }

// RequestsFrom lists them without the first n.
func (w *World) RequestsFrom(n int) []Request { return w.traffic.snapshot(n) }

// RequestCount is how many there were so far.
func (w *World) RequestCount() int { return w.traffic.begun() }

// Close ends the World's pages, proxy and tenant, and then reports what Check reports. It may be called more than once.
func (w *World) Close() error {
	w.closeOnce.Do(func() {
		var errs []error
		if w.proxy != nil {
			errs = append(errs, w.Check())
		}
		if w.context != "" && w.browser.Err() == nil {
			// Its own context: the World's may have ended already.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), DefaultPatience)
			err := proto.TargetDisposeBrowserContext{BrowserContextID: w.context}.Call(session{wire: w.browser.wire, ctx: ctx})
			cancel()
			if err != nil {
				errs = append(errs, fmt.Errorf("close the World %q: %w", w.Name, err))
			}
		}
		errs = append(errs, w.release())
		w.closeErr = errors.Join(errs...)
	})
	return w.closeErr
}

// release frees what the World holds outside the browser.
func (w *World) release() error {
	w.cancel()
	w.browser.mu.Lock()
	delete(w.browser.worlds, w.context)
	for id, t := range w.browser.targets {
		if t.world == w {
			delete(w.browser.targets, id)
			t.leave()
		}
	}
	w.browser.mu.Unlock()
	var errs []error
	if w.proxy != nil {
		errs = append(errs, w.proxy.close())
	}
	return errors.Join(append(errs, w.closeTenant())...)
}

// patience bounds one wait.
func (w *World) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(w.ctx, w.options.Patience, fmt.Errorf("gave up after %s", w.options.Patience))
}

// arrived notes a target the moment it is attached.
func (w *World) arrived(t *target, about *proto.TargetTargetInfo) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t.parent != nil {
		t.page = t.parent.page
	}
	if t.kind == proto.TargetTargetInfoTypePage {
		w.tabs++
		t.page = &Page{world: w, target: t, number: w.tabs, opener: about.OpenerID}
		w.pages = append(w.pages, t.page)
	}
	w.targets = append(w.targets, t)
	if !t.hasDocuments() {
		w.traffic.workerCame(t)
	}
	w.stir()
}

func (w *World) left(t *target) {
	w.traffic.dropTarget(t)
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, known := range w.targets {
		if known == t {
			w.targets = append(w.targets[:i:i], w.targets[i+1:]...)
			break
		}
	}
	for i, p := range w.pages {
		if p.target == t {
			w.pages = append(w.pages[:i:i], w.pages[i+1:]...)
			break
		}
	}
	w.stir()
}

func (w *World) stir() {
	close(w.arrivals)
	w.arrivals = make(chan struct{})
}

// clocked lists the targets whose documents carry the clock, once they are set up.
func (w *World) clocked(ctx context.Context) ([]*target, error) {
	w.mu.Lock()
	all := append([]*target(nil), w.targets...)
	w.mu.Unlock()
	var out []*target
	for _, t := range all {
		if !t.runsClock() || t.kind == pagesWorker && !t.isReady() {
			continue // a worker takes the present time when it begins
		}
		select {
		case <-t.ready:
		case <-t.gone:
			continue
		case <-ctx.Done():
			return nil, fmt.Errorf("a new page is not ready: %w", context.Cause(ctx))
		}
		select {
		case <-t.gone:
			continue
		default:
		}
		if t.failed != nil {
			return nil, t.failed
		}
		out = append(out, t)
	}
	return out, nil
}

// cookieCommands set the mode, except in a browser that was asked to keep the setting it ships with.
func (w *World) cookieCommands() []command {
	if w.browser.Kind == Full && w.browser.options.DefaultCookies && w.browser.options.Remote == "" {
		return nil
	}
	return []command{{method: "Network.setCookieControls", params: map[string]any{
		"enableThirdPartyCookieRestriction": w.options.Cookies == ThirdPartyBlocked,
	}}}
}

func (w *World) viewportCommand() command {
	return of(proto.EmulationSetDeviceMetricsOverride{Width: w.options.Width, Height: w.options.Height, DeviceScaleFactor: 1})
}
