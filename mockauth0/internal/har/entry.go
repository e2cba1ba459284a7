package har

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/recording"
)

// Limits of one entry. What is longer is cut: no request or answer of a tenant that matters here is.
const (
	maxURL    = 64 << 10
	maxHeader = 8 << 10
	maxBody   = 256 << 10
	maxPairs  = 200
	maxHosts  = 2000
)

// entry is an entry as it is in the file, secrets included. It does not outlive its reading.
type entry struct {
	place        int
	started      string
	took         float64
	failure      string
	method, url  string
	request      []pair
	asked        []string // names of cookies, where the recorder lists them
	post         []pair
	postType     string
	postText     string
	postEncoding string
	answered     bool // the entry has a response
	status       int
	response     []pair
	set          []string
	redirect     string
	contentType  string
	content      string
	hasContent   bool
	contentCut   bool
	encoding     string
}

type pair struct{ name, value string }

// bare tells an entry without headers, which every request and every answer has: they were taken out.
type bare struct{ request, response bool }

func (f *file) entryMember(e *entry, key string) error {
	switch key {
	case "startedDateTime":
		return f.text(&e.started, 100)
	case "time":
		return f.number(&e.took)
	case "_error", "_failureText":
		return f.text(&e.failure, 500)
	case "request":
		return f.object(func(key string) error { return f.requestMember(e, key) })
	case "response":
		return f.object(func(key string) error { return f.responseMember(e, key) })
	}
	return f.pull.Skip()
}

func (f *file) requestMember(e *entry, key string) error {
	switch key {
	case "method":
		return f.text(&e.method, 20)
	case "url":
		return f.text(&e.url, maxURL)
	case "headers":
		return f.pairs(&e.request)
	case "cookies":
		return f.names(&e.asked)
	case "postData":
		return f.object(func(key string) error {
			switch key {
			case "mimeType":
				return f.text(&e.postType, 200)
			case "text":
				return f.text(&e.postText, maxBody)
			case "encoding", "_encoding":
				return f.text(&e.postEncoding, 20)
			case "params":
				return f.pairs(&e.post)
			}
			return f.pull.Skip()
		})
	}
	return f.pull.Skip()
}

func (f *file) responseMember(e *entry, key string) error {
	switch key {
	case "status":
		e.answered = true
		var status float64
		err := f.number(&status)
		if status > 0 && status < 1000 { // Chrome writes 0, Playwright -1 when there was no answer
			e.status = int(status)
		}
		return err
	case "headers":
		return f.pairs(&e.response)
	case "cookies":
		return f.names(&e.set)
	case "redirectURL":
		return f.text(&e.redirect, maxURL)
	case "_error", "_failureText":
		return f.text(&e.failure, 500)
	case "content":
		return f.object(func(key string) error {
			switch key {
			case "mimeType":
				return f.text(&e.contentType, 200)
			case "encoding":
				return f.text(&e.encoding, 20)
			case "text":
				var err error
				e.content, e.contentCut, err = f.pull.Text(maxBody)
				e.hasContent = true
				return err
			}
			return f.pull.Skip()
		})
	}
	return f.pull.Skip()
}

func (f *file) number(into *float64) error {
	text, _, err := f.pull.Text(40)
	*into, _ = strconv.ParseFloat(text, 64) // 0 when it is none
	return err
}

func (f *file) pairs(into *[]pair) error {
	return f.list(func() error {
		var p pair
		err := f.object(func(key string) error {
			switch key {
			case "name":
				return f.text(&p.name, 200)
			case "value":
				return f.text(&p.value, maxHeader)
			}
			return f.pull.Skip()
		})
		if p.name != "" && len(*into) < maxPairs {
			*into = append(*into, p)
		}
		return err
	})
}

// names reads the names of cookies; their values become known as secrets.
func (f *file) names(into *[]string) error {
	var cookies []pair
	if err := f.pairs(&cookies); err != nil {
		return err
	}
	for _, c := range cookies {
		f.cookie(c)
		*into = append(*into, c.name)
	}
	return nil
}

func (f *file) cookie(c pair) {
	if len(c.value) >= 12 {
		f.red.Secret(c.value)
		if plain, err := url.PathUnescape(c.value); err == nil {
			f.red.Secret(plain)
		}
	}
}

// header is a field's value, whatever the case of its name: over HTTP/2 names are lower-case.
func header(pairs []pair, name string) string {
	for _, p := range pairs {
		if strings.EqualFold(p.name, name) {
			return p.value
		}
	}
	return ""
}

