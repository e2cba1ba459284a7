package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
)

// following is a program that follows the clock by HTTP, and does so when the test says.
type following struct {
	t      *testing.T
	server *mockauth0.Server
	leave  context.CancelFunc
	stream *bufio.Scanner
}

type told struct {
	Follower string
	Move     uint64
	Now      time.Time
	OffsetMS int64 `json:"offset_ms"`
	Frozen   bool
}

func follows(t *testing.T, s *mockauth0.Server, name string) *following {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/__mock/v1/clock/follow?name="+name, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s, %s", res.Status, res.Header.Get("Content-Type"))
	}
	return &following{t, s, cancel, bufio.NewScanner(res.Body)}
}

// hears reads the next event of the stream.
func (f *following) hears() (at told) {
	f.t.Helper()
	for f.stream.Scan() {
		if data, ok := strings.CutPrefix(f.stream.Text(), "data: "); ok {
			if err := json.Unmarshal([]byte(data), &at); err != nil {
				f.t.Fatal(err)
			}
			return at
		}
	}
	f.t.Fatalf("the stream ended: %v", f.stream.Err())
	return at
}

func (f *following) followed(at told) {
	f.t.Helper()
	if status, text := post(f.t, f.server, "/clock/followed", fmt.Sprintf(`{"follower":%q,"move":%d}`, at.Follower, at.Move)); status != 200 {
		f.t.Fatalf("%d %s", status, text)
	}
}

func post(t *testing.T, s *mockauth0.Server, path, body string) (status int, text string) {
	t.Helper()
	res, err := s.Client().Post(s.URL()+"/__mock/v1"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	var b strings.Builder
	if _, err := bufio.NewReader(res.Body).WriteTo(&b); err != nil {
		t.Error(err)
	}
	return res.StatusCode, b.String()
}

// TestAMoveWaitsForThoseWhoFollow and answers when all of them have.
func TestAMoveWaitsForThoseWhoFollow(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	one, two := follows(t, s, "one"), follows(t, s, "two")
	for _, f := range []*following{one, two} {
		at := f.hears()
		if at.Follower == "" || at.Move == 0 || at.OffsetMS != 0 || at.Frozen {
			t.Fatalf("at first: %+v", at)
		}
		f.followed(at)
	}
	moved := make(chan string)
	go func() {
		_, text := post(t, s, "/clock", `{"advance":"2h"}`)
		moved <- text
	}()
	first := one.hears()
	if hours := time.Duration(first.OffsetMS) * time.Millisecond; hours.Round(time.Second) != 2*time.Hour {
		t.Errorf("one hears of %v, want 2h", hours)
	}
	one.followed(first)
	second := two.hears()
	select {
	case text := <-moved:
		t.Errorf("the move answered before two had followed: %s", text)
	default:
	}
	two.followed(second)
	if text := <-moved; strings.Contains(text, "late") {
		t.Errorf("after both had followed: %s", text)
	}
	if got := s.Followers(); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("followers: %v", got)
	}
}

// TestNobodyWaitsForAFollowerThatDied: not any longer than it takes to notice.
func TestNobodyWaitsForAFollowerThatDied(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	f := follows(t, s, "mortal")
	f.followed(f.hears())
	moved := make(chan string)
	go func() {
		_, text := post(t, s, "/clock", `{"frozen":true}`)
		moved <- text
	}()
	if at := f.hears(); !at.Frozen {
		t.Errorf("frozen: %+v", at)
	}
	f.leave()
	if text := <-moved; strings.Contains(text, "late") || !strings.Contains(text, `"frozen":true`) {
		t.Error(text)
	}
	if got := s.Followers(); len(got) > 0 {
		t.Errorf("followers: %v", got)
	}
}

// TestAMoveSaysWhoHasNotFollowed, and the next one does not wait for them again.
func TestAMoveSaysWhoHasNotFollowed(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	f := follows(t, s, "asleep")
	first := f.hears()
	if _, text := post(t, s, "/clock", `{"advance":"1h","wait_for":["nobody"]}`); !strings.Contains(text, `"late":["asleep","nobody"]`) {
		t.Error(text)
	}
	if _, text := post(t, s, "/clock", `{"advance":"1h"}`); strings.Contains(text, "late") {
		t.Error(text)
	}
	f.followed(first)
	second := f.hears()
	for second.OffsetMS < 7199_000 { // of both moves, or of the latest only
		second = f.hears()
	}
	f.followed(second)
	if second.Move <= first.Move {
		t.Errorf("the stream goes on with %+v after %+v", second, first)
	}
	for path, want := range map[string]string{
		`{"follower":"follower-99","move":1}`: "404", `{"follower":"follower-1"}`: "400", `{"id":"x"}`: "400",
	} {
		if status, text := post(t, s, "/clock/followed", path); fmt.Sprint(status) != want {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	a := tenanttest.Browse(t, s).Ask("GET", "/__mock/v1/clock/follow", "")
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.Text, "give the program a name") {
		t.Errorf("%s %s", a.Status, a.Text)
	}
}
