package control_test

import (
	"net/http"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

func TestSnapshots(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	const js = "application/json"
	document := p.Get("/__mock/v1/snapshot")
	if document.StatusCode != http.StatusOK || !strings.HasPrefix(document.Text, `{"format":"mockauth0 state","version":1,`) {
		t.Fatalf("%s %.100s", document.Status, document.Text)
	}
	s.EndSessions("")
	if got := p.Ask("PUT", "/__mock/v1/snapshot", document.Text, "Content-Type", js); got.StatusCode != http.StatusOK ||
		len(s.Sessions()) != 1 {
		t.Errorf("%s %s, %d sessions", got.Status, got.Text, len(s.Sessions()))
	}
	if got := p.Ask("POST", "/__mock/v1/snapshot/save", "{}", "Content-Type", js); got.StatusCode != http.StatusConflict ||
		!strings.Contains(got.Text, "serve --state FILE") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
}
