package appdrive

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/oauth"
)

// Login is how somebody logged in.
type Login struct {
	Control string    // name of the control that was pressed; "": the app led to the tenant by itself, or a person logged in
	For     AskedFor  // what the app asked the tenant for
	UserID  string    // who logged in; "": not known
	Refresh bool      // a refresh token was handed out
	Renewal Renewal   // how the app can renew, by what it asked for and got
	Expires time.Time // tenant time at which its access token does; zero: not known
	Before  []string  // names of the controls that the app showed before

	from Mark
}

// AskedFor is what an app asked a tenant for.
type AskedFor struct {
	ClientID, Callback, Audience, Scope, Organization, ResponseType, ResponseMode string
}

// Offline tells whether it asked for a refresh token.
func (f AskedFor) Offline() bool { return slices.Contains(strings.Fields(f.Scope), "offline_access") }

// has tells whether a response type names a part.
func (f AskedFor) has(part string) bool { return slices.Contains(strings.Fields(f.ResponseType), part) }

// LogIn logs the person of the settings in, in the first tab.
func (a *App) LogIn() (Login, error) { return a.LogInAs(a.Page, a.settings.Person) }

// LogInAs logs somebody in in a tab, and waits until the app has its tokens: the exchange of the code was answered, or the tokens came
// with the callback; for an app whose server keeps them, until the page of the callback has settled. Whoever is logged in
// already is logged out first. Errors are NoControl, WrongDomain, LoginFailed, and of what a browser does.
func (a *App) LogInAs(p *browser.Page, who Person) (Login, error) {
	from := a.beforeLogin()
	control := ""
	var before []string
	if !a.settings.Attended {
		var err error
		if control, before, err = a.goToLogIn(p); err != nil {
			return Login{}, err
		}
	}
	ctx, cancel := context.WithTimeout(a.ctx, a.loginPatience())
	defer cancel()
	walk := &walk{App: a, from: from, who: who, tab: p}
	if err := walk.untilTokens(ctx); err != nil {
		return Login{}, err
	}
	if err := a.World.Settle(); err != nil {
		return Login{}, err
	}
	l := a.loginSince(from)
	l.Control, l.Before = control, before
	a.login = l
	return l, nil
}

// beforeLogin is the moment before the app asks for the login: now, or earlier where it led to the tenant by itself.
func (a *App) beforeLogin() Mark {
	m := a.Mark()
	if a.atTenant() == nil {
		return m
	}
	for _, k := range slices.Backward(Asks(a.World.Tenant.Events(0))) {
		if k.Kind == AskLogin {
			m.seq = k.Seq - 1
			break
		}
	}
	return m
}

func (a *App) loginPatience() time.Duration {
	if a.settings.Attended {
		return attended
	}
	return 2 * a.patience
}

// goToLogIn presses the control to log in; "": the app led to the tenant by itself. before are the names of the controls that it showed.
func (a *App) goToLogIn(p *browser.Page) (control string, before []string, err error) {
	s := a.settings
	found, err := a.find(p, "log in", func(c browser.Control) bool { return s.LogIn.Tells(c.Name) || s.LogOut.Tells(c.Name) })
	if err != nil || found.Name == "" {
		return "", nil, err
	}
	all, err := p.Controls()
	if err != nil {
		return "", nil, err
	}
	if !s.LogIn.Among(all) { // somebody is logged in
		if err := a.LogOut(p); err != nil {
			return "", nil, err
		}
	}
	for _, c := range all {
		before = append(before, c.Name)
	}
	control, err = a.press(p, "log in", s.LogIn)
	return control, before, err
}

// press presses the first control of a name that is not disabled; "": the page went to the tenant meanwhile.
func (a *App) press(p *browser.Page, purpose string, name Name) (string, error) {
	found, err := a.find(p, purpose, name.Usable)
	if err != nil || found.Name == "" {
		return "", err
	}
	return found.Name, p.ByControl(fmt.Sprintf("the %s %q", found.Role, found.Name), name.Usable).Click()
}

