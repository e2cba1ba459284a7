package diagnose

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// visit is a request with what the tenant wrote down about it.
type visit struct {
	endpoint string
	request  event.Request
	then     []event.Event // log entries, sessions; the answer comes after them
	device   string        // in the answer
	to       string        // where the answer leads
}

const chrome, firefox = "Mozilla/5.0 Chrome/131", "Mozilla/5.0 Firefox/140"

// navigates is a page of the tenant in a window of its own.
func navigates(device string, cookies ...string) visit {
	return visit{
		endpoint: names.Authorize, device: device,
		request: event.Request{UserAgent: chrome, Remote: "127.0.0.1:1", FetchDest: "document", Cookies: cookies},
	}
}

// asksInFrame is a silent request.
func asksInFrame(device string, cookies ...string) visit {
	return visit{endpoint: names.Authorize, device: device, request: event.Request{
		UserAgent: chrome, Remote: "127.0.0.1:2", FetchDest: "iframe", FetchSite: "cross-site", Cookies: cookies,
		Query: event.Query{"prompt": {"none"}},
	}}
}

// fetchesTokens is a request to the token endpoint, which browsers send without cookies.
func fetchesTokens(code event.LogCode, entry event.LogEntry) visit {
	return visit{
		endpoint: names.Token, request: event.Request{UserAgent: chrome, Remote: "127.0.0.1:3", FetchDest: "empty", FetchSite: "cross-site"},
	}.with(event.Event{Type: code, Data: &entry})
}

func (v visit) with(events ...event.Event) visit { v.then = append(v.then, events...); return v }

func (v visit) begins(session string) visit {
	return v.with(event.Event{Data: &event.Session{Change: event.SessionBegun, ID: session}},
		event.Event{Type: event.SuccessLogin, Data: &event.LogEntry{Session: session}})
}

func (v visit) uses(session string) visit {
	return v.with(event.Event{Type: event.SuccessSilentAuth, Data: &event.LogEntry{Session: session}})
}

func (v visit) changes(change event.SessionChange, session string, why event.Reason) visit {
	return v.with(event.Event{Data: &event.Session{Change: change, ID: session, Why: why}})
}

func (v visit) named(userAgent string) visit { v.request.UserAgent = userAgent; return v }

func (v visit) from(address string) visit { v.request.Remote = address + ":9"; return v }

// response sets the device cookie where none came, and carries the error of a refusal.
func (v visit) response() *event.Response {
	r := &event.Response{Status: 200, Device: v.device, Location: v.to}
	if v.device != "" && !slices.Contains(v.request.Cookies, names.DeviceCookie) {
		r.SetCookies = []string{names.DeviceCookie}
	}
	for _, e := range v.then {
		if d := event.Of[event.LogEntry](e); d.Error != "" {
			r.Response = event.Members{"error": d.Error}
		}
		if d := event.Of[event.Session](e); d.Change == event.SessionBegun {
			r.SetCookies = append(r.SetCookies, names.SessionCookie)
		}
	}
	return r
}

// eventsOf are those of requests one after another, a second apart. The first has the id "1".
func eventsOf(visits ...visit) (all []event.Event) {
	at := time.Unix(1_700_000_000, 0)
	for i, v := range visits {
		for _, e := range append(append([]event.Event{{Data: &v.request}}, v.then...),
			event.Event{Data: v.response()}) {
			e.Seq, e.Date, e.Request, e.Endpoint, e.ClientID = uint64(len(all)+1), at, fmt.Sprint(i+1), v.endpoint, "app"
			e.Kind = e.Data.Kind()
			all = append(all, e)
		}
		at = at.Add(time.Second)
	}
	return all
}

// seen is what an engine of a source knows of some requests.
func seen(source Source, visits ...visit) *history {
	h := newHistory(source)
	for _, e := range eventsOf(visits...) {
		h.take(e)
	}
	return &h
}

