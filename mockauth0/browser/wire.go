package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/go-rod/rod/lib/cdp"
)

// wire speaks the DevTools protocol over a pair of pipes, NUL framed. It is written here rather than
// taken from rod for three reasons: events are seen synchronously and in order (settling counts on
// it), calls fail at once after the browser died, and a call can be abandoned when its target dies.
type wire struct {
	in     io.Writer
	onRead func(session, method string, params json.RawMessage)

	sendLock sync.Mutex

	mu      sync.Mutex
	lastID  int
	pending map[int]chan reply
	dead    error
	gone    chan struct{} // closed when the browser is gone
}

type reply struct {
	result json.RawMessage
	err    error
}

// errBrowserGone is in the chain of every error that follows the end of the browser process.
var errBrowserGone = errors.New("the browser is gone")

func newWire(in io.Writer, out io.Reader, onRead func(session, method string, params json.RawMessage)) *wire {
	w := &wire{in: in, onRead: onRead, pending: map[int]chan reply{}, gone: make(chan struct{})}
	go w.read(bufio.NewReaderSize(out, 1<<20))
	return w
}

// Call sends one command and waits for its answer, the end of ctx or the end of the browser.
func (w *wire) Call(ctx context.Context, session, method string, params any) ([]byte, error) {
	return w.call(ctx, nil, session, method, params)
}

// call is Call that also gives up when abandon is closed (nil: never).
func (w *wire) call(ctx context.Context, abandon <-chan struct{}, session, method string, params any) ([]byte, error) {
	id, answer, err := w.send(session, method, params)
	if err != nil {
		return nil, err
	}
	defer w.forget(id)
	select {
	case r := <-answer:
		return r.result, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", method, context.Cause(ctx))
	case <-abandon:
		return nil, fmt.Errorf("%s: %w", method, errTargetGone)
	}
}

func (w *wire) send(session, method string, params any) (int, <-chan reply, error) {
	answer := make(chan reply, 1)
	w.mu.Lock()
	if w.dead != nil {
		w.mu.Unlock()
		return 0, nil, fmt.Errorf("%s: %w", method, w.dead)
	}
	w.lastID++
	id := w.lastID
	w.pending[id] = answer
	w.mu.Unlock()

	b, err := json.Marshal(cdp.Request{ID: id, SessionID: session, Method: method, Params: params})
	if err == nil {
		w.sendLock.Lock()
		_, err = w.in.Write(append(b, 0))
		w.sendLock.Unlock()
	}
	if err != nil {
		w.forget(id)
		return 0, nil, fmt.Errorf("%s: %w: %w", method, errBrowserGone, err)
	}
	return id, answer, nil
}

func (w *wire) forget(id int) {
	w.mu.Lock()
	delete(w.pending, id)
	w.mu.Unlock()
}

func (w *wire) read(out *bufio.Reader) {
	for {
		b, err := out.ReadBytes(0)
		if err != nil {
			w.die(fmt.Errorf("%w: its pipe ended (%w)", errBrowserGone, err))
			return
		}
		var m struct {
			ID        int             `json:"id"`
			SessionID string          `json:"sessionId"`
			Method    string          `json:"method"`
			Params    json.RawMessage `json:"params"`
			Result    json.RawMessage `json:"result"`
			Error     *cdp.Error      `json:"error"`
		}
		if err := json.Unmarshal(bytes.TrimSuffix(b, []byte{0}), &m); err != nil {
			w.die(fmt.Errorf("%w: it sent what is not JSON: %w", errBrowserGone, err))
			return
		}
		if m.ID == 0 {
			w.onRead(m.SessionID, m.Method, m.Params)
			continue
		}
		w.mu.Lock()
		answer := w.pending[m.ID]
		delete(w.pending, m.ID)
		w.mu.Unlock()
		if answer == nil {
			continue
		}
		if m.Error != nil {
			answer <- reply{err: m.Error}
		} else {
			answer <- reply{result: m.Result}
		}
	}
}

// die fails what is pending and all that comes later.
func (w *wire) die(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead != nil {
		return
	}
	w.dead = err
	close(w.gone)
	for id, answer := range w.pending {
		answer <- reply{err: err}
		delete(w.pending, id)
	}
}
