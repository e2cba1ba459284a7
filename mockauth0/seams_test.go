package mockauth0_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// plans are what a request may meet at the seams without being met by a fault, from none at all.
var plans = []string{"no plan", "nothing armed", "armed for another client"}

// renewal makes a silent request for a code and exchanges it, without network and RSA signatures.
func renewal(t testing.TB, plan string) func() {
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Clients[0].IDTokenAlg = "HS256"
		tn.Clients = append(tn.Clients, tenant.NewClient("Somebody else"))
	})
	switch plan {
	case "no plan":
		s.MountWithoutPlan()
	case "armed for another client":
		armForAnother(t, s)
	}
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s, "audience", ""))
	ask := httptest.NewRequest(http.MethodGet, s.URL()+
		tenanttest.Request(s, "audience", "", "response_type", "code", "prompt", "none", "code_challenge", tenanttest.S256(tenanttest.Verifier),
			"code_challenge_method", "S256"), nil)
	for _, c := range p.Jar.Cookies(tenanttest.ParseURL(t, s.URL())) {
		ask.AddCookie(c)
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {s.Snapshot().Clients[0].ClientID}, "redirect_uri": {s.Snapshot().Clients[0].Callbacks[0]}, "code_verifier": {tenanttest.Verifier},
	}.Encode()
	exchange := httptest.NewRequest(http.MethodPost, s.URL()+"/oauth/token", strings.NewReader(""))
	exchange.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	do := func(r http.Request, body string) *sink {
		w := &sink{header: http.Header{}}
		r.Body, r.ContentLength = http.NoBody, 0
		if body != "" {
			r.Body, r.ContentLength = readCloser{strings.NewReader(body)}, int64(len(body))
		}
		s.Handler().ServeHTTP(w, &r)
		return w
	}
	return func() {
		w := do(*ask, "")
		_, code, _ := strings.Cut(w.header.Get("Location"), "code=")
		code, _, _ = strings.Cut(code, "&")
		if w := do(*exchange, form+"&code="+code); code == "" || w.status != http.StatusOK {
			t.Fatalf("%s: the code %q was answered %d", plan, code, w.status)
		}
	}
}

// armForAnother lets faults wait at every seam of a renewal for a client that never comes.
func armForAnother(t testing.TB, s *mockauth0.Server) {
	t.Helper()
	for _, do := range []fault.Effect{{Status: 503}, {At: "after", Status: 503}, {Body: "empty"}, {Error: "login_required"}, {State: "wrong"},
		{Lifetime: fault.Duration(time.Second)}, {Claims: &fault.Claims{Remove: []string{"sub"}}}, {Token: &fault.Token{Signature: "broken"}},
		{Session: "lost"}, {RefreshToken: "gone"}} {
		if _, err := s.Arm(fault.Fault{When: fault.Match{Client: "Somebody else"}, Times: 1, Do: do}); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkRenewalAndPlan is a renewal with and without a plan: the difference is what the seams cost, which
// BenchmarkSeams in internal/faults measures by themselves.
func BenchmarkRenewalAndPlan(b *testing.B) {
	for _, plan := range plans {
		b.Run(plan, func(b *testing.B) {
			renew := renewal(b, plan)
			b.ReportAllocs()
			for b.Loop() {
				renew()
			}
		})
	}
}

// TestTheSeamsOfARenewalAllocateNothing does not run beside other tests: they allocate, too.
func TestTheSeamsOfARenewalAllocateNothing(t *testing.T) {
	// The race detector lets a sync.Pool forget things at random. A seam is asked some sixteen times in a renewal, so one that
	// allocates shows all the same; internal/faults counts them one by one.
	const noise = 4
	var allocations [3]float64
	for range 5 { // what is amortized, such as a map that grows, may fall into one run or another
		for i, plan := range plans {
			allocations[i] = testing.AllocsPerRun(200, renewal(t, plan))
		}
		if max(allocations[1], allocations[2])-allocations[0] <= noise {
			return
		}
	}
	t.Errorf("a renewal allocates %v times with %q", allocations, plans)
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
