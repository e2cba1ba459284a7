package mockauth0_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/mockauth0test"
)

// TestHeldRequestsMeetTheNextTime: what comes while somebody moves other clocks first is seen when this one has followed.
func TestHeldRequestsMeetTheNextTime(t *testing.T) {
	server := mockauth0test.Start(t)
	began := server.Now()
	post := func(body string) {
		t.Helper()
		answer, err := server.Client().Post(server.URL()+"/__mock/v1/clock", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %s", body, answer.Status, text)
		}
	}
	post(`{"hold":"10s"}`)
	done := make(chan error, 1)
	go func() {
		answer, err := server.Client().Get(server.URL() + "/.well-known/jwks.json")
		if err == nil {
			answer.Body.Close()
		}
		done <- err
	}()
	post(`{"advance":"2h"}`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, e := range server.Events(0) {
		if e.Endpoint == "jwks" && e.Date.Before(began.Add(2*time.Hour)) {
			t.Errorf("%s came at %s, before the clock was moved", e.Description, e.Date)
		}
	}
}
