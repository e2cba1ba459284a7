package mockauth0

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/tenant"
)

// keysOfTests is made once for the package: each server would pay 0.1 s for a key of its own.
var keysOfTests = NewKeyPool("")

// serve starts a tenant for one test; change may alter the small default tenant first.
func serve(t testing.TB, change func(*tenant.Config)) *Server {
	t.Helper()
	tn := tenant.Minimal()
	if change != nil {
		change(tn)
	}
	s, err := New(Options{Tenant: tn, Keys: keysOfTests})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// ringOf is the ring of a tenant that serve started, as it was before any rotation: the keys are of the same pool, their certificates are others.
func ringOf(s *Server) *keys.Ring {
	ring, err := keys.NewRing(keysOfTests, s.Domain())
	if err != nil {
		panic(err) // the pool has made the key already
	}
	return ring
}

// person is a browser without scripts: cookies, and every redirect seen.
type person struct {
	testing.TB
	s *Server
	*http.Client
}

func browse(t testing.TB, s *Server) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := *s.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &person{t, s, &c}
}

type answer struct {
	*http.Response
	body string
}

func (p *person) do(r *http.Request) answer {
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
	return answer{res, string(b)}
}

// get fetches a path of the tenant, or a Location.
func (p *person) get(path string) answer {
	p.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.s.URL() + path
	}
	r, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		p.Fatal(err)
	}
	return p.do(r)
}

func (p *person) post(path string, form url.Values) answer {
	p.Helper()
	r, err := http.NewRequest(http.MethodPost, p.s.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(r)
}

// request is a good authorization request of the tenant's first client; pairs replace or, when empty, remove
// its parameters.
func request(s *Server, pairs ...string) string {
	tn := s.Snapshot()
	q := url.Values{"client_id": {tn.Clients[0].ClientID}, "redirect_uri": {tn.Clients[0].Callbacks[0]}, "response_type": {"token id_token"},
		"scope": {"openid profile email"}, "audience": {tn.ResourceServers[0].Identifier}, "nonce": {"the-nonce"}, "state": {"the-state"}}
	for i := 0; i < len(pairs); i += 2 {
		if q.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return "/authorize?" + q.Encode()
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// login goes through the hosted page as the tenant's first user and returns the answer at the callback.
func (p *person) login(path string) answer {
	p.Helper()
	u := p.s.Snapshot().Users[0]
	page := p.get(p.get(path).Header.Get("Location"))
	field := stateField.FindStringSubmatch(page.body)
	if field == nil {
		p.Fatalf("no login page but %s:\n%s", page.Status, page.body)
	}
	res := p.post("/u/login", url.Values{"state": {field[1]}, "username": {u.Email}, "password": {u.Password}, "action": {"default"}})
	return p.get(res.Header.Get("Location"))
}

// fragment is what a callback got.
func (a answer) fragment(t testing.TB) url.Values {
	t.Helper()
	_, f, _ := strings.Cut(a.Header.Get("Location"), "#")
	v, err := url.ParseQuery(f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLoginThenSilentRenewal(t *testing.T) {
	s := serve(t, nil)
	p := browse(t, s)
	if got := p.get(request(s, "prompt", "none")).fragment(t); got.Get("error") != "login_required" || got.Get("error_description") != "Login required" || got.Get("state") != "the-state" {
		t.Errorf("silent request before login: %v", got)
	}
	for _, step := range []struct {
		name string
		got  url.Values
	}{{"login", p.login(request(s)).fragment(t)}, {"silent", p.get(request(s, "prompt", "none")).fragment(t)}} {
		if step.got.Get("access_token") == "" || step.got.Get("id_token") == "" || step.got.Get("expires_in") != "7200" || step.got.Get("state") != "the-state" {
			t.Errorf("%s: %v", step.name, step.got)
		}
	}
}
