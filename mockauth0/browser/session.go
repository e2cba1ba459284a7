package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-rod/rod/lib/proto"
)

// errTargetGone is in the chain of errors of calls to a page that was closed or crashed.
var errTargetGone = errors.New("the page is gone")

// session addresses one target over the wire; it is what the typed commands of rod's proto package are called with.
type session struct {
	wire *wire
	id   string // empty: the browser itself
	ctx  context.Context
	gone <-chan struct{}
}

// Call sends the command to the session, whatever session the caller names.
func (s session) Call(ctx context.Context, _, method string, params any) ([]byte, error) {
	return s.wire.call(ctx, s.gone, s.id, method, params)
}

// GetContext bounds every typed command.
func (s session) GetContext() context.Context { return s.ctx }

// command is one call of a batch.
type command struct {
	method   string
	params   any
	optional bool // an older browser, or another kind of target, may refuse it
}

// batch sends all commands at once, in order, and waits for all answers: one round trip instead of many.
func (s session) batch(commands ...command) error {
	_, err := s.answers(commands...)
	return err
}

// answers is batch that hands the answers over.
func (s session) answers(commands ...command) (results []json.RawMessage, err error) {
	type sent struct {
		id     int
		answer <-chan reply
	}
	var all []sent
	defer func() {
		for _, c := range all {
			s.wire.forget(c.id)
		}
	}()
	for _, c := range commands {
		id, answer, err := s.wire.send(s.id, c.method, c.params)
		if err != nil {
			return nil, err
		}
		all = append(all, sent{id, answer})
	}
	for i, c := range all {
		select {
		case r := <-c.answer:
			if r.err != nil && !commands[i].optional {
				return nil, fmt.Errorf("%s: %w", commands[i].method, r.err)
			}
			results = append(results, r.result)
		case <-s.ctx.Done():
			return nil, fmt.Errorf("%s: %w", commands[i].method, context.Cause(s.ctx))
		case <-s.gone:
			return nil, fmt.Errorf("%s: %w", commands[i].method, errTargetGone)
		}
	}
	return results, nil
}

// of makes a command from a typed request.
func of(r proto.Request) command { return command{method: r.ProtoReq(), params: r} }
