package event_test

import (
	"testing"
	"time"

	"renewal.example/mockauth0/event"
)

// BenchmarkEventJSON is what each reader of a stream costs for each event.
func BenchmarkEventJSON(b *testing.B) {
	now := time.Unix(1_800_000_000, 123456789).UTC()
	for name, e := range map[string]event.Event{
		"log": {Seq: 12345, Date: now, Wall: now, Kind: event.KindLog, Type: event.SuccessSilentAuth, Request: "0123456789abcdef",
			ClientID:   "TutorialSpaClient000000000000001",
			ClientName: "Tutorial SPA", UserID: "auth0|caac376b89199b6e5f56e6cf", UserName: "ada@example.test", Description: "Success silent auth",
			Data: &event.LogEntry{Session: "AGbA4JeRqk6iOMIxob0PgmefjUfeAcDY", ExpiresIn: 7200, Scope: "openid profile email"}},
		"request": {Seq: 12345, Date: now, Wall: now, Kind: event.KindRequest, Request: "0123456789abcdef", Endpoint: "authorize",
			Data: &event.Request{Method: "GET", Path: "/authorize", Host: "localhost:4443", Remote: "127.0.0.1:4321",
				Cookies: []string{"auth0", "did"},
				Query: event.Query{"client_id": {"TutorialSpaClient000000000000001"}, "prompt": {"none"}, "response_mode": {"web_message"},
					"redirect_uri": {"http://localhost:3000"}, "scope": {"openid profile email"}, "state": {"abc"}, "nonce": {"def"}},
				UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.MarshalJSON(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
