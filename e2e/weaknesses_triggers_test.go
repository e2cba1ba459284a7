package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/tenant"
)

// What triggers each weakness. Every trigger starts on the app's page, logged out, and returns what was seen.

const (
	second = time.Second
	minute = time.Minute
	hour   = time.Hour
)

// renewOnce logs in and lets the token expire once.
func renewOnce(s *Scene) string {
	s.LogIn(ada)
	s.Pass(tokenLife + 5*second)
	return s.sessionShown() + s.renewed()
}

func loseTheSession(s *Scene) string {
	s.LogIn(ada)
	Expect(s.Tenant.EndSessions("")).To(Equal(1))
	s.Pass(tokenLife + 5*second)
	Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
	return s.tokens()
}

func renewByHandThenLogOut(s *Scene) string {
	s.LogIn(ada)
	s.Pass(tokenLife / 2)
	Expect(s.App.RenewNow()).To(Succeed())
	Expect(s.Settle()).To(Succeed())
	s.Pass(5 * second)
	Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
	return s.afterLogOut(s.App)
}

func logInAgainThenLogOut(s *Scene) string {
	s.LogIn(ada)
	s.Pass(tokenLife / 2)
	// The page shows no login button while it is signed in; a bookmark of /authorize, or a second login in a
	// history entry, comes to the same.
	Expect(s.App.Page.Eval(`document.querySelector('[data-testid=login-button]').click()`, nil)).To(Succeed())
	Expect(s.App.Page.WaitFor("the second login is done",
		`performance.getEntriesByType('navigation').length === 1 && document.querySelector('[data-testid=event-log]').textContent.includes('Logged in.')`)).To(Succeed())
	Expect(s.Settle()).To(Succeed())
	return s.afterLogOut(s.App)
}

func logOutDuringRenewal(s *Scene) string {
	s.slowRenewals(45 * second)
	s.LogIn(ada)
	s.Pass(tokenLife)
	Expect(s.SilentRequests()).To(Equal(1))
	Expect(s.Tenant.Holds()).To(HaveLen(1), "a renewal is in flight")
	s.Tenant.Disarm("")
	return s.afterLogOut(s.App)
}

// messageDuringRenewal has a script run in the app's tab while the tenant takes its time.
func messageDuringRenewal(script string) func(*Scene) string {
	return func(s *Scene) string {
		Expect(s.Serve(stranger, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprint(w, strangersPage)
		}))).To(Succeed())
		s.slowRenewals(45 * second)
		s.LogIn(ada)
		s.Pass(tokenLife)
		Expect(s.Tenant.Holds()).To(HaveLen(1), "a renewal is in flight")
		Expect(s.App.Page.Eval(script, nil)).To(Succeed())
		Eventually(func() []browser.Message { return s.received("from") }).ShouldNot(BeEmpty(), "the message arrives")
		s.Pass(50 * second)
		if tokens := s.tokens(); strings.Contains(tokens, "undefined") {
			return tokens
		}
		return s.sessionShown() + s.renewed()
	}
}

const (
	fromExtension = `window.postMessage({from: 'some-extension', hello: 'page'}, '*')`

	// stranger is a site that has nothing to do with the app. Any page that holds a reference to the app's window can
	// write to it, such as one that the app opened.
	stranger      = "http://stranger.test"
	fromStranger  = `void window.open('` + stranger + `/')`
	strangersPage = `<!doctype html><title>Stranger</title><script>
		opener.postMessage({from: 'stranger', accessToken: 'planted', idToken: 'e30.' + btoa('{"name":"Mallory"}') + '.x', expiresIn: 7200}, '*')
	</script>`
)

func firstMinuteOfSlowRenewals(s *Scene) string {
	s.slowRenewals(10 * second) // on tenant time: else the storm would not end
	s.LogIn(ada)
	s.Pass(55 * second)
	return fmt.Sprintf("%d silent requests in the first minute", s.SilentRequests())
}

func failOnce(s *Scene) string {
	_, err := s.Tenant.Arm(fault.Fault{When: fault.Match{Prompt: "none"}, Times: 1, Do: fault.Effect{Status: 503}})
	Expect(err).NotTo(HaveOccurred())
	s.LogIn(ada)
	s.Pass(tokenLife + 61*second) // and the 60 seconds after which auth0.js gives up
	before := s.SilentRequests()
	s.Pass(10 * tokenLife)
	return fmt.Sprintf("%d more requests in ten token lives; %s", s.SilentRequests()-before, s.sessionShown())
}

func comeBackAfterExpiry(s *Scene) string {
	s.LogIn(ada)
	Expect(s.App.Page.Open("about:blank")).To(Succeed())
	s.Pass(3 * hour)
	Expect(s.App.Page.Open(s.AppOrigin + path(s.Of))).To(Succeed())
	Expect(s.App.Ready()).To(Succeed())
	s.Pass(tokenLife)
	return fmt.Sprintf("%d requests in a token's life; %s", s.SilentRequests(), s.sessionShown())
}

