package stage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// App is a person's own app, which is played in place of a page with an SDK.
type App struct {
	// URL is the address of its first page. Required.
	URL string
	// Domain is the tenant's, as the app has it. Required.
	Domain string
	// LogIn, LogOut and Trigger tell the controls to log in, to log out, and one that makes it want a token: by an accessible name, or
	// a /regular expression/. Default: the usual names; no trigger.
	LogIn, LogOut, Trigger string
	// SignedIn is a text that it shows when somebody is signed in, and not otherwise. "": its controls tell.
	SignedIn string
	// Allow are origins that it reaches in the network, such as https://fonts.example.com. Those of this machine it reaches anyway.
	Allow []string
	// Unarmed plays it with nothing wrong: the tenant, the browser and the steps are those of a day on which all goes well. What an
	// app does then is no failure.
	Unarmed bool
	// Attended: somebody sits before the browser and logs in.
	Attended bool
}

// own is a stage with a person's own app.
type own struct {
	*App
	origin string
	tenant *ownapp.App // what its tenant knows of it, and learns
	drive  *appdrive.App
	login  appdrive.Login
	want   appdrive.Want // the newest
	since  time.Time     // tenant time from which on the judged renewal may have begun
	from   appdrive.Mark // the same, in what was observed
	lost   bool          // a step loaded the app anew, and it has no tokens since
	off    bool          // the browser is offline
	story  []string      // what the app did, a sentence each
	before appdrive.State
}

// tell adds a sentence to what the app did.
func (a *own) tell(format string, args ...any) {
	a.story = append(a.story, fmt.Sprintf(format, args...))
}

// settings are what the driver has to know.
func (a *App) settings() (s appdrive.Settings, err error) {
	s = appdrive.Settings{URL: a.URL, SignedIn: a.SignedIn, Allow: a.Allow, Attended: a.Attended}
	return s, errors.Join(s.Named(a.LogIn, a.LogOut, a.Trigger), appdrive.CheckOrigins(a.Allow))
}

// Check tells what is wrong with the app's settings; nil: nothing.
func (a *App) Check() error {
	_, err := a.settings()
	if err == nil {
		_, err = ownapp.New(ownapp.Options{URLs: []string{a.URL}})
	}
	return err
}

// openOwn sets the stage for a person's own app.
func openOwn(ctx context.Context, b *browser.Browser, s *scenario.Scenario, app *App) (*Stage, error) {
	settings, err := app.settings()
	if err != nil {
		return nil, err
	}
	known, err := ownapp.New(ownapp.Options{URLs: []string{app.URL}})
	if err != nil {
		return nil, err
	}
	tutorial, err := Tutorial()
	if err != nil {
		return nil, err
	}
	if app.Unarmed {
		s = unarmed(s, tutorial)
	}
	written := s
	s = known.Adopt(s, tutorial)
	keepRefreshTokens(s, written)
	shortenTokens(s)
	o := worldOptions(s)
	o.Tenant, o.Learner, o.TenantDomain = s.Tenant, known, app.Domain
	a := &own{App: app, origin: known.Origins()[0], tenant: known}
	st := &Stage{Scenario: s, own: a, client: o.Tenant.Clients[0]}
	if settings.Person, err = st.person(s.User); err != nil && !app.Attended {
		return nil, err
	}
	settings.Ready = func(w *browser.World) error {
		if len(s.Browser.Headers) == 0 && s.Browser.Worker == "" {
			return nil
		}
		front, err := a.front(s)
		if err != nil {
			return err
		}
		return w.Serve(a.origin, front)
	}
	if a.drive, err = appdrive.Open(ctx, b, settings, o); err != nil {
		return nil, err
	}
	st.World, st.Page = a.drive.World, a.drive.Page
	return st, nil
}

// unarmed is a scenario without what goes wrong.
func unarmed(s *scenario.Scenario, tutorial *tenant.Config) *scenario.Scenario {
	out := *s
	out.Tenant, out.Faults = tutorial.Clone(), nil
	out.User, out.Connection = tutorial.Users[0].Email, ""
	out.Browser = scenario.Browser{Cookies: scenario.CookiesAllowed, Origin: scenario.CrossSite, SilentPage: scenario.ParsesTheString}
	out.Steps = []scenario.Step{{Do: scenario.Renew}}
	return &out
}