// TestWhichBrowserItWas compares the last of some requests with the first.
func TestWhichBrowserItWas(t *testing.T) {
	did := names.DeviceCookie
	for name, tc := range map[string]struct {
		source  Source
		visits  []visit
		want    verdict
		guessed bool
	}{
		"one device cookie":                  {visits: []visit{navigates("d1", did), asksInFrame("d1", did)}, want: sameBrowser},
		"the cookie that the answer brought": {visits: []visit{navigates("d1"), asksInFrame("d1", did)}, want: sameBrowser},
		"one device cookie, two addresses": {
			visits: []visit{navigates("d1", did), asksInFrame("d1", did).from("10.0.0.9")}, want: sameBrowser,
		},
		"two browsers that were here":           {visits: []visit{navigates("d1"), navigates("d2"), asksInFrame("d2", did)}, want: otherBrowser},
		"two windows that never share a cookie": {visits: []visit{navigates("d1"), navigates("d2")}, want: otherBrowser},
		"a frame without cookies":               {visits: []visit{navigates("d1", did), asksInFrame("d2")}, want: notKnown},
		"a frame with a cookie of its own": {
			visits: []visit{navigates("d1", did), asksInFrame("d2"), asksInFrame("d2", did)}, want: notKnown,
		},
		"two frames without cookies": {visits: []visit{asksInFrame("d1"), asksInFrame("d2")}, want: notKnown},
		"another name":               {visits: []visit{navigates("d1", did), asksInFrame("d2").named(firefox)}, want: otherBrowser},
		"another name, one cookie": {
			visits: []visit{navigates("d1", did), asksInFrame("d1", did).named(firefox)}, want: sameBrowser,
		},
		"one session": {visits: []visit{navigates("d1").begins("s1"), asksInFrame("").uses("s1")}, want: sameBrowser},
		"the cookie of a session that is over": {
			visits: []visit{navigates("").begins("s1"), asksInFrame("").changes(event.SessionNotUsable, "s1", event.UnknownSession)},
			want:   sameBrowser,
		},
		"two sessions": {visits: []visit{navigates("d1").begins("s1"), navigates("d2").begins("s2")}, want: otherBrowser},
		"the logout of a session": {
			visits: []visit{navigates("").begins("s1"), navigates("").changes(event.SessionEnded, "s1", event.LoggedOut)},
			want:   sameBrowser,
		},
		"a password that is changed elsewhere": {
			visits: []visit{navigates("d1").begins("s1"), navigates("d2").changes(event.SessionEnded, "s1", event.PasswordChanged)},
			want:   otherBrowser,
		},
		"the exchange of a code": {
			visits: []visit{navigates("d1"), fetchesTokens(event.SuccessExchangeCode, event.LogEntry{AskedBy: "1"})}, want: sameBrowser,
		},
		"a refresh token of that code": {visits: []visit{
			navigates("d1"), fetchesTokens(event.SuccessExchangeCode, event.LogEntry{AskedBy: "1", Family: "f1"}),
			fetchesTokens(event.FailedExchangeRefreshToken, event.LogEntry{Family: "f1"}),
		}, want: sameBrowser},
		"a token request of nobody": {
			visits: []visit{navigates("d1"), fetchesTokens(event.FailedExchangeCode, event.LogEntry{})}, want: notKnown,
		},
		"two lines of refresh tokens": {visits: []visit{
			fetchesTokens(event.SuccessExchangeRefreshToken, event.LogEntry{Family: "f1"}),
			fetchesTokens(event.SuccessExchangeRefreshToken, event.LogEntry{Family: "f2"}),
		}, want: notKnown},
		"all of it, by way of others": {visits: []visit{
			navigates("d1").begins("s1"), asksInFrame("").uses("s1"),
			fetchesTokens(event.SuccessExchangeCode, event.LogEntry{AskedBy: "2", Family: "f1"}),
			fetchesTokens(event.SuccessExchangeRefreshToken, event.LogEntry{Family: "f1"}),
		}, want: sameBrowser},

		"a recording":                 {source: Recording, visits: []visit{navigates("d1"), navigates("d2")}, want: sameBrowser},
		"two recordings that are one": {source: Recording, visits: []visit{navigates("d1"), navigates("d2").named(firefox)}, want: otherBrowser},

		"a log, one name and address": {
			source: TenantLog, visits: []visit{navigates(""), asksInFrame("")}, want: sameBrowser, guessed: true,
		},
		"a log, two names": {
			source: TenantLog, visits: []visit{navigates(""), asksInFrame("").named(firefox)}, want: otherBrowser, guessed: true,
		},
		"a log, two addresses": {
			source: TenantLog, visits: []visit{navigates(""), asksInFrame("").from("10.0.0.9")}, want: otherBrowser, guessed: true,
		},
		"a log without names": {
			source: TenantLog, visits: []visit{{endpoint: names.Authorize}, {endpoint: names.Authorize}}, want: notKnown, guessed: true,
		},
		"a log with a session": {
			source: TenantLog, visits: []visit{navigates("").begins("s1"), asksInFrame("").uses("s1").named(firefox)}, want: sameBrowser,
		},
	} {
		h := seen(tc.source, tc.visits...)
		last, first := h.exchanges[len(h.exchanges)-1], h.exchanges[0]
		for _, c := range []comparison{h.browsers.compare(last, first), h.browsers.compare(first, last)} {
			if c.verdict != tc.want || c.guessed != tc.guessed {
				t.Errorf("%s: %+v, want %v, guessed %v", name, c, tc.want, tc.guessed)
			}
		}
	}
}

