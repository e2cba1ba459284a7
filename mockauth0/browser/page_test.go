package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/tenant"
)

func TestLocators(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Patience: 2 * time.Second, Sites: map[string]http.Handler{
		"http://localhost:4000": html(`<!doctype html><form onsubmit="event.preventDefault(); document.querySelector('output').textContent = 'hello ' + this.name.value + this.secret.value">
			<label>Your name <input name="name" value="old"></label> <label for="s">Password</label><input id="s" name="secret" type="password">
			<button>Log in</button></form><output data-testid="answer"></output><p hidden>Log in</p><div role="alert">Beware</div>
			<script>setTimeout(() => { const b = document.createElement('button'); b.textContent = 'Late'; b.onclick = () => b.remove();
			document.body.append(b) }, 60)</script>`),
	}})
	p, err := w.Open("http://localhost:4000/")
	must(t, err)
	must(t, p.ByLabel("Your name").Fill("Ada"))
	must(t, p.ByLabel("Password").Fill("!"))
	must(t, p.ByRole("button", "Log in").Click())
	if got, err := p.ByTestID("answer").Text(); err != nil || got != "hello Ada!" {
		t.Errorf("the answer is %q, %v", got, err)
	}
	if got, err := p.ByLabel("Your name").Value(); err != nil || got != "Ada" {
		t.Errorf("the field holds %q, %v", got, err)
	}
	must(t, p.ByLabel("Your name").Focus())
	must(t, p.Press("Tab", "x", "Enter"))
	must(t, p.ByTestID("answer").WaitText("says hello", func(s string) bool {
		return strings.HasPrefix(s, "hello Ada") && strings.Contains(s, "x")
	}))
	must(t, p.ByRole("button", "Late").Click())
	must(t, p.ByRole("button", "Late").WaitGone())
	must(t, p.ByText("Beware").WaitVisible())
	must(t, p.ByRole("alert", "").WaitVisible())
	err = p.ByRole("button", "Sign up").Click()
	if err == nil || !strings.Contains(err.Error(), `button "Sign up"`) || !strings.Contains(err.Error(), "0 elements match") {
		t.Errorf("the error %v does not name what was looked for and what was there", err)
	}
	err = p.WaitFor("the moon is blue", "document.title + 'none'.slice(4)")
	if err == nil || !strings.Contains(err.Error(), "the moon is blue") {
		t.Errorf("the error %v does not name the condition", err)
	}
}

func TestADocumentThatLeavesItsAddressAtOnceIsFound(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Patience: 2 * time.Second, Sites: map[string]http.Handler{
		"http://localhost:4000": html(`<!doctype html><script>if (location.pathname === '/callback') history.replaceState(null, '', '/')</script>`),
	}})
	p, err := w.Open("http://localhost:4000/")
	must(t, err)
	leave := func() { must(t, p.Eval(`void (location.href = '/callback#token=1')`, nil)); must(t, w.Settle()) }
	leave()
	if at := p.URL(); at != "http://localhost:4000/" {
		t.Fatalf("the page is at %s", at)
	}
	must(t, p.WaitForDocument("http://localhost:4000/callback#token="))
	err = p.WaitForDocument("http://localhost:4000/callback")
	if err == nil || !strings.Contains(err.Error(), "http://localhost:4000/callback") {
		t.Errorf("the document was found twice, or the error does not name what was waited for: %v", err)
	}
	leave()
	must(t, p.Open("http://localhost:4000/"))
	if err = p.WaitForDocument("http://localhost:4000/callback"); err == nil {
		t.Error("a document was found that came before the page was opened")
	}
}

func TestBackAndForwardWaitUntilTheOtherPageIsThere(t *testing.T) {
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Patience: 2 * time.Second, Sites: map[string]http.Handler{
		"http://localhost:4000":       html(`<!doctype html>one`),
		"http://other.localhost:4001": html(`<!doctype html>another`),
	}})
	const one, another = "http://localhost:4000/", "http://other.localhost:4001/"
	p, err := w.Open(one)
	must(t, err)
	must(t, p.Open(another))
	must(t, p.Eval(`history.pushState(null, '', '/b')`, nil)) // the same document
	for range 5 {
		for _, step := range []struct {
			move func() error
			want string
		}{{p.Back, another}, {p.Back, one}, {p.Forward, another}, {p.Forward, another + "b"}} {
			must(t, step.move())
			var at string
			if must(t, p.Eval("location.href", &at)); at != step.want {
				t.Errorf("the page is at %s, want %s", at, step.want)
			}
		}
	}
	if err := p.Forward(); !errors.Is(err, browser.ErrNoHistory) {
		t.Errorf("forward from the newest page: %v, want ErrNoHistory", err)
	}
}

