// Package har reads HTTP archives (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/) as browsers and proxies write
// them, and writes one of what a tenant saw. Reading keeps what concerns a tenant only, without any secret, and needs the
// memory of one entry, however large the file is.
package har

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/jsonpull"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/recording"
)

// MaxSize is how many bytes of an unpacked file are read; a larger one is refused.
const MaxSize = 4 << 30

// Options of Read.
type Options struct {
	Domains []string // of tenants, for a custom domain that nothing gives away; nil: they are found
}

// NoTrafficError says that a file holds no traffic with a tenant.
type NoTrafficError struct {
	Entries int
	Hosts   []recording.HostCount // the most asked first
	Domains []string              // that were named
	Like    string                // where none was named: a host that was asked at a path of a tenant's; "": none was
}

func (e *NoTrafficError) Error() string {
	if e.Entries == 0 {
		return "the HAR has no entries: record with the network panel open before the page is loaded (Preserve log), and save all " +
			"as HAR with content"
	}
	var hosts []string
	for i, h := range e.Hosts {
		if i == 10 {
			hosts = append(hosts, "…")
			break
		}
		hosts = append(hosts, fmt.Sprintf("%s (%d)", h.Host, h.Requests))
	}
	what := "the HAR holds no traffic with an Auth0 tenant"
	if len(e.Domains) > 0 {
		what = "the HAR holds no traffic with " + strings.Join(e.Domains, ", ") + " at a path that a tenant has (/authorize, /oauth/token, …)"
	}
	if e.Like != "" {
		return fmt.Sprintf("nothing in the HAR shows which host is an Auth0 tenant. Its %s went to: %s. %s was asked at a path that a tenant "+
			"has: if that is the tenant's custom domain, name it: --domain %s", recording.Counted(e.Entries, "entry", "entries"),
			strings.Join(hosts, ", "), e.Like, e.Like)
	}
	return fmt.Sprintf("%s. Its %s went to: %s. If that is the tenant's custom domain, or one of them is, name it: --domain %s", what,
		recording.Counted(e.Entries, "entry", "entries"), strings.Join(hosts, ", "), e.example())
}

func (e *NoTrafficError) example() string {
	if len(e.Hosts) > 0 {
		return e.Hosts[0].Host
	}
	return "login.example.com"
}

// NotHARError says that a file is something else.
type NotHARError struct{ Why string }

func (e *NotHARError) Error() string { return e.Why }

func notHAR(format string, args ...any) error { return &NotHARError{fmt.Sprintf(format, args...)} }

// unpack finds out what a stream is and unpacks gzip.
func unpack(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, 64<<10)
	head, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case len(head) == 0:
		return nil, notHAR("the file is empty")
	case strings.HasPrefix(string(head), "\x1f\x8b"):
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, notHAR("the file begins as gzip does, but cannot be unpacked: %v", err)
		}
		return &limited{unzipped, MaxSize}, nil
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		return nil, notHAR("the file is a zip archive (Playwright writes .har.zip): unpack it, and import the .har in it")
	case strings.HasPrefix(string(head), "\xff\xfe") || strings.HasPrefix(string(head), "\xfe\xff"):
		return nil, notHAR("the file is UTF-16; a HAR is UTF-8: save it as UTF-8")
	}
	return &limited{buffered, MaxSize}, nil
}

// limited refuses what is too large instead of ending early.
type limited struct {
	in   io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("the file is larger than %d bytes unpacked: record less, or cut it down to the tenant's requests", int64(MaxSize))
	}
	n, err := l.in.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// Read reads a HAR. A file that was cut off is used as far as it goes, with a note; only what is no HAR at all is an error.