// person is who logs in, as the driver has to know them.
func (s *Stage) person(email string) (appdrive.Person, error) {
	for _, u := range s.Scenario.Tenant.Users {
		switch connection := s.Scenario.Connection; {
		case u.Email != email:
		case connection == "" && u.Password != "":
			return appdrive.Person{Person: pages.Person{Email: u.Email, Password: u.Password}}, nil
		case connection != "" && u.Connection == connection:
			label := cmp.Or(s.Scenario.Tenant.Connection(connection).DisplayName, connection)
			return appdrive.Person{Person: pages.Person{Email: u.Email}, Provider: label}, nil
		}
	}
	return appdrive.Person{}, fmt.Errorf("%s cannot log in: there is no password", email)
}

// front stands before the app's own server where the scenario changes what the browser gets from there.
func (a *own) front(s *scenario.Scenario) (http.Handler, error) {
	inner, err := browser.Forward(a.origin, func(r *http.Response) error {
		for name, value := range s.Browser.Headers {
			r.Header.Add(name, value)
		}
		return nil
	})
	if err != nil || s.Browser.Worker == "" {
		return inner, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != ownWorker {
			inner.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(s.Browser.Worker + takesOver))
	}), nil
}

// ownWorker is the path of a scenario's service worker on the origin of a person's app. It is at the root, so that it has the whole
// origin for its scope.
const ownWorker = "/mockauth0-worker.js"

// logIn has the app log the person in.
func (a *own) logIn(s *Stage) (err error) {
	if a.login, err = a.drive.LogIn(); err != nil {
		return err
	}
	how := "Somebody logged in"
	switch {
	case a.login.Control != "":
		how = fmt.Sprintf("%s logged in by %q", s.Scenario.User, a.login.Control)
	case !a.Attended:
		how = fmt.Sprintf("The app led to the tenant by itself, and %s logged in", s.Scenario.User)
	}
	a.tell("%s; the app renews %s.", how, a.login.Renewal.Text())
	if err := a.takeOver(s.Scenario); err != nil {
		return err
	}
	a.before, err = a.drive.State(s.Page)
	return err
}

// done notes that a step is over. What an app asks while time passes belongs to the renewal that follows: some ask by themselves.
func (a *own) done(s *Stage, step scenario.Step) {
	if text := happened(step); text != "" {
		a.tell("%s", text)
	}
	if step.Do != scenario.Advance && step.Do != scenario.Sleep && !s.judged() {
		a.since, a.from = s.Tenant.Now(), a.drive.Mark()
	}
}

// happened says what a step did to the tenant or the browser; "": the app's part in it is told where it is played.
func happened(step scenario.Step) string {
	switch step.Do {
	case scenario.Advance:
		return span(step.For) + " passed."
	case scenario.Sleep:
		return "The computer slept for " + span(step.For) + "."
	case scenario.Skew:
		return "The computer's clock was set " + span(step.For) + " ahead."
	case scenario.Change:
		return "Settings of the tenant were changed."
	}
	return map[scenario.Verb]string{
		scenario.Arm: "From here on the tenant fails.", scenario.Disarm: "The tenant works again.",
		scenario.EndSessions: "Sessions at the tenant were ended.", scenario.WithdrawConsent: "The consent was withdrawn.",
		scenario.RotateKey: "The tenant began to sign with a new key.", scenario.RevokeKey: "The tenant revoked its signing key.",
		scenario.RevokeTokens: "The refresh tokens were revoked.", scenario.ReuseToken: "Somebody sent an old refresh token once more.",
		scenario.DeleteUser: "The user was deleted.", scenario.BlockUser: "The user was blocked.",
		scenario.Offline: "The browser went offline.", scenario.Online: "The browser was online again.",
		scenario.Freeze: "The browser stopped the tab.", scenario.Thaw: "The browser let the tab run on.",
		scenario.ClearStorage: "The app's storage was cleared.", scenario.ClearCookies: "The browser's cookies were cleared.",
		scenario.ClearCache: "The browser's cache was cleared.", scenario.SecondTab: "The app was opened in another tab.",
	}[step.Do]
}

