package conns_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/conns"
)

// slow is a network that takes nothing while it is held.
type slow struct {
	net.Conn
	held   *sync.RWMutex
	closed chan struct{}
	once   *sync.Once
}

func (s slow) Write(b []byte) (int, error) {
	s.held.RLock()
	defer s.held.RUnlock()
	return s.Conn.Write(b)
}

func (s slow) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.Conn.Close()
}

type listener struct {
	net.Listener
	network slow
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	l.network.Conn = c
	return l.network, err
}

// TestARetiredConnectionStaysUntilItsAnswerHasLeft: by HTTP/2 net/http calls a connection idle before the last answer is with the network.
func TestARetiredConnectionStaysUntilItsAnswerHasLeft(t *testing.T) {
	t.Parallel()
	all := conns.New[string]()
	came, goOn, idle, done := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
	defer close(done)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(came)
		<-goOn
		_, _ = io.WriteString(w, "an answer")
	}))
	network := slow{held: &sync.RWMutex{}, closed: make(chan struct{}), once: &sync.Once{}}
	s.Listener = listener{s.Listener, network}
	s.EnableHTTP2 = true
	s.Config.ConnContext = all.Context
	s.Config.ConnState = func(c net.Conn, state http.ConnState) {
		all.State(c, state)
		select {
		case <-came:
			if state == http.StateIdle { // from here on the answer is flushed, so that the network is to take nothing any more
				network.held.Lock()
				close(idle)
			}
		default:
		}
	}
	s.StartTLS()
	defer s.Close()
	answered := make(chan error)
	go func() {
		res, err := s.Client().Get(s.URL)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			res.Body.Close()
		}
		answered <- err
	}()
	<-came
	all.Retire(done, "")
	close(goOn)
	<-idle
	began := time.Now() // real time is what it goes by
	select {
	case <-network.closed:
		if took := time.Since(began); took < 500*time.Millisecond {
			t.Errorf("it is closed after %s, and its answer has not left", took)
		}
	case <-time.After(50 * time.Millisecond):
	}
	network.held.Unlock()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}