func Read(in io.Reader, red *recording.Redactor, opts Options) (*recording.Recording, error) {
	stream, err := unpack(in)
	if err != nil {
		return nil, err
	}
	f := &file{
		pull: jsonpull.New(stream), red: red, rec: &recording.Recording{Kind: "HAR"}, hosts: map[string]int{}, tenants: map[string]bool{},
		bare:    map[*recording.Exchange]bare{},
		domains: opts.Domains,
	}
	if err := f.document(); err != nil {
		var syntax *jsonpull.SyntaxError
		switch {
		case errors.As(err, &syntax) && f.rec.Entries > 0:
			f.rec.Broken = true
			what := "the HAR is damaged"
			if syntax.Ended {
				what = "the HAR was cut off"
			}
			f.rec.Note(fmt.Sprintf("%s at line %d, column %d (offset %d), after %s; what was read is used: %s", what, syntax.Line, syntax.Column,
				syntax.Offset, recording.Counted(f.rec.Entries, "entry", "entries"), red.Text(syntax.Message)))
		case errors.As(err, &syntax):
			return nil, notHAR("the file is no HAR: %s. The network panel of a browser saves one: Export HAR, or Save all as HAR",
				red.Text(syntax.Error()))
		default:
			return nil, err
		}
	}
	return f.finish()
}

type file struct {
	pull       *jsonpull.Reader
	red        *recording.Redactor
	rec        *recording.Recording
	hosts      map[string]int
	tenants    map[string]bool // hosts that something gives away as a tenant's
	domains    []string
	log        bool // seen
	entries    bool // seen
	cookies    bool // some request has cookies, so the recorder does not leave them out
	setCookies bool // and some answer sets one
	placeless  int  // entries whose address was taken out
	bare       map[*recording.Exchange]bare
	hidden     hidden
	bodies     int // answers of a tenant with a body
	bodiless   int // and without
	undated    int
}

// document is {"log": {…}}.
func (f *file) document() error {
	kind, err := f.pull.Peek()
	if errors.Is(err, io.EOF) {
		return notHAR("the file is empty")
	}
	if err != nil {
		return err
	}
	if kind != jsonpull.Object {
		if kind != jsonpull.Array { // it may only begin as a value does, such as a line with a date or "not found"
			if err := f.pull.Skip(); err != nil {
				return err
			}
			if err := f.pull.End(); err != nil {
				return err
			}
		}
		return notHAR(`the file is no HAR: it holds %s, where {"log": {"entries": […]}} is expected. A tenant's log is read by: mockauth0 import logs`, kind)
	}
	err = f.pull.Object(func(key string) error {
		if key != "log" {
			return f.pull.Skip()
		}
		f.log = true
		return f.pull.Object(f.member)
	})
	if err != nil {
		return err
	}
	if err := f.pull.End(); err != nil {
		return err
	}
	if !f.log || !f.entries {
		missing := "log"
		if f.log {
			missing = "log.entries"
		}
		return notHAR(`the file is JSON, but no HAR: it has no member %s. A HAR is {"log": {"version": "1.2", "entries": […]}}; a tenant's log is read by: mockauth0 import logs`, missing)
	}
	return nil
}

func (f *file) member(key string) error {
	switch key {
	case "creator":
		name, version := "", ""
		err := f.object(func(key string) error {
			switch key {
			case "name":
				return f.text(&name, 100)
			case "version":
				return f.text(&version, 100)
			}
			return f.pull.Skip()
		})
		f.rec.Recorder = strings.TrimSpace(f.red.Text(name) + " " + f.red.Text(version))
		return err
	case "entries":
		f.entries = true
		return f.pull.Array(f.entry)
	}
	return f.pull.Skip()
}

// object reads an object, and passes over anything else: flavours leave members out or write null.
func (f *file) object(member func(key string) error) error {
	if kind, err := f.pull.Peek(); err != nil || kind != jsonpull.Object {
		return f.pull.Skip()
	}
	return f.pull.Object(member)
}

// list is the same for lists.
func (f *file) list(item func() error) error {
	if kind, err := f.pull.Peek(); err != nil || kind != jsonpull.Array {
		return f.pull.Skip()
	}
	return f.pull.Array(item)
}

