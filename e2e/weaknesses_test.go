package e2e

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// A weakness is something that goes wrong around silent renewal. The same trigger meets both sample apps; what each
// then shows is held to the word, so the table is also the list of differences between them.
type weakness struct {
	claim    string  // one sentence
	setting  Setting // App is filled in
	trigger  func(s *Scene) (seen string)
	tutorial string // what trigger then sees of the tutorial's app
	hardened string // … of the hardened one
}

// weaknesses says what was found when each claim was tried: where that differs from common belief, a comment says so.
var weaknesses = []weakness{
	{
		claim:    "The silent page hands the hash over as a string, so auth0.js 8.10.1 verifies nothing and a forged ID token is believed",
		setting:  Setting{TenantSite: forgedName("Mallory")},
		trigger:  renewOnce,
		tutorial: "signed in as Mallory; 1 renewed, 0 failed",
		hardened: `expired; 0 renewed, 1 failed: invalid_token (Invalid signature.)`,
	},
	{
		claim: "A session that ended at the tenant comes back as callback(null, {error: 'login_required'}), and setSession " +
			"stores what is not there",
		trigger:  loseTheSession,
		tutorial: `access_token="undefined" id_token="undefined" expires_at="null"`,
		hardened: `nothing stored`,
	},
	{
		claim:    "A manual renewal orphans the timer that was set before it, and that one survives logout",
		trigger:  renewByHandThenLogOut,
		tutorial: "10 requests in ten token lives after logout; signed in as Ada Lovelace",
		hardened: "0 requests in ten token lives after logout; signed out",
	},
	{
		// A login right after a load does not: /callback schedules nothing at load, when nothing is stored yet. It takes a
		// session that is still stored, as when a person logs in again in a page that was signed in.
		claim:    "A login while an older session is stored schedules twice, at load and when the login arrives, and one timer survives logout",
		trigger:  logInAgainThenLogOut,
		tutorial: "10 requests in ten token lives after logout; signed in as Ada Lovelace",
		hardened: "0 requests in ten token lives after logout; signed out",
	},
	{
		claim:    "A renewal in flight at logout brings the session back",
		trigger:  logOutDuringRenewal,
		tutorial: "10 requests in ten token lives after logout; signed in as Ada Lovelace",
		hardened: "0 requests in ten token lives after logout; signed out",
	},
	{
		claim:    "Any message to the window ends a renewal: the chatter of a browser extension is stored as the session",
		trigger:  messageDuringRenewal(fromExtension),
		tutorial: `access_token="undefined" id_token="undefined" expires_at="null"`,
		hardened: `signed in as Ada Lovelace; 1 renewed, 0 failed`,
	},
	{
		claim:    "Any message to the window ends a renewal: tokens handed in by another window are stored",
		trigger:  messageDuringRenewal(fromStranger),
		tutorial: `signed in as Mallory; 1 renewed, 0 failed`,
		hardened: `signed in as Ada Lovelace; 1 renewed, 0 failed`,
	},
	{
		claim:    "A delay of more than 2³¹-1 ms, 24.8 days, fires at once and for ever",
		setting:  Setting{Tenant: webLife(aMonth)},
		trigger:  firstMinuteOfSlowRenewals,
		tutorial: "6 silent requests in the first minute",
		hardened: "0 silent requests in the first minute",
	},
	{
		claim:    "After an error nothing is scheduled any more",
		trigger:  failOnce,
		tutorial: "0 more requests in ten token lives; expired",
		hardened: "10 more requests in ten token lives; signed in as Ada Lovelace",
	},
	{
		claim:    "A token that is expired at load is never renewed, although the tenant's session is alive",
		trigger:  comeBackAfterExpiry,
		tutorial: "0 requests in a token's life; expired",
		hardened: "2 requests in a token's life; signed in as Ada Lovelace", // at load, and when that token ends
	},
	{
		claim:    "Every renewal leaves a com.auth0.auth.* key in localStorage",
		trigger:  renewTenTimes,
		tutorial: "10 keys after 10 renewals",
		hardened: "0 keys after 10 renewals",
	},
	{
		claim:    "An abandoned login leaves a com.auth0.auth.* key in localStorage",
		trigger:  abandonLogin,
		tutorial: "1 key of the abandoned login; signed in as Ada Lovelace",
		hardened: "0 keys of the abandoned login; signed in as Ada Lovelace",
	},
	{
		// state is not compared, but a nonce is: the ID token must be one without, as the code flow gives. Tokens with a
		// nonce are the next entry.
		claim:    "A link with somebody else's tokens in the hash logs a person in as them",
		trigger:  followPlantedLink(""),
		tutorial: "signed in as Grace Hopper",
		hardened: "signed out",
	},
	{
		// The nonce saves the tutorial's login here: an unknown state has no nonce stored, which differs from the token's.
		claim:    "A link with somebody else's tokens in the hash is refused when the ID token has a nonce",
		trigger:  followPlantedLink("of another transaction"),
		tutorial: "signed out",
		hardened: "signed out",
	},
	{
		claim:    "When somebody else has logged in at the tenant, the renewal silently changes the user",
		setting:  Setting{Tenant: withOtherApp},
		trigger:  switchUserAtTenant,
		tutorial: "signed in as Grace Hopper",
		hardened: "signed out",
	},
	{
		claim:    "Two tabs renew twice",
		trigger:  renewInTwoTabs,
		tutorial: "2 requests; both signed in",
		hardened: "1 request; both signed in",
	},
	{
		claim:    "A logout in another tab goes unnoticed: this tab renews and brings the session back",
		trigger:  logOutInOtherTab,
		tutorial: "10 requests in ten token lives after logout; signed in as Ada Lovelace",
		hardened: "0 requests in ten token lives after logout; signed out",
	},
	{
		// Not a weakness of either: both count a token's life from its arrival on the device's own clock, and 8.10.1 looks at
		// exp and nbf of the ID token, which lives ten hours, never at iat.
		claim:    "A device clock ten minutes ahead does not matter while tokens live for hours",
		setting:  Setting{World: skewed(10 * minute)},
		trigger:  renewOnce,
		tutorial: "signed in as Ada Lovelace; 1 renewed, 0 failed",
		hardened: "signed in as Ada Lovelace; 1 renewed, 0 failed",
	},
	{
		claim:    "A device clock ten minutes behind does not matter while tokens live for hours",
		setting:  Setting{World: skewed(-10 * minute)},
		trigger:  renewOnce,
		tutorial: "signed in as Ada Lovelace; 1 renewed, 0 failed",
		hardened: "signed in as Ada Lovelace; 1 renewed, 0 failed",
	},
	{
		claim:    "Without leeway a device clock that is ahead by an ID token's short life makes login impossible",
		setting:  Setting{World: skewed(45 * second), Tenant: idTokensLive(30 * second)},
		trigger:  tryToLogIn,
		tutorial: "signed out: invalid_token (Expired token.)",
		hardened: "signed in as Ada Lovelace",
	},
	{
		// expires_at is a time of the wrong clock. A running timer is not disturbed; a reload makes it late, and the API answers
		// 401 meanwhile. The hardened app keeps the time of receipt as well: what lies in its future is renewed at once.
		claim:    "When a device clock is set back and the page is loaded again, the renewal comes too late",
		trigger:  clockSetBack,
		tutorial: "1 hour after expiry: 0 requests, the page says signed-in, the API says 401",
		hardened: "1 hour after expiry: 2 requests, the page says signed-in, the API says 200",
	},
}