func TestAButtonThatMovesAwayIsClickedWhereItIsThenAndNothingElseIs(t *testing.T) {
	t.Parallel()
	// A row comes in above right after the harness has looked where "Expire" is: "End" is there then.
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Patience: 2 * time.Second, Sites: map[string]http.Handler{
		"http://localhost:4000": html(`<!doctype html><style>button, div { display: block; height: 40px; margin: 0 }</style>
			<button>End</button><button>Expire</button><closed-one></closed-one><output></output><script>
			const out = document.querySelector('output');
			addEventListener('click', event => out.textContent += event.target.textContent + ' ');
			document.elementFromPoint = (x, y) => {
				delete document.elementFromPoint;
				const there = document.elementFromPoint(x, y);
				document.body.prepend(document.createElement('div'));
				return there;
			};
			const inner = document.querySelector('closed-one').attachShadow({ mode: 'closed' });
			inner.innerHTML = '<button>Inside</button>';
			inner.firstChild.onclick = () => out.textContent += 'inside ';
			</script>`),
	}})
	p, err := w.Open("http://localhost:4000/")
	must(t, err)
	must(t, p.ByRole("button", "Expire").Click())
	must(t, p.ByRole("button", "Inside").Click())
	var clicked string
	must(t, p.Eval(`document.querySelector('output').textContent`, &clicked))
	if got := strings.Fields(clicked); !slices.Equal(got, []string{"Expire", "inside"}) {
		t.Errorf("clicked were %q", clicked)
	}
}

func TestAFieldThatLosesTheFocusGetsItsText(t *testing.T) {
	t.Parallel()
	// As forms that slide into sight do: they focus their first field when they have come to rest.
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Patience: 2 * time.Second, Sites: map[string]http.Handler{
		"http://localhost:4000": html(`<!doctype html><label>Email <input name="email"></label><label>Password <input name="secret" value="old"></label><script>
			const [email, secret] = document.querySelectorAll('input');
			secret.onfocus = () => setTimeout(() => email.focus());
			</script>`),
	}})
	p, err := w.Open("http://localhost:4000/")
	must(t, err)
	must(t, p.ByLabel("Password").Fill("!"))
	for name, want := range map[string]string{"Email": "", "Password": "!"} {
		if got, err := p.ByLabel(name).Value(); err != nil || got != want {
			t.Errorf("%s has %q, %v", name, got, err)
		}
	}
	must(t, p.ByLabel("Password").Fill(""))
	if got, err := p.ByLabel("Password").Value(); err != nil || got != "" {
		t.Errorf("an emptied field has %q, %v", got, err)
	}
}

func TestADisabledButtonIsNotClicked(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Patience: 2 * time.Second})
	p := openPage(t, w)
	if err := p.ByRole("button", "Never").Click(); err == nil || !strings.Contains(err.Error(), "disabled") {
		t.Errorf("clicking a disabled button said %v", err)
	}
}

func TestADialogDoesNotBlock(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := openPage(t, w)
	must(t, p.Eval(`setTimeout(() => alert('stop'), 1000)`, nil))
	must(t, w.Advance(time.Minute))
	found := false
	for _, e := range w.Console() {
		found = found || e.Kind == "dialog" && strings.Contains(e.Text, "stop")
	}
	if !found {
		t.Errorf("the dialog is not on record: %v", w.Console())
	}
}

