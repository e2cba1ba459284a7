package cli

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

const (
	// maxUnread is how many bytes wait for whoever reads stderr before a serving command drops what it has to say.
	maxUnread = 1 << 20
	// lastWords is how long an interrupted command waits for stderr to be read. It is wall time.
	lastWords = 300 * time.Millisecond
)

// stderr is the way to the process's stderr. Nobody may be reading that: a pipe's other end may be a program that hangs. Until
// serve is called, a write waits until it was read, as any program's does, but no longer than the command's context lasts. From
// then on it never waits: what finds maxUnread bytes unread is dropped, and a line says how many messages were.
type stderr struct {
	out  io.Writer
	over <-chan struct{} // closed when the command is to end
	done chan struct{}   // closed when the last message was written after close

	mu      sync.Mutex
	more    sync.Cond // there is a message, or no further one comes
	waiting []message
	unread  int // bytes
	dropped int // messages, since the last one was taken
	serving bool
	closed  bool
}

// message is what one Write was given.
type message struct {
	text    []byte
	written chan error // gets the outcome; has room for it
}

func newStderr(ctx context.Context, out io.Writer) *stderr {
	s := &stderr{out: out, over: ctx.Done(), done: make(chan struct{})}
	s.more.L = &s.mu
	go s.pass()
	return s
}

// serve makes writes return at once from now on.
func (s *stderr) serve() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serving = true
}

// Write takes one message.
func (s *stderr) Write(text []byte) (int, error) {
	m := message{append([]byte(nil), text...), make(chan error, 1)}
	serving := s.take(m)
	if serving {
		return len(text), nil
	}
	select {
	case err := <-m.written:
		return len(text), err
	case <-s.over:
		return len(text), nil // close waits for it a little
	}
}

// take puts a message at the end, if there is room.
func (s *stderr) take(m message) (serving bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving && s.unread+len(m.text) > maxUnread {
		s.dropped++
		return true
	}
	s.tellDropped()
	s.put(m)
	return s.serving
}

func (s *stderr) put(m message) {
	s.waiting = append(s.waiting, m)
	s.unread += len(m.text)
	s.more.Signal()
}

// tellDropped says how many messages are missing here.
func (s *stderr) tellDropped() {
	if s.dropped > 0 {
		s.put(message{text: fmt.Appendf(nil, "warning: nobody read stderr in time: %s left out here\n",
			countOf(s.dropped, "message was", "messages were"))})
		s.dropped = 0
	}
}

// pass writes the messages in their order.
func (s *stderr) pass() {
	defer close(s.done)
	for {
		m, ok := s.next()
		if !ok {
			return
		}
		_, err := s.out.Write(m.text)
		if m.written != nil {
			m.written <- err
		}
	}
}

// next waits for a message; ok is false when there is none any more.
func (s *stderr) next() (m message, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.waiting) == 0 {
		s.tellDropped()
		if len(s.waiting) > 0 {
			break
		}
		if s.closed {
			return message{}, false
		}
		s.more.Wait()
	}
	m, s.waiting = s.waiting[0], s.waiting[1:]
	s.unread -= len(m.text)
	return m, true
}

// close waits until everything was written. Of an interrupted command it does not wait for long.
func (s *stderr) close() {
	s.mu.Lock()
	s.closed = true
	s.more.Signal()
	s.mu.Unlock()
	select {
	case <-s.done:
		return
	case <-s.over:
	}
	select {
	case <-s.done:
	case <-clock.WallAfter(lastWords):
	}
}