// TestAGuessIsNeverMoreThanPossible: name and address are those of many browsers.
func TestAGuessIsNeverMoreThanPossible(t *testing.T) {
	for _, confidence := range []diagnosis.Confidence{diagnosis.Certain, diagnosis.Likely, diagnosis.Possible} {
		if got := (comparison{verdict: sameBrowser}).atMost(confidence); got != confidence {
			t.Errorf("what is known makes %s of %s", got, confidence)
		}
		if got := (comparison{verdict: sameBrowser, guessed: true}).atMost(confidence); got != diagnosis.Possible {
			t.Errorf("a guess makes %s of %s", got, confidence)
		}
	}
}

// TestMarksOfBrowsersAreBounded: each request without a cookie brings one, and anybody can send such requests.
func TestMarksOfBrowsersAreBounded(t *testing.T) {
	b := newBrowsers(RunningTenant)
	for i := range 2 * keepMarks {
		b.mark(newExchange(""), "device", fmt.Sprint(i))
	}
	if len(b.marks) != keepMarks || len(b.order) != keepMarks {
		t.Errorf("%d marks and %d names of them are kept, want %d", len(b.marks), len(b.order), keepMarks)
	}
}

// TestOnlyOneBrowserMakesAStorm: many isolated browsers of one name and address, as parallel tests have, each renew once.
func TestOnlyOneBrowserMakesAStorm(t *testing.T) {
	renewals := func(browsers int) (visits []visit) {
		for i := range browsers {
			id := fmt.Sprint(i)
			visits = append(visits, navigates(id).begins(id))
		}
		for i := range 2 * stormSize {
			id := fmt.Sprint(i % browsers)
			v := asksInFrame(id, names.DeviceCookie, names.SessionCookie).uses(id)
			v.request.FetchMode = "navigate"
			visits = append(visits, v)
		}
		return visits
	}
	for browsers, want := range map[int]bool{1: true, 2 * stormSize: false} {
		g := New(nil)
		events := eventsOf(renewals(browsers)...)
		g.Read(events, events[len(events)-1].Date)
		storms := 0
		for _, d := range g.After(0) {
			if d.Causes[0].Code == diagnosis.RenewalStorm {
				storms++
			}
		}
		if (storms > 0) != want || !want && len(g.After(0)) > 0 {
			t.Errorf("%d browsers: %d storms: %v", browsers, storms, g.After(0))
		}
	}
}