func TestMessagesAreRecorded(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Sites: map[string]http.Handler{"http://localhost:7070": html("<p>evil")}})
	p := login(t, w)
	must(t, p.Eval("renew()", nil))
	must(t, w.Settle())
	messages := w.Messages()
	if len(messages) != 1 {
		t.Fatalf("messages: %+v", messages)
	}
	var data struct{ ExpiresAt int64 }
	m := messages[0]
	if err := json.Unmarshal(m.Data, &data); err != nil || !m.Delivered || m.Origin != "http://localhost:3001" ||
		m.Target != "http://localhost:5000" || data.ExpiresAt == 0 || m.String {
		t.Errorf("message: %+v", m)
	}
	// Framed by another site, the silent page's message must not arrive.
	must(t, p.Open("http://localhost:7070/"))
	must(t,
		p.Eval(`{ const f = document.createElement('iframe'); f.src = 'http://localhost:3001/silent#expires_at=1'; document.body.append(f); }`,
			nil))
	must(t, w.Settle())
	messages = w.Messages()
	if len(messages) != 2 || messages[1].Delivered || messages[1].Target != "http://localhost:5000" {
		t.Errorf("messages: %+v", messages)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	must(t, p.Eval(`console.error('<script>alert(1)</'+'script>', {a: 1}); setTimeout(() => { throw new Error('uncaught') }, 1000)`, nil))
	must(t, w.Advance(2*time.Hour+time.Minute))
	dir := filepath.Join(t.TempDir(), "spec")
	must(t, w.Evidence(dir, browser.EvidenceOptions{Title: "The app renews", Failure: "expected 2 & got <1>"}))
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	must(t, err)
	text := string(page)
	for _, want := range []string{
		"expected 2 &amp; got &lt;1&gt;", "&lt;script&gt;alert(1)", "uncaught", "prompt=none", "advance by 2h1m0s",
		"data:image/png;base64,", "renew() {",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("the page has %d scripts, want its own alone", n)
	}
	for _, never := range []string{"src=\"http", "ZgotmplZ", "unsafe-inline"} {
		if strings.Contains(text, never) {
			t.Errorf("the page has %q in it", never)
		}
	}
	var har struct {
		Log struct {
			Version string
			Entries []struct {
				Request struct {
					URL     string
					Cookies []struct{ Name, Value string }
				}
				Response struct {
					Status      int
					RedirectURL string
					Content     struct{ Text string }
				}
			}
		}
	}
	content, err := os.ReadFile(filepath.Join(dir, "traffic.har"))
	must(t, err)
	must(t, json.Unmarshal(content, &har))
	found, body := false, false
	for _, e := range har.Log.Entries {
		found = found || strings.Contains(e.Request.URL, "/authorize") && e.Response.Status == 302 &&
			strings.Contains(e.Response.RedirectURL, "expires_at") &&
			len(e.Request.Cookies) == 1 && e.Request.Cookies[0].Name == "auth0" && e.Request.Cookies[0].Value == "REDACTED"
		body = body || strings.Contains(e.Response.Content.Text, "<title>App</title>")
	}
	if har.Log.Version != "1.2" || !found || !body {
		t.Errorf("the HAR lacks the renewal with its cookie (%t) or the page's body (%t)", found, body)
	}
	for _, name := range []string{"console.json", "messages.json", "tenant.json"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !json.Valid(content) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEvidenceTellsWhatTheSpecDid(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Patience: time.Second, Sites: map[string]http.Handler{
		"http://localhost:4000": html(`<!doctype html><label>Name <input></label> <label>Password <input type="password"></label> <button type="button">Log in</button>`),
	}})
	p, err := w.Open("http://localhost:4000/")
	must(t, err)
	must(t, p.ByLabel("Name").Fill("Ada"))
	must(t, p.ByLabel("Password").Fill("hunter2"))
	must(t, p.Press("Tab", "x", "y", "Enter"))
	must(t, p.ByRole("button", "Log in").Click())
	must(t, p.Reload())
	if p.ByRole("button", "Log out").Click() == nil {
		t.Error("a button that is not there was clicked")
	}
	second, err := w.Open("http://localhost:4000/")
	must(t, err)
	must(t, w.Sleep(time.Hour))
	must(t, w.Advance(2*time.Hour))
	failed := time.Now()
	must(t, second.Reload())
	dir := t.TempDir()
	must(t, w.Evidence(dir, browser.EvidenceOptions{Title: "The app <logs in>", Failure: "nobody came", Failed: failed}))
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	must(t, err)
	rest := string(page)
	if strings.Contains(rest, "hunter2") {
		t.Error("the page shows the password")
	}
	for _, want := range []string{
		"<title>The app &lt;logs in&gt;", "<h1>The app &lt;logs in&gt;</h1>", "The spec failed", "nobody came",
		"Tab 1: http://localhost:4000/", "Tab 2: http://localhost:4000/",
		"tab 1: open http://localhost:4000/", `tab 1: fill form control labelled &#34;Name&#34; with &#34;Ada&#34;`,
		`tab 1: fill form control labelled &#34;Password&#34; with a secret`, "tab 1: press Tab 2 characters Enter",
		`tab 1: click button &#34;Log in&#34;`, "tab 1: reload", `class="row did bad"`,
		`tab 1: click button &#34;Log out&#34; failed: waiting until can click`, "tab 2: open", "sleep for 1h0m0s: clock moved to 20",
		"advance by 2h0m0s", "clock moved by 2h0m0s, to 20",
		`class="row bad"`, "failed: nobody came", `class="row did"`, "tab 2: reload", `class="row after"`,
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("the page lacks %q, or has it too early; after what came before it:\n%.2000s", want, rest)
		}
		rest = after
	}
}