func (f *file) text(into *string, limit int) error {
	text, _, err := f.pull.Text(limit)
	*into = text
	return err
}

func (f *file) entry() error {
	e := &entry{place: f.rec.Entries + 1}
	if err := f.object(func(key string) error { return f.entryMember(e, key) }); err != nil {
		return err
	}
	f.rec.Entries++
	f.take(e)
	return nil
}

// finish keeps the exchanges with tenants.
func (f *file) finish() (*recording.Recording, error) {
	rec := f.rec
	counted := map[string]int{}
	for host, n := range f.hosts {
		counted[f.red.Host(host)] += n
	}
	rec.CountHosts(counted)
	like := f.like()
	rec.Exchanges = slices.DeleteFunc(rec.Exchanges, func(e *recording.Exchange) bool { return !f.tenant(e.Host) })
	f.cookies = f.cookies || f.setCookies && !stripped(rec.Exchanges)
	for _, e := range rec.Exchanges {
		f.hidden.count(e)
		f.leftOut(e)
		e.Host = f.red.Host(e.Host)
		switch {
		case e.Response.BodyKnown:
			f.bodies++
		case f.bodyExpected(e):
			f.bodiless++
		}
	}
	rec.Finish(f.red)
	if len(rec.Exchanges) == 0 {
		return rec, &NoTrafficError{Entries: rec.Entries, Hosts: rec.Hosts, Domains: f.domains, Like: like}
	}
	f.notes()
	return rec, nil
}

// like is the first host that was asked at a path where tokens or codes come from; "": none, or somebody named the tenant's.
func (f *file) like() string {
	for _, e := range f.rec.Exchanges {
		if len(f.domains) == 0 && (e.Endpoint == names.Token || e.Endpoint == names.Authorize) {
			return f.red.Host(e.Host)
		}
	}
	return ""
}

// stripped tells that the requests' cookies were taken out and those of the answers were not: a login goes on in the browser's own
// window, with the cookies that it was given.
func stripped(exchanges []*recording.Exchange) bool {
	given := map[string]bool{}
	for _, e := range exchanges {
		if given[e.Host] && len(e.Request.Cookies) == 0 && (e.Endpoint == names.Resume || e.Endpoint == names.Login) {
			return true
		}
		given[e.Host] = given[e.Host] || len(e.Response.Cookies) > 0
	}
	return false
}

// leftOut says what the recording does not have of an exchange although somebody sent it.
func (f *file) leftOut(e *recording.Exchange) {
	q, r := &e.Request, &e.Response
	if f.bare[e].request {
		q.Unknown = q.Unknown.With(event.CookieHeader)
	}
	q.CookiesKnown = f.cookies && !q.Unknown.Has(event.CookieHeader)
	if !r.Known {
		return
	}
	if f.bare[e].response {
		r.WithoutHeaders()
	}
	if !f.setCookies {
		r.Unknown = r.Unknown.With(event.SetCookieHeader)
	}
	if r.Status >= 300 && r.Status < 400 && r.Location == "" && r.Shown == "" {
		r.Unknown = r.Unknown.With(event.LocationHeader)
	}
	if !r.BodyKnown && r.Location == "" && e.Method != http.MethodOptions {
		r.Unknown = r.Unknown.With(event.UnknownBody)
	}
}

// hidden counts what was taken out of a recording.
type hidden struct {
	values, exchanges int
	names             []string
}

func (h *hidden) count(e *recording.Exchange) {
	n := 0
	for _, list := range [...]event.Unknown{e.Request.Unknown, e.Response.Unknown} {
		for _, name := range list {
			n++
			if !slices.Contains(h.names, name) {
				h.names = append(h.names, name)
			}
		}
	}
	if h.values += n; n > 0 {
		h.exchanges++
	}
}

