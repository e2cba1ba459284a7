package control_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/mockauth0test"
)

// TestHeldRequestsMeetTheNextTime: what comes while somebody moves other clocks first is answered when this one has followed, or when the
// hold ends.
func TestHeldRequestsMeetTheNextTime(t *testing.T) {
	server := mockauth0test.Start(t)
	move := func(body string) {
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
	ask := func(patience time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL()+"/.well-known/jwks.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.Client().Do(request)
		if err == nil {
			answer.Body.Close()
		}
		return err
	}
	if err := ask(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	for name, ends := range map[string]func(){
		"a move":  func() { move(`{"advance":"2h"}`) },
		"a reset": server.Reset,
	} {
		move(`{"hold":"10s"}`)
		if err := ask(100 * time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a request was not held until %s: %v", name, err)
		}
		ends()
		if err := ask(5 * time.Second); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	move(`{"hold":"1ms"}`)
	if err := ask(5 * time.Second); err != nil {
		t.Errorf("when the hold is over: %v", err)
	}
}
