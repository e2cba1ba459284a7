package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// refused is a silent request that found no session cookie.
func (v visit) refused() visit {
	return v.changes(event.SessionNotUsable, "", event.NoCookie).with(
		event.Event{Type: event.FailedSilentAuth, Data: &event.LogEntry{Error: errLoginRequired, Reason: event.LoginRequired}})
}

// says is the browser's Sec-Fetch-Storage-Access.
func (v visit) says(access string) visit { v.request.StorageAccess = access; return v }

// at is the tenant's host.
func (v visit) at(host string) visit { v.request.Host = host; return v }

// plain says that the tenant is by plain http.
func (v visit) plain() visit { v.request.Scheme = "http"; return v }

// of is the site of the page, as the browser says it.
func (v visit) of(site string) visit { v.request.FetchSite = site; return v }

// firsts are the first causes of the diagnoses of some requests, each as "code/variant confidence".
func firsts(source Source, visits ...visit) (out []string) {
	g := newEngine(source, unknownState{})
	events := eventsOf(visits...)
	g.Read(events, events[len(events)-1].Date)
	for _, d := range g.After(0) {
		c := d.Causes[0]
		out = append(out, strings.TrimSuffix(fmt.Sprintf("%s/%s", c.Code, c.Variant), "/")+" "+string(c.Confidence))
	}
	return out
}