// own tells a HAR that this program wrote, of a tenant's events or of a browser that it drove. It never has secrets.
func (f *file) own() bool { return strings.HasPrefix(f.rec.Recorder, "mockauth0") }

// note says how much was taken out, and how to have a better answer; own: of a recording that this program made.
func (h *hidden) note(all int, own bool) string {
	slices.Sort(h.names)
	names := h.names
	if len(names) > 12 {
		names = append(slices.Clone(names[:12]), "…")
	}
	if own {
		return fmt.Sprintf("mockauth0 made this recording and left %s out of %d of the %s with the tenant (%s), so that it can be shown to "+
			"others. Nothing follows from them; the diagnosis of the run itself, which knew them, may say more",
			recording.Counted(h.values, "value", "values"), h.exchanges, recording.Counted(all, "exchange", "exchanges"), strings.Join(names, ", "))
	}
	return fmt.Sprintf("somebody took %s out of %d of the %s with the tenant (%s). They are not known, and nothing follows from them. For a "+
		"better answer, import the recording as it was made: it is read on this machine, and nothing secret of it is written. Or take out "+
		"the values of cookies, codes and tokens only, and leave the cookies' names, state, nonce, client_id, errors and all other headers",
		recording.Counted(h.values, "value", "values"), h.exchanges, recording.Counted(all, "exchange", "exchanges"), strings.Join(names, ", "))
}

func (f *file) bodyExpected(e *recording.Exchange) bool {
	return e.Response.Known && e.Response.Location == "" &&
		(e.Endpoint == names.Authorize || e.Endpoint == names.Token) && e.Response.Error == ""
}

func (f *file) notes() {
	requests, answers := 0, 0
	for _, e := range f.rec.Exchanges {
		if f.bare[e].request {
			requests++
		}
		if f.bare[e].response && e.Response.Known {
			answers++
		}
	}
	if requests+answers > 0 {
		f.rec.Note(fmt.Sprintf("%s and %s of the tenant have no headers in the HAR, so what headers would tell (cookies, CORS, frames) is "+
			"not known: save it with all headers", recording.Counted(requests, "request", "requests"), recording.Counted(answers, "answer",
			"answers")))
	}
	if f.hidden.values > 0 {
		f.rec.Note(f.hidden.note(len(f.rec.Exchanges), f.own()))
	}
	if f.placeless > 0 {
		f.rec.Note(recording.Counted(f.placeless, "entry has no address that can be read, and is left out",
			"entries have no address that can be read, and are left out"))
	}
	if !f.cookies {
		f.rec.Note("no request in the HAR has a cookie: the recorder left them out (Chrome does unless \"with sensitive data\" is chosen), so " +
			"whether the tenant's cookie was sent is not known")
	}
	if f.bodiless > 0 {
		f.rec.Note(fmt.Sprintf("%s no body in the HAR, so what was said there is told from status, headers and what followed: save as HAR with "+
			"content, or with Playwright content: embed",
			recording.Counted(f.bodiless, "answer of the tenant has", "answers of the tenant have")))
	}
	if f.undated > 0 {
		f.rec.Note(recording.Counted(f.undated, "entry has no usable startedDateTime; it keeps its place in the file",
			"entries have no usable startedDateTime; they keep their place in the file"))
	}
	if f.rec.Left > 0 {
		f.rec.Note(fmt.Sprintf("the HAR has %s than the %d that are looked at", recording.Counted(f.rec.Left, "more exchange", "more exchanges"),
			recording.MaxExchanges))
	}
}

// tenant tells hosts that are a tenant's: those that were named, or else those that something gives away.
func (f *file) tenant(host string) bool {
	if len(f.domains) > 0 {
		return slices.ContainsFunc(f.domains, func(d string) bool {
			_, named := domain.Split(d)
			return recording.HostOf(named) == host
		})
	}
	return f.tenants[host]
}