func TestEvidencePageItselfLoadsNothing(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	login(t, w)
	dir := t.TempDir()
	must(t, w.Evidence(dir, browser.EvidenceOptions{}))
	b, _ := launched(t, browser.Shell)
	viewer, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{
		Width: 360, Height: 740, Sites: map[string]http.Handler{"http://localhost:9000": http.FileServer(http.Dir(dir))},
	})
	must(t, err)
	p, err := viewer.Open("http://localhost:9000/")
	must(t, err)
	if n := len(viewer.Requests()); n != 1 {
		t.Errorf("viewing the page made %d requests, want its own alone", n)
	}
	if wide := eval[int](t, p, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("the page is %d pixels wide on a phone", wide)
	}
	must(t, viewer.Close())
}

func TestSiteIsolationOn(t *testing.T) {
	t.Parallel()
	_, ca := launched(t, browser.Shell)
	for _, kind := range kinds() {
		b, err := browser.Launch(t.Context(), browser.Options{Kind: kind, CA: ca, SiteIsolation: true})
		must(t, err)
		f := newFakeTenant(t, ca, "isolated.eu.auth0.com")
		w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Server: f, Sites: map[string]http.Handler{
			"http://localhost:5000": html(app), "http://localhost:3001": html(silent),
			"https://other.example.org": html(`<script>setInterval(() => { window.n = (window.n || 0) + 1 }, 60000)</script>`),
		}})
		must(t, err)
		p := login(t, w)
		must(t, p.Eval(`{ const f = document.createElement('iframe'); f.src = 'https://other.example.org/'; document.body.append(f); }`, nil))
		must(t, w.Settle())
		must(t, w.Advance(2*time.Hour+time.Minute))
		if n := eval[int](t, p, "renewals"); n != 1 {
			t.Errorf("%s: %d renewals with site isolation on, want 1", kind, n)
		}
		var turns int
		must(t, p.EvalIn("https://other.example.org", "window.n", &turns))
		if turns < 120 || turns > 122 {
			t.Errorf("%s: the frame in another process ran %d times in two hours, want 121", kind, turns)
		}
		must(t, w.Close())
		must(t, b.Close())
	}
}

func TestAWorldEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b, _ := launched(t, browser.Shell)
	ctx, cancel := context.WithCancel(t.Context())
	w, err := browser.NewWorld(ctx, b, browser.WorldOptions{Sites: map[string]http.Handler{"http://localhost:5000": html(app)}})
	must(t, err)
	p, err := w.Open("http://localhost:5000/")
	must(t, err)
	cancel()
	if err := p.WaitFor("never", "false"); err == nil {
		t.Error("a wait went on after the World's context ended")
	}
	must(t, w.Close())
	must(t, w.Close())
}

func TestHiddenTabsInFullChromium(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Full, browser.WorldOptions{})
	first := login(t, w)
	second := openPage(t, w)
	must(t, second.BringToFront())
	must(t, first.WaitFor("the first tab is hidden", "document.hidden"))
	must(t, w.Advance(2*time.Hour+time.Minute))
	if n := len(tenant.requests("/authorize")); n != 1 {
		t.Errorf("a hidden tab renewed %d times, want once", n)
	}
	if n := eval[int](t, first, "renewals"); n != 1 {
		t.Errorf("%d renewals in the hidden tab", n)
	}
}

func TestEvidenceTellsHowFarTheTenantsClockMoved(t *testing.T) {
	t.Parallel()
	launched(t, browser.Shell) // skips without one
	b, err := browser.Launch(t.Context(), browser.Options{})
	must(t, err)
	defer func() { must(t, b.Close()) }()
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Tenant: tenant.Minimal()})
	must(t, err)
	w.Tenant.Advance(2 * time.Hour)
	w.Tenant.Advance(time.Minute)
	dir := t.TempDir()
	must(t, w.Evidence(dir, browser.EvidenceOptions{}))
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	must(t, err)
	for _, want := range []string{"clock moved by 2h0m0s to 20", "clock moved by 1m0s to 20"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	must(t, w.Close())
}