// TestEachBrowserEngine: what a silent frame of another site carries after a login, and what it says of its cookies, differs by engine
// and by its settings. The first failure and the later ones have the same cause.
func TestEachBrowserEngine(t *testing.T) {
	const (
		blocked, gone = "third_party_cookies_blocked ", "no_session/session_cookie_gone likely"
		did           = names.DeviceCookie
		twoSites      = "third_party_cookies_blocked/plain_http_other_site certain"
	)
	login := navigates("d1").begins("s1")
	// frame is such a request: device is in its answer, and cookies came with it.
	frame := func(device, access string, cookies ...string) visit {
		return asksInFrame(device, append([]string{}, cookies...)...).says(access).refused()
	}
	renewal := func(access string) visit { return asksInFrame("d1", did, names.SessionCookie).says(access).uses("s1") }
	for name, tc := range map[string]struct {
		visits []visit
		want   []string
	}{
		"Chromium that allows, a tenant by plain http of another site than the app": {
			[]visit{login.plain(), frame("d2", "active").plain(), frame("d3", "active").plain()}, []string{twoSites, twoSites},
		},
		"Chromium that blocks, a tenant by plain http of another site than the app": {
			[]visit{login.plain(), frame("d2", "none").plain()}, []string{twoSites},
		},
		"Firefox, a tenant by plain http of another site than the app": {[]visit{login.plain(), frame("d2", "").plain()}, []string{twoSites}},
		"a cookie that was cleared, and a tenant by plain http of the app's own site": {
			[]visit{login.plain(), frame("d1", "", did).of("same-site").plain()}, []string{gone},
		},
		"a renewal that works by plain http": {[]visit{login.plain(), renewal("").of("same-site").plain()}, nil},
		"Chromium that blocks":               {[]visit{login, frame("d2", "none"), frame("d3", "none")}, []string{blocked + "certain", blocked + "certain"}},
		"Chromium that allows":               {[]visit{login, renewal("active")}, nil},
		"Firefox that allows":                {[]visit{login, renewal("")}, nil},
		"Firefox that blocks":                {[]visit{login, frame("d2", ""), frame("d3", "")}, []string{blocked + "likely", blocked + "likely"}},
		"Firefox that blocks trackers only":  {[]visit{login, renewal("none")}, nil},
		"Firefox that blocks trackers only, and the session cookie was deleted": {[]visit{login, frame("d1", "none", did)}, []string{gone}},
		"Firefox after a clicked login":                                         {[]visit{login, renewal("active")}, nil},
		"Firefox that partitions": {[]visit{login, frame("d2", "none"), frame("d2", "none", did)},
			[]string{blocked + "certain", blocked + "likely"}},
		"Firefox that partitions and says nothing": {
			[]visit{login, frame("d2", ""), frame("d2", "", did), frame("d2", "", did)}, []string{blocked + "likely", blocked + "likely", blocked +
				"likely"},
		},
		"WebKit":          {[]visit{login, renewal("")}, nil},
		"WebKit with ITP": {[]visit{login, frame("d2", ""), frame("d3", "")}, []string{blocked + "likely", blocked + "likely"}},
		"none, and a cookie of a login that nobody saw": {[]visit{login, frame("d9", "none", did)}, []string{"no_session possible"}},
		"an app in another site": {[]visit{login, frame("d2", "none").of("same-site")},
			[]string{"third_party_cookies_blocked/app_embedded certain"}},
		"cookies that were deleted": {[]visit{login, frame("d1", "active", did)}, []string{gone}},
	} {
		if got := firsts(RunningTenant, tc.visits...); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestNoneIsNoProofWhereACookieCame: Firefox can say so of a frame to which it gives cookies.
func TestNoneIsNoProofWhereACookieCame(t *testing.T) {
	for _, device := range []string{"d1", "d2", "d9"} {
		g := New(nil)
		events := eventsOf(navigates("d1").begins("s1"), asksInFrame("d2", []string{}...).says("none").refused(),
			asksInFrame(device, names.DeviceCookie).says("none").refused())
		g.Read(events, events[len(events)-1].Date)
		for _, d := range g.After(0)[1:] {
			for _, c := range d.Causes {
				if c.Confidence == diagnosis.Certain {
					t.Errorf("with the device cookie %s it is certainly %s: %+v", device, c.Code, c.Evidence)
				}
			}
		}
	}
}

// TestSessionOfAnotherDomain: a cookie stays with the host that set it.
func TestSessionOfAnotherDomain(t *testing.T) {
	const custom, own, did = "login.acme.test", "acme.eu.auth0.com", names.DeviceCookie
	for name, tc := range map[string]struct {
		source Source
		visits []visit
		want   []string
	}{
		"login at the custom domain, renewal at the other": {
			visits: []visit{navigates("d1").at(custom).begins("s1"), asksInFrame("d2", []string{}...).at(own).of("same-site").refused()},
			want:   []string{"session_at_other_domain likely"},
		},
		"and the browser withholds cookies there": {
			visits: []visit{navigates("d1").at(custom).begins("s1"), asksInFrame("d2", []string{}...).at(own).says("none").refused()},
			want:   []string{"session_at_other_domain likely"},
		},
		"the other way round": {
			visits: []visit{navigates("d1").at(own).begins("s1"), asksInFrame("d2", []string{}...).at(custom).of("same-site").refused()},
			want:   []string{"session_at_other_domain likely"},
		},
		"a recording": {
			source: Recording,
			visits: []visit{navigates("d1").at(custom).begins("s1"), asksInFrame("d1", []string{}...).at(own).refused()},
			want:   []string{"session_at_other_domain certain"},
		},
		"two ports of one host share cookies": {
			visits: []visit{navigates("d1").at(custom + ":4443").begins("s1"), asksInFrame("d2", []string{}...).at(custom).says("none").refused()},
			want:   []string{"third_party_cookies_blocked certain"},
		},
		"a login at each, the one here is gone": {
			visits: []visit{
				navigates("d1").at(custom).begins("s1"), navigates("d2").at(own).begins("s2"),
				asksInFrame("d2", did).at(own).says("active").refused(),
			},
			want: []string{"no_session/session_cookie_gone likely"},
		},
		"one person at each domain": {
			visits: []visit{
				navigates("d1").at(custom).begins("s1"), navigates("d2").at(own).begins("s2"),
				asksInFrame("d2", did, names.SessionCookie).at(own).uses("s2"),
			},
		},
	} {
		if got := firsts(tc.source, tc.visits...); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestWhoOnlyLooks: an app that is opened asks who is there. In a browser of its own, whose cookies come, nobody is, whoever has logged
// in elsewhere. Where an application says that it was a renewal, it was one.
func TestWhoOnlyLooks(t *testing.T) {
	login := navigates("d1").begins("s1")
	for name, tc := range map[string]struct {
		visits []visit
		want   []string
	}{
		"before anybody logs in":           {visits: []visit{asksInFrame("d2", []string{}...).says("active").refused()}},
		"before, and cookies are withheld": {visits: []visit{asksInFrame("d2", []string{}...).says("none").refused()}},
		"beside another browser":           {visits: []visit{login, asksInFrame("d2", []string{}...).says("active").refused()}},
		"a second time": {visits: []visit{login, asksInFrame("d2", []string{}...).says("active").refused(),
			asksInFrame("d2", names.DeviceCookie).says("active").refused()}},
		"on the tenant's own site": {visits: []visit{login, asksInFrame("d2", []string{}...).of("same-site").refused()}},
		"nobody knows whether cookies come": {visits: []visit{login, asksInFrame("d2", []string{}...).of("").refused()},
			want: []string{"no_session likely"}},
		"several browsers, and nobody knows": {
			visits: []visit{login, navigates("d3").begins("s3"), asksInFrame("d2",
				[]string{}...).of("").refused()}, want: []string{"no_session possible"},
		},
	} {
		if got := firsts(RunningTenant, tc.visits...); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestARecordingOfAPageThatALogoutLedTo: it asked once, and whether that was a renewal nobody says. What it asks after that is one.
func TestARecordingOfAPageThatALogoutLedTo(t *testing.T) {
	const did, app = names.DeviceCookie, "http://localhost:3000"
	login := navigates("d1").begins("s1")
	out := navigates("d1", did, names.SessionCookie).changes(event.SessionEnded, "s1", event.LoggedOut)
	out.endpoint, out.to = names.Logout, app+"/"
	asks := asksInFrame("d1", did, names.SessionCookie).changes(event.SessionNotUsable, "s1", event.UnknownSession).with(
		event.Event{Type: event.FailedSilentAuth, Data: &event.LogEntry{Error: errLoginRequired, Reason: event.LoginRequired}})
	asks.request.Referer = app + "/"
	want := []string{"renewal_after_logout possible", "renewal_after_logout certain"}
	if got := firsts(Recording, login, out, asks, asks); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := firsts(RunningTenant, login, out, asks, asks); !slices.Equal(got, want[1:]) {
		t.Errorf("%v, want %v", got, want[1:])
	}
}