// find waits for a control of the app; the empty one: the page is at the tenant.
func (a *App) find(p *browser.Page, purpose string, of func(browser.Control) bool) (browser.Control, error) {
	ctx, cancel := context.WithTimeout(a.ctx, a.patience)
	defer cancel()
	var all []browser.Control
	for {
		if a.atTenant() != nil {
			return browser.Control{}, nil
		}
		if now, err := p.Controls(); err == nil {
			all = now
			if at := slices.IndexFunc(all, of); at >= 0 {
				return all[at], nil
			}
		}
		if err := pause(ctx); err != nil {
			break
		}
	}
	if err := a.elsewhere(); err != nil {
		return browser.Control{}, err
	}
	if a.ctx.Err() != nil {
		return browser.Control{}, context.Cause(a.ctx)
	}
	return browser.Control{}, a.noControl(p, purpose, all)
}

func (a *App) noControl(p *browser.Page, purpose string, all []browser.Control) error {
	e := &NoControl{Purpose: purpose, URL: p.URL(), Name: map[string]Name{
		"log in": a.settings.LogIn, "log out": a.settings.LogOut, wantToken: a.settings.Trigger,
	}[purpose]}
	const most = 12
	for _, c := range all {
		if c.Name == "" {
			e.Unnamed++
			continue
		}
		text := fmt.Sprintf("%q", c.Name)
		if c.Disabled {
			text += " (disabled)"
		}
		if !slices.Contains(e.Seen, text) && len(e.Seen) < most {
			e.Seen = append(e.Seen, text)
		}
		if e.Like == "" && e.Name.partOf(c.Name) {
			e.Like = c.Name
		}
	}
	return e
}

// pause lets a moment pass between two looks.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-clock.WallAfter(15 * time.Millisecond):
		return nil
	}
}

// atTenant is the tab that shows a page of the tenant's: the app's own, or a popup of it.
func (a *App) atTenant() *browser.Page {
	for _, p := range a.World.Pages() {
		if strings.HasPrefix(p.URL(), a.World.TenantURL()+"/") {
			return p
		}
	}
	return nil
}

// elsewhere is the error of an app that asks another tenant.
func (a *App) elsewhere() error {
	for _, r := range a.World.Requests() {
		if u, err := url.Parse(r.URL); err == nil && u.Path == "/authorize" && u.Query().Get("client_id") != "" &&
			!strings.HasPrefix(r.URL, a.World.TenantURL()+"/") && u.Host != hostOf(a.origin) {
			tenant, _ := strings.CutPrefix(a.World.TenantURL(), "https://")
			return &WrongDomain{Asked: domain.New(u.Host, u.Scheme == "http").String(), Domain: tenant}
		}
	}
	return nil
}

func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Host
}

// LogOut presses the control to log out, in a menu that it opens where the app shows none, and waits until the app shows the one to log in,
// or is at the tenant's login page.
func (a *App) LogOut(p *browser.Page) error {
	if err := a.openMenu(p); err != nil {
		return err
	}
	if _, err := a.press(p, "log out", a.settings.LogOut); err != nil {
		return err
	}
	if _, err := a.find(p, "log in", a.settings.LogIn.Usable); err != nil {
		return fmt.Errorf("after logging out: %w", err)
	}
	return a.World.Settle()
}

// openNext presses what opens a menu on a page, by ARIA, by HTML, or as Bootstrap marks it: the first that it has not pressed before. It
// evaluates to false where there is none.
const openNext = `(() => {
	const known = window.mockauth0Menus ??= new WeakSet();
	const next = [...document.querySelectorAll('[aria-haspopup]:not([aria-haspopup=false]), [aria-expanded=false], ' +
		'details:not([open]) > summary, [data-toggle=dropdown], [data-bs-toggle=dropdown]')].find((e) => e.checkVisibility() && !known.has(e));
	if (!next) return false;
	known.add(next);
	next.click();
	return true;
})()`

// menuPatience is how long a menu may take to open.
const menuPatience = 500 * time.Millisecond

// openMenu opens the menu that has the control to log out, where the page shows none. That no menu has it is no error.
func (a *App) openMenu(p *browser.Page) error {
	const most = 5
	for range most {
		var pressed bool
		if a.shows(p, a.settings.LogOut, 0) || a.atTenant() != nil {
			return nil
		}
		if err := p.Eval(openNext, &pressed); err != nil || !pressed {
			return err
		}
		if a.shows(p, a.settings.LogOut, menuPatience) {
			return nil
		}
	}
	return nil
}

