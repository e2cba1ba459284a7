package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
)

// Page is a tab of a World. Safe for concurrent use.
type Page struct {
	world  *World
	target *target
	number int // of the World's tabs, from 1
	opener proto.TargetTargetID

	// guarded by world.mu
	throttle time.Duration
	frozen   bool
	noScript bool
}

// NewPage opens an empty tab.
func (w *World) NewPage() (*Page, error) {
	ctx, cancel := w.patience()
	defer cancel()
	created, err := proto.TargetCreateTarget{URL: "about:blank", BrowserContextID: w.context}.Call(session{wire: w.browser.wire, ctx: ctx})
	if err != nil {
		return nil, fmt.Errorf("open a page: %w", err)
	}
	return w.awaitPage(ctx, "the new page", func(p *Page) bool { return p.target.id == created.TargetID })
}

// Open opens a tab and loads the address in it.
func (w *World) Open(address string) (*Page, error) {
	p, err := w.NewPage()
	if err != nil {
		return nil, err
	}
	return p, p.Open(address)
}

// Pages lists the open tabs, oldest first, popups included.
func (w *World) Pages() []*Page {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*Page(nil), w.pages...)
}

// Popup waits for a tab that the page opened.
func (p *Page) Popup() (*Page, error) {
	ctx, cancel := p.world.patience()
	defer cancel()
	return p.world.awaitPage(ctx, "a popup", func(other *Page) bool { return other.opener == p.target.id })
}

func (w *World) awaitPage(ctx context.Context, what string, which func(*Page) bool) (*Page, error) {
	for {
		w.mu.Lock()
		arrivals := w.arrivals
		var found *Page
		for _, p := range w.pages {
			if which(p) {
				found = p
			}
		}
		w.mu.Unlock()
		if found == nil {
			select {
			case <-arrivals:
				continue
			case <-w.browser.wire.gone:
				return nil, w.browser.Err()
			case <-ctx.Done():
				return nil, fmt.Errorf("%s did not come: %w", what, context.Cause(ctx))
			}
		}
		select {
		case <-found.target.ready:
			return found, found.target.failed
		case <-found.target.gone:
			return nil, fmt.Errorf("%s: %w", what, errTargetGone)
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is not ready: %w", what, context.Cause(ctx))
		}
	}
}

// on addresses the page for one wait.
func (p *Page) on() (session, context.CancelFunc) {
	ctx, cancel := p.world.patience()
	return p.target.on(ctx), cancel
}

// explain adds why a page does not answer.
func (p *Page) explain(err error) error {
	p.target.mu.Lock()
	crashed := p.target.crashed
	p.target.mu.Unlock()
	if err != nil && crashed {
		return fmt.Errorf("the page's renderer crashed: %w", err)
	}
	return err
}

// Open loads the address and waits until the World has settled.
func (p *Page) Open(address string) (err error) {
	d := p.world.begin(p, "open "+address)
	defer p.world.end(d, &err)
	s, cancel := p.on()
	defer cancel()
	p.target.forgetVisits()
	r, err := proto.PageNavigate{URL: address}.Call(s)
	if err != nil {
		return p.explain(fmt.Errorf("open %s: %w", address, err))
	}
	if r.ErrorText != "" {
		return fmt.Errorf("open %s: %s%s", address, r.ErrorText, p.world.refusedText())
	}
	if err := p.world.settle(s.ctx); err != nil {
		return p.explain(fmt.Errorf("open %s: %w", address, err))
	}
	return nil
}

func (w *World) refusedText() string {
	refused := w.Refused()
	if len(refused) == 0 {
		return ""
	}
	return fmt.Sprintf(" (the World maps no %s)", refused[len(refused)-1])
}

// Reload loads the page's address again and waits until the World has settled.
func (p *Page) Reload() (err error) {
	d := p.world.begin(p, "reload")
	defer p.world.end(d, &err)
	s, cancel := p.on()
	defer cancel()
	if err := (proto.PageReload{}).Call(s); err != nil {
		return p.explain(fmt.Errorf("reload: %w", err))
	}
	return p.explain(p.world.settle(s.ctx))
}

// ErrNoHistory says that the history of a tab has no page in the direction asked for.
var ErrNoHistory = errors.New("the tab's history has no such page")

// Back goes one step back in the history and waits until the World has settled. It fails with ErrNoHistory at the oldest page.
func (p *Page) Back() error { return p.walk("go back", -1) }

// Forward goes one step forward in the history and waits until the World has settled. It fails with ErrNoHistory at the newest page.
func (p *Page) Forward() error { return p.walk("go forward", 1) }

