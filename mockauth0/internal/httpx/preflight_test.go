package httpx_test

import (
	"net/http"
	"testing"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/mockauth0test"
)

// TestAPreflightOverHTTP2IsAnswered: a browser speaks HTTP/2, where an answer 204 takes no body, not even an empty one.
func TestAPreflightOverHTTP2IsAnswered(t *testing.T) {
	t.Parallel()
	tenant := mockauth0test.Start(t)
	req, err := http.NewRequest(http.MethodOptions, tenant.URL()+"/oauth/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "http://localhost:3000")
	req.Header.Set("Access-Control-Request-Method", http.MethodPost)
	res, err := tenant.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNoContent || res.ProtoMajor != 2 {
		t.Fatalf("%s over %s", res.Status, res.Proto)
	}
	// What a request leads to is in the log before the next one is answered.
	if res, err = tenant.Client().Get(tenant.URL() + "/.well-known/jwks.json"); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	for _, e := range tenant.Events(0) {
		if e.Kind == event.KindNoAnswer {
			t.Errorf("%s: %s", e.Endpoint, e.Description)
		}
	}
}