// shows waits so long for a control.
func (a *App) shows(p *browser.Page, name Name, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(a.ctx, patience)
	defer cancel()
	for {
		if all, err := p.Controls(); err == nil && name.Among(all) {
			return true
		}
		if pause(ctx) != nil {
			return false
		}
	}
}

// walk is somebody on the way from the tenant's first page to the app's tokens.
type walk struct {
	*App
	from Mark
	who  Person
	tab  *browser.Page
}

// untilTokens answers what the tenant asks, until the app has its tokens.
func (w *walk) untilTokens(ctx context.Context) error {
	for {
		done, err := w.arrived()
		if done || err != nil {
			return err
		}
		if err := w.elsewhere(); err != nil {
			return err
		}
		if p := w.atTenant(); p != nil && !w.settings.Attended {
			if err := w.answer(p); err != nil {
				return err
			}
		}
		if pause(ctx) != nil {
			if w.ctx.Err() != nil {
				return context.Cause(w.ctx)
			}
			return w.gaveUp()
		}
	}
}

// arrived tells whether the app has its tokens, by what the tenant observed since the walk began.
func (w *walk) arrived() (bool, error) {
	events := w.World.Tenant.Events(w.from.seq)
	asks := Asks(events)
	var login *Ask
	for i, k := range asks {
		switch {
		case k.Kind == AskLogin:
			login = &asks[i]
		case k.Kind == AskCode && k.Answer == Given:
			return true, nil
		case k.Kind == AskCode && k.Failed():
			return false, &LoginFailed{fmt.Sprintf("the exchange of the code was answered %s", k.way()), true}
		}
	}
	entered := slices.ContainsFunc(events, func(e event.Event) bool { return e.Type == event.SuccessLogin })
	if login == nil || !entered || slices.Contains(strings.Fields(login.Query.Get("response_type")), "code") {
		return false, nil
	}
	// The tokens came with the callback.
	if w.atTenant() != nil || !strings.HasPrefix(w.tab.URL(), w.origin) {
		return false, nil
	}
	return true, nil
}

// gaveUp says what is known of a login that did not come to an end.
func (w *walk) gaveUp() error {
	events := w.World.Tenant.Events(w.from.seq)
	asks := Asks(events)
	why, refused := "", false
	for _, e := range slices.Backward(events) {
		if l, ok := e.Made().Data.(*event.LogEntry); ok && l.Error != "" {
			why, refused = fmt.Sprintf("the tenant refused: %s (%s)", e.Description, l.Error), true
			break
		}
	}
	login := slices.ContainsFunc(events, func(e event.Event) bool { return e.Type == event.SuccessLogin })
	began := slices.ContainsFunc(asks, func(k Ask) bool { return k.Kind == AskLogin })
	switch {
	case why != "":
	case login:
		why = "the tenant let the person in, and the app did not fetch its tokens; its page is " + w.tab.URL()
	case began:
		why = fmt.Sprintf("the tenant's page was not left within %s", w.loginPatience())
	case w.settings.Attended:
		why = fmt.Sprintf("nobody logged in within %s", w.loginPatience())
	default:
		why = fmt.Sprintf("the app did not ask the tenant within %s; %s", w.loginPatience(), w.stuckAt())
	}
	return &LoginFailed{why, refused}
}

// stuckAt says where the app's tab is instead.
func (w *walk) stuckAt() string {
	if failed := unopened(w.World.Requests()); failed != nil && strings.HasPrefix(w.tab.URL(), "chrome-error:") {
		return fmt.Sprintf("it went to %s, which the browser cannot open (%s): look at the domain that the app is configured with",
			oauth.WithoutQuery(failed.URL), failed.Error)
	}
	return "its page is " + w.tab.URL() + w.status()
}

// unopened is the newest page that the browser could not open; nil: there is none.
func unopened(requests []browser.Request) *browser.Request {
	for _, r := range slices.Backward(requests) {
		if r.Type == "Document" && r.Error != "" && r.Error != "net::ERR_ABORTED" { // that one gave way to another
			return &r
		}
	}
	return nil
}

// status says with which error the page of the tab was answered; "": with none.
func (w *walk) status() string {
	for _, r := range slices.Backward(w.World.Requests()) {
		if r.Type == "Document" && r.URL == w.tab.URL() {
			if r.Status < http.StatusBadRequest {
				return ""
			}
			return fmt.Sprintf(", which the app's server answered %d: its log says why (--domain names another address of the tenant)", r.Status)
		}
	}
	return ""
}

