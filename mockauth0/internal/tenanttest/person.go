package tenanttest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0"
)

// PostJSON sends JSON, as SDKs do.
func (p *Person) PostJSON(path string, pairs ...string) Answer {
	p.Helper()
	body := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	raw, err := json.Marshal(body)
	if err != nil {
		p.Fatal(err)
	}
	return p.Ask("POST", path, string(raw), "Content-Type", "application/json", "Origin", "http://localhost:3000")
}

// InProcess carries requests to a handler without a network.
type InProcess struct{ http.Handler }

// RoundTrip answers a request.
func (h InProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context()) // a server finds a body in every request
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// ForgetCookies empties the cookie jar: the browser is another one now, or one that kept no cookie of a cross-site request.
func (p *Person) ForgetCookies() {
	p.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.Fatal(err)
	}
	p.Jar = jar
}

// Person is somebody in a browser without scripts: it keeps cookies and does not follow redirects. Where something is not
// as a method expects, the method fails the test.
type Person struct {
	testing.TB
	Server *mockauth0.Server // whose tenant the person visits
	*http.Client
}

// Browse opens a new browser, without cookies.
func Browse(t testing.TB, s *mockauth0.Server) *Person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := *s.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Person{t, s, &c}
}

// Answer is a response whose body has been read.
type Answer struct {
	*http.Response
	Text string // the body
}

// Send sends a request and reads the answer.
func (p *Person) Send(r *http.Request) Answer {
	p.Helper()
	res, err := p.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.Fatal(err)
	}
	return Answer{res, string(b)}
}

// Get fetches a path of the tenant, or a Location.
func (p *Person) Get(path string) Answer {
	p.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.Server.URL() + path
	}
	r, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		p.Fatal(err)
	}
	return p.Send(r)
}

// Post posts a form to a path of the tenant.
func (p *Person) Post(path string, form url.Values) Answer {
	p.Helper()
	r, err := http.NewRequest(http.MethodPost, p.Server.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.Send(r)
}

// ParseURL parses an address.
func ParseURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Form is a form made of names and values in pairs; an empty value removes the name.
func Form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return v
}

// Ask sends a request with headers given as pairs.
func (p *Person) Ask(method, path, body string, headers ...string) Answer {
	p.Helper()
	r, err := http.NewRequest(method, p.Server.URL()+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got := p.Send(r)
	if strings.HasPrefix(path, "/__mock/") && got.StatusCode < 300 && got.Text != "" && !strings.HasSuffix(got.Text, "\n") {
		p.Errorf("%s %s: the control API ends its lines, for people with curl: %q", method, path, got.Text)
	}
	got.Text = strings.TrimSuffix(got.Text, "\n")
	return got
}
