package diagnose

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// Source says where an engine's events come from. It decides how browsers are told apart.
type Source int

// Sources of events.
const (
	RunningTenant Source = iota // a tenant that runs: its log is whole, and its state can be asked
	Recording                   // of one browser, as a HAR file is
	TenantLog                   // of a real tenant: it names no cookie
)

// verdict says whether two requests came from one browser.
type verdict int

const (
	notKnown verdict = iota
	sameBrowser
	otherBrowser
)

// comparison is a verdict, and whether it is more than a guess.
type comparison struct {
	verdict
	guessed bool // by name and address only
}

// same tells that the requests came from one browser.
func (c comparison) same() bool { return c.verdict == sameBrowser }

// known tells that they did, and that it is no guess.
func (c comparison) known() bool { return c.same() && !c.guessed }

// possible tells that nothing shows that the requests came from two browsers.
func (c comparison) possible() bool { return c.verdict != otherBrowser }

// atMost lowers the confidence of a finding that needs the same browser where the verdict is a guess.
func (c comparison) atMost(confidence diagnosis.Confidence) diagnosis.Confidence {
	if c.guessed {
		return diagnosis.Possible
	}
	return confidence
}

// browser is one browser, as far as requests are known to come from it. Two that turn out to be one are joined.
type browser struct {
	joined  *browser // nil: this one stands for all that are joined
	visited []string // hosts of the tenant of which it has opened a page in a window of its own, so that it has their cookies for good
	// born is the answer that set its device cookie in a frame of another site whose request had no cookie: where the browser
	// partitions cookies, that one is the frame's own, and no window ever sends it. Not made: another answer set it, or none did.
	born response
}

// root stands for all that are joined.
func (b *browser) root() *browser {
	for b.joined != nil {
		if b.joined.joined != nil {
			b.joined = b.joined.joined
		}
		b = b.joined
	}
	return b
}

// join says that two are one.
func (b *browser) join(other *browser) {
	r, o := b.root(), other.root()
	if r == o {
		return
	}
	o.joined = r
	for _, host := range o.visited {
		r.visit(host)
	}
	if !r.born.made() {
		r.born = o.born
	}
}

// visit says that it has opened a page of a host in a window of its own.
func (b *browser) visit(host string) {
	if !slices.Contains(b.visited, host) {
		b.visited = append(b.visited, host)
	}
}

// never tells of two that have each cookies of their own for one host: they are not one browser.
func (b *browser) never(other *browser) bool {
	return slices.ContainsFunc(b.visited, func(host string) bool { return slices.Contains(other.visited, host) })
}

// partitioned tells of a browser that is known by the device cookie of a frame only, see born.
func (b *browser) partitioned() bool { return b.born.made() && len(b.visited) == 0 }

// keepMarks is how many marks of browsers are kept.
const keepMarks = 3000

// browsers tells which requests came from one browser. That is known by
//   - its device cookie: the one that a request sent, or that came with the answer to a request without one,
//   - the session whose cookie it sent, or that it began,
//   - the authorization request whose code it exchanged, and the line of refresh tokens that came of it.
//
// A recording is of one browser, as far as there is one name. A tenant's log names none of these but sessions: the rest is guessed by
// User-Agent and address.
type browsers struct {
	source Source
	marks  map[string]*browser // by what names them: "device …", "session …", "family …"
	order  []string            // of the marks, the oldest first
}

func newBrowsers(source Source) browsers {
	return browsers{source: source, marks: map[string]*browser{}}
}

// mark says that what names a browser was seen in a request.
func (b *browsers) mark(x *exchange, kind, id string) {
	if id == "" {
		return
	}
	name := kind + " " + id
	if known := b.marks[name]; known != nil {
		known.join(x.browser)
		return
	}
	b.marks[name] = x.browser
	if b.order = append(b.order, name); len(b.order) > keepMarks {
		delete(b.marks, b.order[0])
		b.order = b.order[1:]
	}
}