// values are those of all fields of a name.
func values(pairs []pair, name string) (all []string) {
	for _, p := range pairs {
		if strings.EqualFold(p.name, name) {
			all = append(all, p.value)
		}
	}
	return all
}

// has tells whether there is a field, whatever its value.
func has(pairs []pair, name string) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool { return strings.EqualFold(p.name, name) })
}

// hostTakenOut stands for a host that cannot be one: somebody put a mark in its place.
const hostTakenOut = "redacted.invalid"

// parsed reads an address, also one of which the host was taken out.
func parsed(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err == nil {
		return u, nil
	}
	scheme, rest, ok := strings.Cut(address, "://")
	end := strings.IndexByte(rest, '/')
	if !ok || end < 0 || !recording.Hidden(rest[:end]) {
		return nil, err
	}
	return url.Parse(scheme + "://" + hostTakenOut + rest[end:])
}

// take keeps an entry that may be an exchange with a tenant.
func (f *file) take(e *entry) {
	u, err := parsed(e.url)
	if err != nil || u.Host == "" {
		if recording.Hidden(e.url) || strings.Contains(e.url, "/authorize") || strings.Contains(e.url, "/oauth/") {
			f.placeless++
		}
		return
	}
	host := recording.HostOf(u.Host)
	if f.hosts[host] > 0 || len(f.hosts) < maxHosts {
		f.hosts[host]++
	}
	f.cookies = f.cookies || len(e.asked) > 0 || has(e.request, "Cookie")
	f.setCookies = f.setCookies || len(e.set) > 0 || has(e.response, "Set-Cookie")
	endpoint := recording.Endpoint(u.Path)
	if endpoint == "" {
		return
	}
	x := &recording.Exchange{
		Place: e.place, Host: host, Endpoint: endpoint, Method: f.red.Text(strings.ToUpper(e.method)), Path: f.red.Text(u.Path),
	}
	if u.Scheme == "http" {
		x.Scheme = u.Scheme
	}
	if x.Method == http.MethodOptions {
		x.Endpoint += names.Preflight
	}
	if start, ok := recording.Moment(e.started); ok {
		x.Start = start
	} else {
		f.undated++
	}
	if e.took > 0 && e.took < 1e9 {
		x.Took = time.Duration(e.took * float64(time.Millisecond))
	}
	f.fromRequest(x, e, u)
	if recording.Hidden(u.Host) || u.Host == hostTakenOut {
		x.Request.Unknown = x.Request.Unknown.With(event.HostHeader)
	}
	f.fromResponse(x, e)
	f.giveAway(x, e)
	f.bare[x] = bare{len(e.request) == 0 && len(e.asked) == 0, len(e.response) == 0}
	if len(f.rec.Exchanges) >= recording.MaxExchanges {
		f.rec.Left++
		return
	}
	f.rec.Exchanges = append(f.rec.Exchanges, x)
}

// giveAway looks for what only a tenant has.
func (f *file) giveAway(x *recording.Exchange, e *entry) {
	p := x.Request.Params
	switch {
	case recording.TenantDomain(x.Host), header(e.response, "X-Auth0-RequestId") != "", header(e.request, "Auth0-Client") != "",
		x.Endpoint == names.Authorize && p["client_id"] != "" && p["response_type"] != "" && x.Request.SDK != "",
		x.Endpoint == names.Logout && p["client_id"] != "" && p["returnTo"] != "":
		if len(f.tenants) < maxHosts {
			f.tenants[x.Host] = true
		}
	}
}

func (f *file) fromRequest(x *recording.Exchange, e *entry, u *url.URL) {
	q := &x.Request
	q.Params = map[string]string{}
	for name, value := range f.parameters(e, u) {
		if name == "auth0Client" {
			q.SDK, q.Version = f.sdk(value)
			continue
		}
		if len(q.Params) < maxPairs {
			q.Param(f.red, name, value)
		}
	}
	if sent := header(e.request, "Auth0-Client"); sent != "" {
		q.SDK, q.Version = f.sdk(sent)
	}
	if q.Unknown.Has("grant_type") {
		q.GrantByName()
	}
	f.sentCookies(q, e)
	f.authorization(header(e.request, "Authorization"))
	q.Origin, q.Referer = f.origin(header(e.request, "Origin")), f.origin(header(e.request, "Referer"))
	q.Browser = f.red.Browser(header(e.request, "User-Agent"))
	for _, name := range [...]string{
		"Origin", "Referer", "User-Agent", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Storage-Access",
	} {
		if v := header(e.request, name); has(e.request, name) && (v == "" || recording.Hidden(v)) {
			q.Unknown = q.Unknown.With(name)
		}
	}
	for name, into := range map[string]*string{
		"Sec-Fetch-Site": &q.Site, "Sec-Fetch-Dest": &q.Dest, "Sec-Fetch-Mode": &q.Mode, "Sec-Fetch-Storage-Access": &q.Storage,
	} {
		if v := header(e.request, name); fetchWord(v) {
			*into = v
		}
	}
}