// walk goes to another page of the history. The browser answers before it left the old one, so walk waits for that too: the
// World is as settled before as after.
func (p *Page) walk(what string, steps int) (err error) {
	d := p.world.begin(p, what)
	defer p.world.end(d, &err)
	s, cancel := p.on()
	defer cancel()
	history, err := proto.PageGetNavigationHistory{}.Call(s)
	if err != nil {
		return p.explain(fmt.Errorf("%s: %w", what, err))
	}
	here := history.CurrentIndex
	if to := here + steps; to < 0 || to >= len(history.Entries) {
		return fmt.Errorf("%s: %w: it is at number %d of %d", what, ErrNoHistory, here+1, len(history.Entries))
	}
	if err := (proto.PageNavigateToHistoryEntry{EntryID: history.Entries[here+steps].ID}).Call(s); err != nil {
		return p.explain(fmt.Errorf("%s: %w", what, err))
	}
	left := history.Entries[here].ID
	err = p.waitUntil("it has left "+history.Entries[here].URL, func(s session) (bool, string, error) {
		now, err := proto.PageGetNavigationHistory{}.Call(s)
		if err != nil {
			return false, err.Error(), nil
		}
		at := now.Entries[now.CurrentIndex]
		return at.ID != left, "it is at " + at.URL, nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return p.explain(p.world.settle(s.ctx))
}

// Close closes the tab and waits until it is gone.
func (p *Page) Close() (err error) {
	d := p.world.begin(p, "close the tab")
	defer p.world.end(d, &err)
	s, cancel := p.on()
	defer cancel()
	// By the browser: the page itself may hang.
	err = p.world.browserSession(s.ctx, func(b session) error {
		_, err := proto.TargetCloseTarget{TargetID: p.target.id}.Call(b)
		return err
	})
	if err != nil {
		return fmt.Errorf("close the page: %w", err)
	}
	select {
	case <-p.target.gone:
		return nil
	case <-s.ctx.Done():
		return fmt.Errorf("the page did not close: %w", context.Cause(s.ctx))
	}
}

// BringToFront makes the tab the active one; in a full browser the others are then hidden.
func (p *Page) BringToFront() error {
	s, cancel := p.on()
	defer cancel()
	return p.explain(proto.PageBringToFront{}.Call(s))
}

func (w *World) browserSession(ctx context.Context, f func(session) error) error {
	return f(session{wire: w.browser.wire, ctx: ctx})
}

// URL is the address that the page shows, "" when it does not answer.
func (p *Page) URL() string {
	var address string
	if p.Eval(`location.href`, &address) != nil {
		return ""
	}
	return address
}

// Eval runs a JavaScript expression in the page's main frame, waits for it when it is a promise, and decodes its value
// into out (nil: not wanted).
func (p *Page) Eval(expression string, out any) error {
	s, cancel := p.on()
	defer cancel()
	return p.eval(s, expression, out)
}

func (p *Page) eval(s session, expression string, out any) error {
	return p.explain(evaluate(s, proto.RuntimeEvaluate{
		Expression: expression, ReturnByValue: true, AwaitPromise: true, UserGesture: true,
	}, out))
}

func evaluate(s session, call proto.RuntimeEvaluate, out any) error {
	r, err := call.Call(s)
	if err != nil {
		return fmt.Errorf("evaluate %s: %w", short(call.Expression), err)
	}
	if r.ExceptionDetails != nil {
		return fmt.Errorf("evaluate %s: %s", short(call.Expression), exceptionText(r.ExceptionDetails))
	}
	if out == nil {
		return nil
	}
	if r.Result.Type == "undefined" {
		return fmt.Errorf("evaluate %s: it is undefined", short(call.Expression))
	}
	if err := json.Unmarshal([]byte(r.Result.Value.JSON("", "")), out); err != nil {
		return fmt.Errorf("evaluate %s: %w", short(call.Expression), err)
	}
	return nil
}

func short(expression string) string {
	s := strings.Join(strings.Fields(expression), " ")
	if len(s) > 80 {
		s = s[:77] + "..."
	}
	return "`" + s + "`"
}

// EvalIn is Eval in the first frame (not the main one) whose origin is the given one.
func (p *Page) EvalIn(origin, expression string, out any) error {
	s, cancel := p.on()
	defer cancel()
	places, err := p.world.places(s.ctx)
	if err != nil {
		return err
	}
	var seen []string
	for _, at := range places {
		if at.t.page != p || !at.t.hasDocuments() || at.c.frame == string(p.target.id) {
			continue
		}
		if at.c.origin == origin {
			return evaluate(at.t.on(s.ctx), proto.RuntimeEvaluate{
				Expression: expression, UniqueContextID: at.c.unique, ReturnByValue: true, AwaitPromise: true}, out)
		}
		seen = append(seen, at.c.origin)
	}
	return fmt.Errorf("the page has no frame of origin %s; it has %v", origin, seen)
}

// Screenshot is a PNG of what the page shows now.
func (p *Page) Screenshot() ([]byte, error) {
	s, cancel := p.on()
	defer cancel()
	r, err := proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng}.Call(s)
	if err != nil {
		return nil, p.explain(fmt.Errorf("take a screenshot: %w", err))
	}
	return r.Data, nil
}

// Press presses keys as a person would: "Tab", "Enter", "Escape", "Space", or text of one character each.
func (p *Page) Press(keys ...string) (err error) {
	d := p.world.begin(p, keysPressed(keys))
	defer p.world.end(d, &err)
	s, cancel := p.on()
	defer cancel()
	for _, name := range keys {
		key, err := keyNamed(name)
		if err != nil {
			return err
		}
		if err := stroke(s, key); err != nil {
			return p.explain(fmt.Errorf("press %s: %w", name, err))
		}
	}
	return nil
}

// stroke presses a key and lets it go.
func stroke(s session, key input.Key) error {
	if err := key.Encode(proto.InputDispatchKeyEventTypeKeyDown, 0).Call(s); err != nil {
		return err
	}
	return key.Encode(proto.InputDispatchKeyEventTypeKeyUp, 0).Call(s)
}

var errNoKey = errors.New("no such key")