var _ = Describe("Weaknesses", Label("weaknesses"), func() {
	for _, w := range weaknesses {
		Describe(w.claim, func() {
			for _, app := range []struct {
				of   flavour
				want string
			}{{tutorial, w.tutorial}, {hardened, w.hardened}} {
				It(fmt.Sprintf("in the %s app: %s", app.of, app.want), func() {
					set := w.setting
					set.App = app.of
					Expect(w.trigger(enter(set))).To(Equal(app.want), "%s", w.claim)
				})
			}
		})
	}

	for _, marked := range []struct {
		what       string
		setting    Setting
		trigger    func(*Scene) string
		title, log string
	}{
		{"the session that came back after a logout", Setting{}, renewByHandThenLogOut, "The session came back after the logout",
			"it renewed the token after the logout"},
		{"the renewal that changed the user", Setting{Tenant: withOtherApp}, switchUserAtTenant, "The renewal made somebody else of you",
			"the renewal brought tokens of another person"},
		{"tokens that another window handed in", Setting{}, messageDuringRenewal(fromStranger), "The renewal made somebody else of you",
			"the renewal brought tokens of another person"},
		{"renewals without end", Setting{Tenant: webLife(aMonth)}, firstMinuteOfSlowRenewals, "The app renewed a token that was still good",
			"it renewed a token that was still good"},
	} {
		It("are marked where the tutorial's page shows one: "+marked.what, func() {
			marked.setting.App = tutorial
			s := enter(marked.setting)
			marked.trigger(s)
			title, err := s.App.Problem()
			Expect(err).NotTo(HaveOccurred())
			Expect(title).To(Equal(marked.title))
			log, err := s.App.Log()
			Expect(err).NotTo(HaveOccurred())
			Expect(log).To(ContainElement(ContainSubstring("A weakness of this app: " + marked.log)))
			Expect(s.App.LogOut()).To(Succeed())
			Expect(s.App.Problem()).To(BeEmpty())
		})
	}

	for _, app := range []flavour{tutorial, hardened} {
		It(fmt.Sprintf("are not marked after a renewal as it should be: the %s app", app), func() {
			s := enter(Setting{App: app})
			renewOnce(s)
			Expect(s.App.RenewNow()).To(Succeed())
			Expect(s.App.WaitRenewals(2)).To(Succeed())
			Expect(s.App.Problem()).To(BeEmpty())
		})
	}
})
