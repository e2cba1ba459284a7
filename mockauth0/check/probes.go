package check

import (
	"fmt"

	"renewal.example/mockauth0/internal/appdrive"
)

// probes lists what is tried with an app after its first login, the longest first.
func probes() []probe {
	return []probe{
		{name: "outages", run: outages, skip: renewsAtAll,
			checks: []string{"failure-ends-renewal", "failure-loses-session", "failure-storm"}},
		{name: "refusals", run: refusals, skip: renewsAtAll,
			checks: []string{"refusal-storm", "garbage-stored", "no-way-back"}},
		{name: "forged logins", run: forgedLogins, checks: []string{"forged-login-accepted"}},
		{name: "somebody else's login", run: foreignLogin, checks: []string{"foreign-login-accepted", "replayed-login-accepted"}},
		{name: "a redirect loop", run: redirectLoop, skip: renewsInBrowser, checks: []string{"redirect-loop"}},
		{name: "a forged renewal", run: forgedRenewal, skip: bringsTokens, checks: []string{"forged-renewal-accepted"}},
		{name: "somebody else at the tenant", run: otherUser, skip: renewsByFrame, checks: []string{"renewal-changes-user"}},
		{name: "a clock ahead", run: clockAhead, checks: []string{"wrong-clock"}},
		{name: "a clock behind", run: clockBehind, checks: []string{"wrong-clock"}},
		{name: "the next morning", run: nextMorning, skip: keepsTokens, checks: []string{"stale-at-start"}},
		{name: "reload and back", run: reloadAndBack, checks: []string{"lost-on-reload", "lost-on-back"}},
		{name: "two tabs", run: twoTabs, skip: renewsAtAll, checks: []string{"tabs-renew-twice", "tabs-lose-session"}},
		{name: "logout", run: logout, checks: []string{"renews-after-logout"}},
		{name: "logout during a renewal", run: logoutInFlight, skip: renewsInBrowser, checks: []string{"renewal-undoes-logout"}},
		{name: "logout in another tab", run: logoutElsewhere, skip: renewsInBrowser, checks: []string{"other-tab-renews"}},
		{name: "the next person", run: nextPerson, checks: []string{"next-person-sees-last"}},
		{name: "sleep and background", run: sleeps, skip: renewsInBrowser, checks: []string{"late-after-sleep"}},
		{name: "a long life", run: longLife, skip: renewsByItself, checks: []string{"long-life-storm"}},
		{name: "messages", run: foreignMessages, skip: renewsByFrame, checks: []string{"foreign-message-accepted"}},
		{name: "blocked cookies", run: blockedCookies, skip: renewsByFrame, checks: []string{"blocked-cookies-unexplained"}},
	}
}

// Reasons for which a probe is not made.

func renewsAtAll(r *run) (Outcome, string) {
	switch {
	case r.finds("no-renewal"):
		return NotChecked, "the app does not renew (no-renewal)"
	case r.renewal == appdrive.ServerSession && r.standsStill() != "":
		return NotChecked, r.standsStill()
	case r.renewal == appdrive.ServerSession && r.way == appdrive.Unknown:
		return DoesNotApply, "its server keeps the session, and asked the tenant for nothing new"
	case r.way == appdrive.Unknown && r.settings.Trigger.None():
		return NotChecked, "the app asked for no new token; name a control that makes it need one with --trigger"
	case r.way == appdrive.Unknown:
		return NotChecked, fmt.Sprintf("the app asked for no new token, also when %s was pressed", r.settings.Trigger)
	}
	return Healthy, ""
}

func renewsInBrowser(r *run) (Outcome, string) {
	if r.renewal == appdrive.ServerSession {
		return DoesNotApply, "its server keeps the tokens"
	}
	return renewsAtAll(r)
}

func renewsByFrame(r *run) (Outcome, string) {
	if outcome, why := renewsInBrowser(r); why != "" {
		return outcome, why
	}
	if !r.renewal.ByFrame() {
		return DoesNotApply, "it renews " + r.renewal.Text()
	}
	return Healthy, ""
}

func bringsTokens(r *run) (Outcome, string) {
	if outcome, why := renewsInBrowser(r); why != "" {
		return outcome, why
	}
	if r.renewal != appdrive.FrameTokens {
		return DoesNotApply, "its tokens come directly from the tenant, so that TLS stands for the signature"
	}
	return Healthy, ""
}

func renewsByItself(r *run) (Outcome, string) {
	if outcome, why := renewsInBrowser(r); why != "" {
		return outcome, why
	}
	if r.way != appdrive.Itself {
		return DoesNotApply, "it asks for a token when it needs one, and not by a timer"
	}
	return Healthy, ""
}

func keepsTokens(r *run) (Outcome, string) {
	if outcome, why := renewsInBrowser(r); why != "" {
		return outcome, why
	}
	for _, v := range withTokens(r.stores) {
		if v.shared() {
			return Healthy, ""
		}
	}
	return DoesNotApply, "it keeps no token when its page is closed"
}