// origin is that of an address, unless part of it was taken out.
func (f *file) origin(address string) string {
	if recording.Hidden(address) {
		return ""
	}
	return f.red.Origin(address)
}

// sentCookies takes the names of the cookies that were sent. Where they, or all of the header, were taken out, it is not known which.
func (f *file) sentCookies(q *recording.Request, e *entry) {
	q.Cookies = slices.Clone(e.asked)
	lines := values(e.request, "Cookie") // HTTP/2 may split the header
	line := strings.Join(lines, ";")
	hidden := slices.ContainsFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	for part := range strings.SplitSeq(line, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case recording.Hidden(name), !ok && recording.Hidden(part), !ok && !strings.Contains(line, "=") && name != "":
			hidden = true // a word that is no list of cookies stands in place of one
		case ok:
			f.cookie(pair{name, value})
			if !slices.Contains(q.Cookies, name) && len(q.Cookies) < maxPairs {
				q.Cookies = append(q.Cookies, name)
			}
		}
	}
	if hidden || slices.ContainsFunc(e.asked, recording.Hidden) {
		q.Unknown = q.Unknown.With(event.CookieHeader)
	}
	q.Cookies = cookieNames(q.Cookies)
}

// cookieNames keeps the names of Auth0's own cookies: those of others may say who somebody is.
func cookieNames(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool {
		return !slices.Contains([]string{
			"auth0", "auth0_compat", "auth0-mf", "auth0-mf_compat", "did", "did_compat", "_csrf", "_legacy_auth0", "a0_users:sess",
			"a0_users:sess.sig",
		}, name)
	})
}

// fetchWord tells a value that a Sec-Fetch header can have.
func fetchWord(v string) bool {
	return v != "" && len(v) < 20 && strings.IndexFunc(v, func(c rune) bool { return (c < 'a' || c > 'z') && c != '-' }) < 0
}

func (f *file) authorization(value string) {
	scheme, credential, ok := strings.Cut(value, " ")
	if !ok {
		return
	}
	f.red.Secret(strings.TrimSpace(credential))
	if strings.EqualFold(scheme, "basic") {
		if raw, err := base64.StdEncoding.DecodeString(credential); err == nil {
			_, secret, _ := strings.Cut(string(raw), ":")
			f.red.Secret(secret)
		}
	}
}

// parameters are those of the query and of the body: a form or JSON, as text or as a list, in the ways in which recorders
// write them.
func (f *file) parameters(e *entry, u *url.URL) map[string]string {
	out := map[string]string{}
	add := func(name, value string) {
		if _, ok := out[name]; !ok && name != "" && len(out) < maxPairs {
			out[name] = value
		}
	}
	query, _ := url.ParseQuery(u.RawQuery) // what can be read of it
	for name, values := range query {
		add(name, values[0])
	}
	text := e.postText
	if e.postEncoding == "base64" {
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			text = string(raw)
		}
	}
	if head, body, ok := strings.Cut(text, "\r\n\r\n"); ok && strings.HasPrefix(strings.ToLower(head), "content-") {
		text = body // Firefox puts the fields of an upload stream in front
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		var members map[string]any
		if json.Unmarshal([]byte(text), &members) == nil {
			for name, value := range members {
				if s, ok := value.(string); ok {
					add(name, s)
				}
			}
		}
	} else if strings.Contains(text, "=") {
		form, _ := url.ParseQuery(text)
		for name, values := range form {
			add(name, values[0])
		}
	}
	for _, p := range e.post {
		value := p.value
		if plain, err := url.QueryUnescape(value); err == nil && strings.Contains(value, "%") { // Chrome leaves them as they were sent
			value = plain
		}
		add(p.name, value)
	}
	return out
}

