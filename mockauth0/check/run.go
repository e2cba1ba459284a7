package check

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/tenant"
)

// Options say which app is checked, and with what.
type Options struct {
	App App
	// Lanes is how many probes are made at a time. Default: one for each processor, at most 2. An app whose server asks the tenant is
	// probed one at a time in any case.
	Lanes int
	// Only are ids of checks: what the others rest on is not tried, and they are not checked. Empty: all. An unknown id is an error.
	Only []string
	// Clock is a tenant whose clock the app's own servers follow, as those do that exec --move-clock starts. Run moves it with the clock
	// of the tenant that they talk to, and every move waits for them. Nil: they go by their own clocks, and what needs them is not
	// checked.
	Clock *mockauth0.Server
	// Progress is called with the name of each probe when it begins. Nil: nothing is.
	Progress func(probe string)
}

// Run checks an app. The error is of what keeps the check from being made: a browser that does not start, a port that is taken, an
// app that does not answer, settings that are wrong, a trigger that its page does not have (appdrive.NoControl). What the app does wrong
// is in the report.
func Run(ctx context.Context, b *browser.Browser, o Options) (*Report, error) {
	began := clock.Wall()
	r, err := newRun(ctx, b, o)
	if err != nil {
		return nil, err
	}
	defer r.close()
	err = r.logInFirst()
	if at, ok := appdrive.PlainHTTP(err, r.options.App.Domain); ok {
		r.close()
		o.App.Domain = at
		return Run(ctx, b, o)
	}
	if err != nil {
		return nil, err
	}
	if r.report.Login == "" {
		r.probeAll()
	}
	r.conclude()
	r.report.Took = clock.Wall().Sub(began)
	return r.report, context.Cause(ctx)
}

// run is a check under way.
type run struct {
	ctx      context.Context
	browser  *browser.Browser
	options  Options
	settings appdrive.Settings
	front    *front
	clock    serverClock
	app      *ownapp.App // what its tenants know of it

	// What the first login shows.
	tenant  *tenant.Config   // with all that the app asked for by then
	login   appdrive.Login   // how it logs in
	renewal appdrive.Renewal // how it renews
	way     appdrive.Way     // what makes it want a token; Unknown: nothing that was tried
	early   time.Duration    // how long before the end of its token it renewed
	nonce   bool             // its logins have a nonce
	stores  []stored         // tokens that it keeps
	signs   []string         // names of controls that it shows only when somebody is signed in; nil: the one to log out tells

	callsServer bool // it called an API with a token in the first World

	mu      sync.Mutex
	report  *Report
	results map[string]*Result
	left    map[string]bool // ids of checks that a probe left out, although it came to its end
}

// The people who log in.
func ada() appdrive.Person   { return person(ownapp.People()[0]) }
func grace() appdrive.Person { return person(ownapp.People()[1]) }

func person(u *tenant.User) appdrive.Person {
	return appdrive.Person{Person: pages.Person{Email: u.Email, Password: u.Password}}
}

func newRun(ctx context.Context, b *browser.Browser, o Options) (*run, error) {
	settings, err := o.App.settings()
	if err != nil {
		return nil, err
	}
	if o.Lanes <= 0 {
		o.Lanes = min(2, runtime.NumCPU())
	}
	for _, id := range o.Only {
		if _, ok := ByID(id); !ok {
			return nil, fmt.Errorf("there is no check %q", id)
		}
	}
	r := &run{
		ctx: ctx, browser: b, options: o, settings: settings, clock: serverClock{of: o.Clock}, results: map[string]*Result{},
		left:   map[string]bool{},
		report: &Report{App: o.App.URL, Domain: o.App.Domain, Date: clock.Wall()},
	}
	if r.app, err = ownapp.New(ownapp.Options{URLs: []string{o.App.URL}, OtherOrigins: true}); err != nil {
		return nil, err
	}
	r.tenant = tenantOf(r.app)
	if r.front, err = listen(o.App.Domain, b.CA); err != nil {
		return nil, err
	}
	return r, nil
}

// tenantOf is an app's tenant, with the lives of a check.
func tenantOf(app *ownapp.App) *tenant.Config {
	t := app.Tenant()
	for _, api := range t.ResourceServers {
		api.TokenLifetime, api.TokenLifetimeForWeb = tokenLife, tokenLife
	}
	for _, c := range t.Clients {
		c.IDTokenLifetime = idLife
	}
	return t
}

