package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/tenant"
)

// What the specs of renewal and logout ask of a Scene.

// flavours are both sample apps, for what they have in common.
var flavours = []flavour{tutorial, hardened}

// silentLatency holds back the answers to silent requests, as a slow tenant does.
func silentLatency(d time.Duration, times int) fault.Fault {
	return fault.Fault{When: fault.Match{Endpoint: "authorize", Prompt: "none"}, Times: times, Do: fault.Effect{Latency: fault.Duration(d)}}
}

// silentError arms an OAuth error for silent requests.
func silentError(code, description string, times int) fault.Fault {
	return fault.Fault{When: fault.Match{Prompt: "none"}, Times: times, Do: fault.Effect{Error: code, ErrorDescription: description}}
}

// Arm makes the tenant misbehave.
func (s *Scene) Arm(f fault.Fault) {
	GinkgoHelper()
	_, err := s.Tenant.Arm(f)
	Expect(err).NotTo(HaveOccurred())
}

// Change gives the running tenant another configuration; sessions stay.
func (s *Scene) Change(change func(*tenant.Config)) {
	GinkgoHelper()
	next := s.Tenant.Snapshot().Clone()
	change(next)
	Expect(s.Tenant.Reload(next)).To(Succeed())
}

// key is the name of a value of the session in localStorage, which the hardened app prefixes.
func key(of flavour, name string) string {
	if of == hardened {
		return "hardened." + name
	}
	return name
}

// token is a value of the app's session in localStorage.
func (s *Scene) token(name string) string {
	GinkgoHelper()
	return s.stored(key(s.Of, name))
}

// expectNoTokens fails when localStorage still has a part of the session.
func (s *Scene) expectNoTokens() {
	GinkgoHelper()
	all, err := s.App.Page.Storage()
	Expect(err).NotTo(HaveOccurred())
	for _, name := range []string{"access_token", "id_token", "expires_at"} {
		Expect(all).NotTo(HaveKey(key(s.Of, name)))
	}
}

// expiry is when the stored access token expires, by the browser's clock.
func (s *Scene) expiry() time.Time {
	GinkgoHelper()
	var ms float64
	_, err := fmt.Sscan(s.token("expires_at"), &ms)
	Expect(err).NotTo(HaveOccurred(), "expires_at in localStorage")
	return time.UnixMilli(int64(ms))
}

// answers are the tenant's log entries for silent requests, oldest first.
func (s *Scene) answers() []event.Event {
	var out []event.Event
	for _, e := range s.Tenant.Events(0) {
		if e.Type == event.SuccessSilentAuth || e.Type == event.FailedSilentAuth {
			out = append(out, e)
		}
	}
	return out
}

// silentQueries are the parameters of each silent request that the browser sent.
func (s *Scene) silentQueries() []url.Values {
	var out []url.Values
	for _, r := range s.Requests() {
		u, err := url.Parse(r.URL)
		if err == nil && u.Path == "/authorize" && u.Query().Get("prompt") == "none" {
			out = append(out, u.Query())
		}
	}
	return out
}

// tenantRequests counts everything that the tenant was asked.
func (s *Scene) tenantRequests() int {
	n := 0
	for _, e := range s.Tenant.Events(0) {
		if e.Kind == event.KindRequest {
			n++
		}
	}
	return n
}

// times is a list of the same answer, for comparison with Silent.
func times(n int, answer event.LogCode) []event.LogCode {
	return slices.Repeat(codes(answer), n)
}

// secondTab opens the app in another tab of the same browser.
func (s *Scene) secondTab() *pages.App {
	GinkgoHelper()
	page, err := s.Open(s.AppOrigin + path(s.Of))
	Expect(err).NotTo(HaveOccurred())
	tab := pages.NewApp(page)
	Expect(tab.Ready()).To(Succeed())
	Expect(tab.WaitSignedIn()).To(Succeed())
	return tab
}

// comeBack closes the tab, lets time pass, and opens the app again, expecting nothing of its state.
func (s *Scene) comeBack(after time.Duration) {
	GinkgoHelper()
	Expect(s.App.Page.Close()).To(Succeed())
	s.Pass(after)
	s.openApp()
}

// reload loads the app's page again.
func (s *Scene) reload() {
	GinkgoHelper()
	Expect(s.App.Page.Reload()).To(Succeed())
	Expect(s.App.Ready()).To(Succeed())
}

// callAPI presses the page's button and returns the status of the answer, and the answer.
func (s *Scene) callAPI() (status, body string) {
	GinkgoHelper()
	status, err := s.App.CallAPI()
	Expect(err).NotTo(HaveOccurred())
	body, err = s.App.Page.ByTestID("api-body").Text()
	Expect(err).NotTo(HaveOccurred())
	return status, body
}

// shown is the text of a part of the page.
func (s *Scene) shown(testID string) string {
	GinkgoHelper()
	text, err := s.App.Page.ByTestID(testID).Text()
	Expect(err).NotTo(HaveOccurred())
	return text
}

// state is what the page says of the session.
func (s *Scene) state() string {
	GinkgoHelper()
	state, err := s.App.State()
	Expect(err).NotTo(HaveOccurred())
	return state
}

// oneAppTimer is the app's only timer.
func (s *Scene) oneAppTimer() browser.Timer {
	GinkgoHelper()
	timers := s.AppTimers()
	Expect(timers).To(HaveLen(1))
	return timers[0]
}

// webLife sets the life of access tokens that come straight from /authorize.
func webLife(d time.Duration) func(*tenant.Config) {
	return func(t *tenant.Config) {
		for _, api := range t.ResourceServers {
			api.TokenLifetimeForWeb = d
			api.TokenLifetime = max(api.TokenLifetime, d)
		}
	}
}
