package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/clock"
)

// gate is a stderr that nobody reads until it is opened.
type gate struct {
	tried  chan struct{} // gets a value for each message that stands before it
	opened chan struct{}
	text   bytes.Buffer
}

func newGate() *gate { return &gate{tried: make(chan struct{}, 1<<16), opened: make(chan struct{})} }

func (g *gate) Write(b []byte) (int, error) {
	g.tried <- struct{}{}
	<-g.opened
	return g.text.Write(b)
}

func TestAServingCommandNeverWaitsForStderr(t *testing.T) {
	out := newGate()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	s := newStderr(ctx, out)
	s.serve()
	message := strings.Repeat("x", 1023) + "\n"
	const said = 3000
	fmt.Fprint(s, "0 ", message)
	<-out.tried // it has left the queue
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		for n := 1; n < said; n++ {
			fmt.Fprintf(s, "%d %s", n, message)
		}
	}()
	select {
	case <-returned:
	case <-clock.WallAfter(patience):
		t.Error("a write waits for the reader")
	}
	close(out.opened)
	<-returned
	fmt.Fprintln(s, "the last word")
	s.close()
	lines := strings.SplitAfter(out.text.String(), "\n")
	kept := strings.Count(out.text.String(), message)
	if size := len(lines[0]) * kept; size < maxUnread/2 || size > 2*maxUnread {
		t.Errorf("%d messages of %d bytes were kept; %d bytes may wait", kept, len(lines[0]), maxUnread)
	}
	want := fmt.Sprintf("warning: nobody read stderr in time: %d messages were left out here\nthe last word\n", said-kept)
	if lines[kept]+lines[kept+1] != want {
		t.Errorf("after those that were kept it says %q, want %q", lines[kept:], want)
	}
}

func TestWhatIsLeftOutIsToldAtTheEndToo(t *testing.T) {
	out := newGate()
	s := newStderr(t.Context(), out)
	s.serve()
	fmt.Fprintln(s, "one")
	<-out.tried
	for range 2 {
		_, _ = s.Write(make([]byte, maxUnread))
	}
	close(out.opened)
	s.close()
	if !strings.HasSuffix(out.text.String(), "1 message was left out here\n") {
		t.Error("the end does not say that a message is missing")
	}
}

// TestOtherCommandsWaitForStderr: what validate has to say is its result, however slowly a person pages through it.
func TestOtherCommandsWaitForStderr(t *testing.T) {
	r, w := io.Pipe()
	s := newStderr(t.Context(), w)
	read := make(chan int64)
	go func() {
		n, _ := io.Copy(io.Discard, r)
		read <- n
	}()
	for range 40 {
		if n, err := s.Write(make([]byte, maxUnread/10)); n != maxUnread/10 || err != nil {
			t.Fatalf("wrote %d bytes: %v", n, err)
		}
	}
	s.close()
	w.Close()
	if n := <-read; n != 40*(maxUnread/10) {
		t.Errorf("%d bytes arrived", n)
	}
	r.Close()
	s = newStderr(t.Context(), w)
	defer s.close()
	if _, err := s.Write([]byte("x")); err == nil {
		t.Error("a write that fails is not told")
	}
}

func TestAnInterruptedCommandDoesNotWaitForStderr(t *testing.T) {
	out := newGate()
	ctx, interrupt := context.WithCancel(t.Context())
	s := newStderr(ctx, out)
	written := make(chan struct{})
	go func() {
		defer close(written)
		fmt.Fprintln(s, "one")
	}()
	interrupt()
	<-written
	began := clock.Wall()
	s.close()
	if took := clock.Wall().Sub(began); took < lastWords || took > patience {
		t.Errorf("it ended after %s, want %s", took, lastWords)
	}
	close(out.opened)
	<-s.done
	if out.text.String() != "one\n" {
		t.Errorf("it said %q", out.text.String())
	}
}