// forWorld is a tenant for one World, and what has it learn: what the tenant of another World has learned meanwhile, it does not know.
func (r *run) forWorld(set setting) (*tenant.Config, *ownapp.App) {
	config := r.tenant.Clone()
	if set.tenant != nil {
		set.tenant(config)
	}
	r.clock.begin(config)
	return config, r.app.Fork()
}

func (r *run) close() { r.front.close() }

// probe is a run through one story with the app, in a World of its own, that several checks may rest on.
type probe struct {
	name   string
	checks []string // ids of those that rest on it
	always bool     // other probes rest on it, so it is made also where none of its checks is asked for
	// skip says why it is not made; "": it is.
	skip func(*run) (Outcome, string)
	run  func(*run) error
}

// probeAll makes all probes, some at a time.
func (r *run) probeAll() {
	lanes := r.lanesOf()
	r.clock.apart = lanes > 1
	queue := make(chan probe)
	var all sync.WaitGroup
	for range lanes {
		all.Go(func() {
			for p := range queue {
				r.make(p)
			}
		})
	}
	for _, p := range probes() {
		queue <- p
	}
	close(queue)
	all.Wait()
}

func (r *run) make(p probe) {
	if r.ctx.Err() != nil {
		return
	}
	if !p.always && !slices.ContainsFunc(p.checks, r.wanted) {
		for _, id := range p.checks {
			r.settle(id, NotChecked, "it was not asked for")
		}
		return
	}
	if p.skip != nil {
		if outcome, why := p.skip(r); why != "" {
			for _, id := range p.checks {
				r.settle(id, outcome, why)
			}
			return
		}
	}
	if r.options.Progress != nil {
		r.options.Progress(p.name)
	}
	began := clock.Wall()
	err := p.run(r)
	r.mu.Lock()
	r.report.Probes = append(r.report.Probes, Probe{p.name, clock.Wall().Sub(began)})
	r.mu.Unlock()
	for _, id := range p.checks {
		var not notChecked
		switch {
		case errors.As(err, &not):
			r.settle(id, NotChecked, not.why)
		case err != nil:
			r.settle(id, NotChecked, fmt.Sprintf("%s: %s", p.name, firstLine(err)))
		default:
			r.passed(id)
		}
	}
}

// wanted tells whether a check was asked for.
func (r *run) wanted(id string) bool {
	return len(r.options.Only) == 0 || slices.Contains(r.options.Only, id)
}

// notChecked is the error of a probe that could not be made with this app.
type notChecked struct{ why string }

func (e notChecked) Error() string { return e.why }

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// settle notes the outcome of a check, unless a better one is known: a finding beats all, and what was checked somewhere beats what
// was not.
func (r *run) settle(id string, outcome Outcome, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.results[id]
	if known == nil {
		known = &Result{Outcome: outcome, Reason: why}
		r.results[id] = known
		return
	}
	if outcome.rank() > known.Outcome.rank() {
		known.Outcome, known.Reason = outcome, why
	}
}

// leaves settles a check that a probe cannot make with this app, although it makes its others.
func (r *run) leaves(id string, outcome Outcome, why string) {
	r.settle(id, outcome, why)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left[id] = true
}

// passed settles a check of a probe that came to its end: nothing was found, unless the probe left that check out.
func (r *run) passed(id string) {
	r.mu.Lock()
	left := r.left[id]
	r.mu.Unlock()
	if !left {
		r.settle(id, Healthy, "")
	}
}

// found notes a finding, with what the World has of it.
func (r *run) found(id string, s *scene, format string, args ...any) {
	seen := Seen{Text: fmt.Sprintf(format, args...)}
	if s != nil {
		c, _ := ByID(id)
		seen.Evidence = s.evidence(c, seen.Text)
	}
	r.settle(id, Found, "")
	r.mu.Lock()
	defer r.mu.Unlock()
	result := r.results[id]
	if !slices.ContainsFunc(result.Seen, func(other Seen) bool { return other.Text == seen.Text }) {
		result.Seen = append(result.Seen, seen)
	}
}

// finds tells whether a check has a finding so far.
func (r *run) finds(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.results[id] != nil && r.results[id].Outcome == Found
}

// conclude puts the results in the report's order.
func (r *run) conclude() {
	for _, c := range All() {
		result := r.results[c.ID]
		switch {
		case result == nil && r.report.Login != "":
			result = &Result{Outcome: NotChecked, Reason: "nobody could log in"}
		case result == nil:
			result = &Result{Outcome: NotChecked, Reason: "the check ended before"}
		}
		result.Check = c
		r.report.Results = append(r.report.Results, *result)
	}
}