// see takes from an event of a request what it tells of the browser. byID finds the exchange of an earlier request.
func (b *browsers) see(x *exchange, e event.Event, byID map[string]*exchange) {
	switch d := e.Data.(type) {
	case *event.Request:
		b.mark(x, "device", d.Device)
		if d.FetchDest == "document" || d.FetchDest == "" && x.interactive() {
			x.browser.root().visit(x.host())
		}
	case *event.Response:
		if slices.Contains(d.SetCookies, names.DeviceCookie) && x.bareForeignFrame() {
			x.browser.root().born = x.answer
		}
		b.mark(x, "device", d.Device)
	case *event.Session:
		if b.shown(d) {
			b.mark(x, "session", d.ID)
		}
	case *event.LogEntry:
		switch e.Type {
		case event.SuccessSilentAuth, event.SuccessLogin:
			b.mark(x, "session", d.Session)
		case event.SuccessExchangeCode, event.FailedExchangeCode, event.SuccessExchangeRefreshToken, event.FailedExchangeRefreshToken,
			event.FailedExchangeRotatingRefresh:
			if asked := byID[d.AskedBy]; asked != nil {
				asked.browser.join(x.browser)
			}
			b.mark(x, "family", d.Family)
		}
	}
}

// shown tells whether the browser of the request has the session's cookie: it sent it, or got it. A session that ends may be
// that of another browser: a new password ends all.
func (b *browsers) shown(s *event.Session) bool {
	return s.Change != event.SessionEnded || s.Why == event.LoggedOut || s.Why == event.Replaced
}

// compare says whether two requests came from one browser.
func (b *browsers) compare(x, y *exchange) comparison {
	switch {
	case b.source == Recording && x.asked.UserAgent != y.asked.UserAgent && x.asked.UserAgent != "" && y.asked.UserAgent != "":
		return comparison{verdict: otherBrowser} // somebody joined the recordings of two
	case b.source == Recording, x.browser.root() == y.browser.root():
		return comparison{verdict: sameBrowser}
	case b.source == TenantLog:
		return guess(x.asked, y.asked)
	case x.browser.root().never(y.browser.root()):
		return comparison{verdict: otherBrowser}
	case x.asked.UserAgent != y.asked.UserAgent && x.asked.UserAgent != "" && y.asked.UserAgent != "":
		return comparison{verdict: otherBrowser} // a browser keeps its name, though many may have one name
	}
	return comparison{}
}

// guess compares what browsers call themselves, and their addresses, as far as both are known.
func guess(x, y request) comparison {
	host := func(r request) string { // without the port, which every connection has anew
		return r.Remote[:max(0, strings.LastIndexByte(r.Remote, ':'))]
	}
	known := false
	for _, pair := range [][2]string{{x.UserAgent, y.UserAgent}, {host(x), host(y)}} {
		if slices.Contains(pair[:], "") {
			continue
		}
		if known = true; pair[0] != pair[1] {
			return comparison{verdict: otherBrowser, guessed: true}
		}
	}
	if known {
		return comparison{verdict: sameBrowser, guessed: true}
	}
	return comparison{guessed: true}
}

// sessionCookie tells whether the browser sent the session cookie.
func (x *exchange) sessionCookie() bool {
	return x.sentCookie(names.SessionCookie, names.SessionCookieCompat)
}

// host is that of the address that was asked, without its port: cookies go by it. "": not known.
func (x *exchange) host() string {
	host := strings.ToLower(x.asked.Host)
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return host
}

// sharesCookies tells whether a browser sends both requests the same cookies: they went to one host, as far as both are known.
func (x *exchange) sharesCookies(y *exchange) bool {
	return x.host() == "" || y.host() == "" || x.host() == y.host()
}

// bareForeignFrame is a request for a frame of another site, to which the browser gave no cookie at all.
func (x *exchange) bareForeignFrame() bool {
	return x.framed() && x.asked.FetchSite == "cross-site" && x.asked.Cookies != nil && len(x.asked.Cookies) == 0
}