// asksOnPage is an expression for what a page of the tenant asks; "": nothing yet, or it was answered.
const asksOnPage = `(() => {
	const has = (selector) => document.querySelector(selector);
	if (document.readyState === 'loading' || window.mockauth0Answered) return '';
	if (has('.error-status')) return 'error ' + has('.error-status').innerText;
	if (has('[role=alert]')?.innerText) return 'alert ' + has('[role=alert]').innerText;
	if (has('button[name=user]')) return 'provider';
	if (has('button[name=action][value=accept]')) return 'consent';
	if (has('input[name=code]')) return 'code';
	if (has('[name=organization]')) return 'organization';
	if (has('form[data-form-primary] input[type=password]')) return 'password';
	if (has('form[data-form-primary] input[name=username]')) return 'identifier';
	if (has('form[data-provider]')) return 'connection';
	return '';
})()`

// answer answers what the tenant's page asks, as the person would.
func (w *walk) answer(p *browser.Page) error {
	var asks string
	// The page may have left for the app since it was found, and an app's pages have alerts of their own.
	here := "location.href.startsWith(" + quoted(w.World.TenantURL()+"/") + ")"
	if p.Eval(here+" ? "+asksOnPage+" : ''", &asks) != nil {
		return nil // the page is on its way elsewhere
	}
	kind, text, _ := strings.Cut(asks, " ")
	switch kind {
	case "error":
		return &LoginFailed{"the tenant shows its error page: " + strings.Join(strings.Fields(text), " "), true}
	case "alert":
		return &LoginFailed{"the tenant's page says: " + strings.Join(strings.Fields(text), " "), true}
	case "identifier", "password", "connection":
		if w.who.Provider != "" {
			return w.click(p, `[...document.querySelectorAll('form[data-provider] button')].find((b) => b.innerText.includes(`+
				quoted(w.who.Provider)+`))`, "a button for "+w.who.Provider)
		}
		return w.fill(p)
	case "provider":
		return w.click(p, `[...document.querySelectorAll('button[name=user]')].find((b) => b.innerText.includes(`+quoted(w.who.Email)+`))`,
			"a button for "+w.who.Email)
	case "organization":
		return w.click(p, `document.querySelector('button[name=organization]')`, "an organization to choose")
	case "consent":
		return w.click(p, `document.querySelector('button[name=action][value=accept]')`, "a button to accept")
	case "code":
		return w.prove(p)
	}
	return nil
}

// click presses what an expression finds on a page of the tenant.
func (w *walk) click(p *browser.Page, expression, what string) error {
	var pressed bool
	err := p.Eval(`((found) => { if (!found) return false; window.mockauth0Answered = true; found.click(); return true; })(`+expression+`)`,
		&pressed)
	if err == nil && !pressed {
		return &LoginFailed{"the tenant's page has not " + what, true}
	}
	return leaving(err)
}

// fill fills in the form with the fields that it has.
func (w *walk) fill(p *browser.Page) error {
	if w.who.Password == "" {
		return &LoginFailed{Why: fmt.Sprintf("there is no password of %s", w.who.Email)}
	}
	return leaving(p.Eval(fmt.Sprintf(`((form) => {
		const { username, password } = form.elements;
		if (username && !username.readOnly) username.value = %s;
		if (password) password.value = %s;
		window.mockauth0Answered = true;
		form.querySelector('button[value=default]').click();
		return true;
	})(document.querySelector('form[data-form-primary]'))`, quoted(w.who.Email), quoted(w.who.Password)), nil))
}

// prove enters the code of the newest mail.
func (w *walk) prove(p *browser.Page) error {
	code := ""
	for _, m := range w.World.Tenant.Mails() {
		if m.Code != "" {
			code = m.Code
		}
	}
	if code == "" {
		return errors.New("the tenant asks for a code, and has mailed none")
	}
	return leaving(p.Eval(fmt.Sprintf(`((form) => {
		form.elements.code.value = %s;
		window.mockauth0Answered = true;
		form.querySelector('button[value=default]').click();
		return true;
	})(document.querySelector('form[data-form-primary]'))`, quoted(code)), nil))
}

// leaving forgives a page that answers no more because it is left.
func leaving(err error) error {
	if err != nil && strings.Contains(err.Error(), "context") && !errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}