// sdk reads telemetry: base64 of {"name", "version"}.
func (f *file) sdk(telemetry string) (name, version string) {
	raw, err := base64.StdEncoding.DecodeString(telemetry)
	if err != nil {
		raw, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(telemetry, "="))
	}
	var said struct{ Name, Version string }
	if err != nil || json.Unmarshal(raw, &said) != nil || len(said.Name) > 60 || len(said.Version) > 30 {
		return "", ""
	}
	return f.red.Text(said.Name), f.red.Text(said.Version)
}

func (f *file) fromResponse(x *recording.Exchange, e *entry) {
	r := &x.Response
	r.Status, r.Known = e.status, e.status > 0
	if !r.Known {
		r.Failure = f.red.Text(e.failure)
		if r.Failure == "" && e.answered { // the browser got none, and does not say why
			r.Failure = "no answer was recorded"
		}
		return
	}
	f.setNames(r, e)
	f.responseHeaders(r, e)
	location := header(e.response, "Location")
	if location == "" && r.Status >= 300 && r.Status < 400 {
		location = e.redirect
	}
	x.Redirect(f.red, location)
	if body, ok := e.body(); ok {
		x.Answer(f.red, e.media(body), body)
	}
}

// media is the type of the answer's body, which the body itself shows where it was taken out.
func (e *entry) media(body []byte) string {
	for _, said := range [...]string{header(e.response, "Content-Type"), e.contentType} {
		if media, _, err := mime.ParseMediaType(said); err == nil && strings.Contains(media, "/") && !recording.Hidden(said) {
			return media
		}
	}
	switch begin := bytes.TrimSpace(body); {
	case bytes.HasPrefix(begin, []byte("{")):
		return "application/json"
	case bytes.HasPrefix(begin, []byte("<")):
		return "text/html"
	}
	return ""
}

// setNames takes the names of the cookies that were set.
func (f *file) setNames(r *recording.Response, e *entry) {
	r.Cookies = slices.Clone(e.set)
	hidden := slices.ContainsFunc(e.set, recording.Hidden)
	for _, p := range e.response {
		if !strings.EqualFold(p.name, event.SetCookieHeader) {
			continue
		}
		for line := range strings.SplitSeq(p.value, "\n") { // some recorders join them by line feeds
			first, _, _ := strings.Cut(line, ";")
			name, value, ok := strings.Cut(strings.TrimSpace(first), "=")
			switch {
			case first == "", recording.Hidden(name), !ok && recording.Hidden(first):
				hidden = true
			case ok:
				f.cookie(pair{name, value})
				if !slices.Contains(r.Cookies, name) {
					r.Cookies = append(r.Cookies, name)
				}
			}
		}
	}
	if hidden {
		r.Unknown = r.Unknown.With(event.SetCookieHeader)
	}
	r.Cookies = cookieNames(r.Cookies)
}

// body is an answer's content; ok is false when it was not recorded. Playwright may keep it in a file of its own, which is
// not here.
func (e *entry) body() ([]byte, bool) {
	if !e.hasContent || e.content == "" || e.contentCut {
		return nil, false
	}
	if e.encoding != "base64" {
		return []byte(e.content), true
	}
	raw, err := base64.StdEncoding.DecodeString(e.content)
	return raw, err == nil
}

// responseHeaders keeps the headers from which a diagnosis follows.
func (f *file) responseHeaders(r *recording.Response, e *entry) {
	r.Headers = map[string]string{}
	for _, name := range [...]string{event.AllowOriginHeader, event.FrameOptionsHeader, event.CSPHeader} {
		if v := header(e.response, name); has(e.response, name) && (v == "" || recording.Hidden(v)) {
			r.Unknown = r.Unknown.With(name)
		}
	}
	for _, name := range [...]string{
		"content-type", "access-control-allow-origin", "access-control-allow-credentials", "x-frame-options", "retry-after", "x-ratelimit-limit",
		"x-ratelimit-remaining", "x-ratelimit-reset", "auth0-ratelimit", "cache-control",
	} {
		if v := header(e.response, name); v != "" && !recording.Hidden(v) {
			if name == "access-control-allow-origin" && v != "*" {
				v = f.red.Origin(v)
			}
			r.Headers[name] = f.red.Text(v)
		}
	}
	for directive := range strings.SplitSeq(header(e.response, "Content-Security-Policy"), ";") {
		if directive = strings.TrimSpace(directive); strings.HasPrefix(directive, "frame-ancestors") {
			r.Headers["content-security-policy"] = f.red.Text(directive)
		}
	}
}