// span is a time for people: "9h", "24h1m", "30s".
func span(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// lacks finds out, when somebody has logged in, what the scenario needs that the app does not have. The second result is why it cannot
// fail so.
func (a *own) lacks(s *scenario.Scenario) (*Needs, string) {
	for _, step := range s.Steps {
		if (step.Do == scenario.RevokeTokens || step.Do == scenario.ReuseToken) && !a.login.Refresh {
			return nil, fmt.Sprintf("This app renews %s, and has no refresh token.", a.login.Renewal.Text())
		}
	}
	named := expectedOf(s, a.login.Renewal) != nil || !stated(s)
	if named && len(s.Tenant.Organizations) > 0 && a.login.For.Organization == "" {
		return &Needs{"an app that logs in to an organization, and this one names none"}, ""
	}
	return nil, ""
}

// renew has the app want a token. Only the last time in a scenario is it reloaded for that: tokens in memory would be gone.
func (a *own) renew(s *Stage, last bool) (err error) {
	keep := !last && a.drive.Renewal() == appdrive.RefreshTokens || a.off || a.without()
	if a.want, err = a.drive.WantToken(appdrive.Wants{NoReload: keep, From: a.from}); err != nil {
		return err
	}
	a.tellWant()
	if !last && len(a.want.Asked) == 0 && !a.want.Out {
		return &Needs{a.needsTrigger()}
	}
	return nil
}

// without tells whether the app asked for a refresh token and has none.
func (a *own) without() bool { return a.login.For.Offline() && !a.drive.HasRefreshToken() }

func (a *own) tellWant() {
	passed := time.Duration(0)
	var coarse time.Duration
	for _, p := range a.want.Passed {
		passed += p.For
		coarse = max(coarse, p.Every)
	}
	if a.want.Out {
		a.tell("%s passed, and nobody is signed in.", span(passed.Round(time.Minute)))
		return
	}
	what := map[appdrive.Way]string{
		appdrive.Itself: "asked by itself", appdrive.Pressed: fmt.Sprintf("was made to ask by %q", a.want.Control),
		appdrive.Reloaded: "was reloaded", appdrive.Unknown: "asked nothing",
	}[a.want.Way]
	if passed >= time.Minute {
		a.tell("%s passed; then the app %s.", span(passed.Round(time.Minute)), what)
	} else {
		a.tell("The app %s.", what)
	}
	if coarse > 0 {
		a.tell("It asks for something so often that its timers fired every %s only in the long stretches, as in a tab in the background.", coarse)
	}
	if a.want.Lost {
		a.tell("Reloading it lost the tokens that it keeps in memory: nobody is signed in since.")
	}
}

func (a *own) needsTrigger() string {
	lost := ""
	if a.want.Lost {
		lost = ", and a reload loses its tokens"
	}
	return "something that makes the app want a token: it asks for none by itself" + lost +
		". Name a control that does with --trigger, such as --trigger \"Orders\""
}

// actInApp does what a person does in their own app.
func (a *own) actInApp(s *Stage, step scenario.Step) (err error) {
	tab := s.tab(step.Of)
	if step.Do == scenario.LogOut {
		state, err := a.drive.State(tab)
		if err == nil && state.Shown() == appdrive.No {
			err = &Needs{fmt.Sprintf("somebody signed in%s, and nobody is: the app keeps its tokens in memory", inTab(step.Of))}
		}
		if err != nil {
			return err
		}
	}
	switch step.Do {
	case scenario.LogOut:
		a.tell("Somebody logged out%s.", inTab(step.Of))
		return a.drive.LogOut(tab)
	case scenario.LogIn:
		who, err := s.person(cmp.Or(step.Who, s.Scenario.User))
		if err != nil {
			return err
		}
		_, err = a.drive.LogInAs(tab, who)
		a.tell("%s logged in%s.", who.Email, inTab(step.Of))
		return err
	case scenario.Reload, scenario.Restart:
		if step.Do == scenario.Restart {
			if err := s.forgetSession(); err != nil {
				return err
			}
		}
		return a.reload(s, step.Do == scenario.Restart)
	case scenario.SecondTab:
		s.Second, err = s.Open(a.URL)
		return err
	}
	return errors.New("this cannot be done with an app of one's own")
}

// reload loads the app anew, as the scenario says, and notes whether its tokens are gone.
func (a *own) reload(s *Stage, restarted bool) error {
	s.loaded = s.Tenant.Now()
	if err := s.Page.Reload(); err != nil {
		return err
	}
	after, err := a.drive.State(s.Page)
	if err != nil {
		return err
	}
	a.lost = a.before.SignedIn != appdrive.No && after.Shown() == appdrive.No
	how := "The app was reloaded"
	if restarted {
		how = "The browser was closed, and the app was opened in it again"
	}
	a.tell("%s; %s.", how, map[bool]string{true: "nobody is signed in since", false: "the person is still signed in"}[a.lost])
	return nil
}

func inTab(of string) string {
	if of == scenario.InSecond {
		return " in another tab"
	}
	return ""
}

// clientID is the id of the client that is played.
func (s *Stage) clientID() string {
	if s.own != nil {
		return s.own.tenant.ClientID()
	}
	return s.client.ClientID
}

// forgot tells whether an app that renewed with refresh tokens had one refused, and shows nobody signed in since.
func (a *own) forgot(s *Stage) (bool, error) {
	refused := slices.ContainsFunc(a.drive.AsksSince(appdrive.Want{}), func(k appdrive.Ask) bool {
		return k.Kind == appdrive.AskRefresh && k.Failed()
	})
	if !refused || a.drive.Renewal() != appdrive.RefreshTokens {
		return false, nil
	}
	state, err := a.drive.State(s.Page)
	return state.Shown() == appdrive.No, err
}

// judge gives the verdict on the scenario, when its steps are over.
func (a *own) judge(s *Stage) (Verdict, []diagnosis.Diagnosis, error) {
	err := s.Settle()
	if err != nil {
		return Verdict{}, nil, err
	}
	o := observed{
		scenario: s.Scenario, renewal: a.drive.Renewal(), asked: a.drive.AsksSince(a.want), want: a.want, lost: a.lost,
		without: a.without(), user: a.login.UserID, unarmed: a.Unarmed,
	}
	o.held = s.ofTheBrowser(o.asked, a.since)
	if len(o.asked) == 0 {
		_ = s.Page.Eval("window.crossOriginIsolated === true", &o.isolated)
		if o.forgot, err = a.forgot(s); err != nil {
			return Verdict{}, nil, err
		}
	}
	ended := s.Tenant.Now() // before anything else is asked
	if !o.held {
		if o.took, err = a.drive.Took(a.want); err != nil {
			return Verdict{}, nil, err
		}
	}
	if !o.took {
		a.report(s, ended)
	}
	o.diagnoses = slices.DeleteFunc(s.Tenant.Diagnoses(), func(d diagnosis.Diagnosis) bool {
		return d.Date.Before(a.since) || d.ClientID != "" && d.ClientID != a.login.For.ClientID
	})
	v := o.judge()
	if v.Is == "" {
		return v, nil, &Needs{a.needsTrigger()}
	}
	if state, err := a.drive.State(s.Page); err == nil {
		a.tell("At the end %s.", atTheEnd(state))
	}
	v.Story = a.story
	return v, o.diagnoses, nil
}

// atTheEnd says whether somebody is signed in when a scenario is over, as far as the app shows it.
func atTheEnd(state appdrive.State) string {
	switch state.Shown() {
	case appdrive.Yes:
		return "the app shows somebody signed in"
	case appdrive.No:
		return "nobody is signed in"
	}
	return "the app does not show whether somebody is signed in: name its control to log out (--log-out), or a text (--signed-in)"
}

// report tells the tenant that the app wanted a token and had none at a time.
func (a *own) report(s *Stage, at time.Time) {
	report := mockauth0.AppReport{Client: s.clientID(), Began: a.want.Began, Ended: at, Loaded: s.loaded}
	s.see(&report)
	s.Tenant.Report(report)
}