func renewTenTimes(s *Scene) string {
	s.LogIn(ada)
	s.Pass(10*tokenLife + 10*second)
	return fmt.Sprintf("%s after %d renewals", count(len(s.transactions()), "key"), len(s.Silent()))
}

func abandonLogin(s *Scene) string {
	Expect(s.App.Page.ByRole("button", "Log in").Click()).To(Succeed())
	Expect(s.App.Page.ByLabel("Password").WaitVisible()).To(Succeed())
	Expect(s.App.Page.Open(s.AppOrigin + path(s.Of))).To(Succeed())
	Expect(s.App.Ready()).To(Succeed())
	s.LogIn(ada)
	return fmt.Sprintf("%s of the abandoned login; %s", count(len(s.transactions()), "key"), s.sessionShown())
}

// followPlantedLink opens a link that somebody made of their own tokens.
func followPlantedLink(nonce string) func(*Scene) string {
	return func(s *Scene) string {
		t, err := s.Tenant.MintToken(mockauth0.TokenRequest{Client: clientID, User: grace.Email, Audience: audience, Nonce: nonce})
		Expect(err).NotTo(HaveOccurred())
		callback := "/callback"
		if s.Of == hardened {
			callback = "/hardened/callback"
		}
		hash := url.Values{
			"access_token": {t.AccessToken}, "id_token": {t.IDToken}, "expires_in": {"7200"}, "token_type": {"Bearer"}, "state": {"planted"},
		}
		Expect(s.App.Page.Open(s.AppOrigin + callback + "#" + hash.Encode())).To(Succeed())
		Expect(s.App.Ready()).To(Succeed())
		Expect(s.Settle()).To(Succeed())
		return s.sessionShown()
	}
}

const otherApp = "http://other.test"

// withOtherApp gives the tenant a second client.
func withOtherApp(t *tenant.Config) {
	other := tenant.NewClient("Other app")
	other.ClientID, other.AppType = "OtherAppClient0000000000000000002", "spa"
	other.Callbacks = []string{otherApp + "/callback"}
	t.Clients = append(t.Clients, other)
	for _, c := range t.Connections {
		c.EnabledClients = nil
	}
}

func switchUserAtTenant(s *Scene) string {
	Expect(s.Serve(otherApp, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "Welcome") }))).To(Succeed())
	s.LogIn(ada)
	query := url.Values{"client_id": {"OtherAppClient0000000000000000002"}, "response_type": {"token"}, "scope": {"openid"},
		"redirect_uri": {otherApp + "/callback"}, "state": {"x"}, "prompt": {"login"}}
	page, err := s.Open(s.TenantURL() + "/authorize?" + query.Encode())
	Expect(err).NotTo(HaveOccurred())
	Expect((&pages.Login{Page: page}).As(grace)).To(Succeed())
	Expect(page.WaitForURL(otherApp)).To(Succeed())
	s.Pass(tokenLife + 5*second)
	Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
	return s.sessionShown()
}

func renewInTwoTabs(s *Scene) string {
	s.LogIn(ada)
	other := s.secondTab()
	s.Pass(tokenLife + 5*second)
	Expect(other.WaitSignedIn()).To(Succeed())
	Expect(s.App.WaitSignedIn()).To(Succeed())
	return fmt.Sprintf("%s; both signed in", count(s.SilentRequests(), "request"))
}

func logOutInOtherTab(s *Scene) string {
	s.LogIn(ada)
	return s.afterLogOut(s.secondTab())
}

func tryToLogIn(s *Scene) string {
	Expect(s.App.Page.ByRole("button", "Log in").Click()).To(Succeed())
	Expect((&pages.Login{Page: s.App.Page}).As(ada)).To(Succeed())
	Expect(s.App.Page.WaitForURL(s.AppOrigin)).To(Succeed())
	Expect(s.App.Page.WaitFor("the login's outcome", `document.querySelectorAll('[data-testid=log-entry]').length > 0`)).To(Succeed())
	if state, err := s.App.State(); err != nil || state != "signed-in" {
		return s.sessionShown() + ": " + strings.Join(s.failures(), ", ")
	}
	return s.sessionShown()
}

func clockSetBack(s *Scene) string {
	s.LogIn(ada)
	Expect(s.Skew(-3 * hour)).To(Succeed())
	Expect(s.App.Page.Reload()).To(Succeed())
	Expect(s.App.Ready()).To(Succeed())
	s.Pass(tokenLife + hour)
	state, err := s.App.State()
	Expect(err).NotTo(HaveOccurred())
	status, err := s.App.CallAPI()
	Expect(err).NotTo(HaveOccurred())
	return fmt.Sprintf("1 hour after expiry: %d requests, the page says %s, the API says %s", s.SilentRequests(), state, status)
}
