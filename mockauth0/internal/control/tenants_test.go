package control_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// caller sends requests to a server at a host, as a program on the same machine does.
type caller struct {
	testing.TB
	server *mockauth0.Server
	host   string
}

// ask wants a status, and reads the answer into v unless that is nil. headers are pairs.
func (c caller) ask(method, path, body string, want int, v any, headers ...string) {
	c.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host, r.RemoteAddr = c.host, "127.0.0.1:40000"
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Body)
	if err != nil || w.Code != want {
		c.Errorf("%s %s at %s: %d %s %v, want %d", method, path, c.host, w.Code, text, err, want)
		return
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(text, v); err != nil {
		c.Errorf("%s %s: %v in %s", method, path, err, text)
	}
}

type view struct{ Name, Domain, Issuer, Control string }

func TestTenants(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	_, port, _ := strings.Cut(s.Addr(), ":")
	at := caller{t, s, s.Addr()}
	var made, given, byIt view
	at.ask("POST", "/__mock/v1/tenants", "", 201, &made)
	if made.Domain != made.Name+".localhost:"+port || made.Issuer != "https://"+made.Domain+"/" ||
		made.Control != "https://"+s.Addr()+"/__mock/v1/tenants/"+made.Name {
		t.Errorf("%+v", made)
	}
	at.ask("POST", "/__mock/v1/tenants", `{"name":"given","domain":"login.given.test"}`, 201, &given)
	if given.Name != "given" || given.Issuer != "https://login.given.test/" {
		t.Errorf("%+v", given)
	}
	at.ask("POST", "/__mock/v1/tenants/given/tenants", `{"name":"by-it"}`, 201, &byIt) // it can be asked for one, too
	if byIt.Control != "https://"+s.Addr()+"/__mock/v1/tenants/by-it" {
		t.Errorf("%+v", byIt)
	}
	var list struct{ Tenants []view }
	at.ask("GET", "/__mock/v1/tenants", "", 200, &list)
	if len(list.Tenants) != 4 || list.Tenants[0].Name != mockauth0.OwnTenant || list.Tenants[0].Issuer != s.Issuer() ||
		list.Tenants[1] != made {
		t.Errorf("%+v", list)
	}
	var one view
	if at.ask("GET", "/__mock/v1/tenants/given", "", 200, &one); one != given {
		t.Errorf("%+v", one)
	}
	for _, tc := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/tenants", `{"name":"given"}`, 409},
		{"POST", "/tenants", `{"domain":"login.given.test"}`, 409},
		{"POST", "/tenants", `{"name":"a b"}`, 400},
		{"POST", "/tenants", `{"domain":"http://a.test"}`, 400},
		{"POST", "/tenants", `{"nmae":"a"}`, 400},
		{"POST", "/tenants", `{"override":{"client":{"calbacks":[]}}}`, 400},
		{"POST", "/tenants", `{"override":{"client":{"callbacks":["http://localhost:9"]}}}`, 201},
		{"GET", "/tenants/nobody", "", 404},
		{"DELETE", "/tenants/nobody", "", 404},
		{"GET", "/tenants/nobody/clock", "", 404},
		{"DELETE", "/tenants/default", "", 409},
		{"DELETE", "/tenants/given", "", 200},
		{"DELETE", "/tenants/given", "", 404},
		{"DELETE", "/tenants/by-it/tenants/by-it", "", 200},
		{"GET", "/tenants/by-it/clock", "", 404},
	} {
		at.ask(tc.method, "/__mock/v1"+tc.path, tc.body, tc.want, nil)
	}
}

// TestATenantIsReachedByPath: programs that cannot look up a name below localhost control it all the same.
func TestATenantIsReachedByPath(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	made, err := s.NewTenant(mockauth0.TenantOptions{Name: "one"})
	if err != nil {
		t.Fatal(err)
	}
	const path = "/__mock/v1/tenants/one"
	for _, host := range []string{s.Addr(), "localhost:1", "[::1]", s.Domain(), made.Domain()} {
		at := caller{t, s, host}
		at.ask("POST", path+"/clock", `{"frozen":true}`, 200, nil)
		at.ask("POST", path+"/clock", `{"advance":"1h"}`, 200, nil)
		at.ask("PATCH", path+"/users/auth0%7C"+strings.TrimPrefix(made.Snapshot().Users[0].ID, "auth0|"), `{"blocked":true}`, 200, nil)
	}
	if by := made.Now().Sub(s.Now()).Round(1e9); by.Hours() < 4.9 || !made.Snapshot().Users[0].Blocked || s.Snapshot().Users[0].Blocked {
		t.Errorf("the tenant is %s ahead, blocked %t", by, made.Snapshot().Users[0].Blocked)
	}
	caller{t, s, "evil.example"}.ask("GET", path+"/clock", "", 403, nil)
	caller{t, s, s.Addr()}.ask("GET", path+"/nothing", "", 404, nil)
	caller{t, s, s.Addr()}.ask("GET", path+"/", "", 404, nil)
}

// TestWhichPagesReachATenantByPath: those of the server's own tenant, and what that tenant itself lets in.
func TestWhichPagesReachATenantByPath(t *testing.T) {
	t.Parallel()
	const listed = "https://control.example.test"
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.ControlOrigins = []string{listed} })
	for _, name := range []string{"one", "other"} {
		if _, err := s.NewTenant(mockauth0.TenantOptions{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	tenants := s.Tenants()
	own, one, other := s.Tenant, tenants[1], tenants[2]
	for _, tc := range []struct {
		name    string
		at      *mockauth0.Tenant
		headers []string
		want    int
	}{
		{"the own tenant's page", own, []string{"Origin", own.URL(), "Sec-Fetch-Site", "same-origin"}, 200},
		{"the own tenant's page, reading", own, []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"its own page", one, []string{"Origin", one.URL(), "Sec-Fetch-Site", "same-origin"}, 200},
		{"its own page, at the server's host", own, []string{"Origin", one.URL(), "Sec-Fetch-Site", "cross-site"}, 200},
		{"another tenant's page", other, []string{"Origin", other.URL(), "Sec-Fetch-Site", "same-origin"}, 403},
		{"another tenant's page, reading", other, []string{"Sec-Fetch-Site", "same-origin"}, 403},
		{"another tenant's page, at the server's host", own, []string{"Origin", other.URL(), "Sec-Fetch-Site", "same-site"}, 403},
		{"a listed page", own, []string{"Origin", listed, "Sec-Fetch-Site", "cross-site"}, 200},
		{"a foreign page", own, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"a foreign page's picture", own, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a page of nowhere", own, []string{"Origin", "null"}, 403},
	} {
		caller{&named{t, tc.name}, s, tc.at.Domain()}.ask("GET", "/__mock/v1/tenants/one/clock", "", tc.want, nil, tc.headers...)
	}
}

// named says in errors which case it was.
type named struct {
	testing.TB
	name string
}

func (n *named) Errorf(format string, args ...any) {
	n.Helper()
	n.TB.Errorf(n.name+": "+format, args...)
}
