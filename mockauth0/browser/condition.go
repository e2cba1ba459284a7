package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// Offline cuts all pages of the World and their workers from the network, those that come later included, or connects
// them again.
func (w *World) Offline(offline bool) (err error) {
	text := "go online"
	if offline {
		text = "go offline"
	}
	d := w.begin(nil, text)
	defer w.end(d, &err)
	w.mu.Lock()
	w.offline = offline
	w.mu.Unlock()
	return w.tellNetwork()
}

// Block keeps addresses from loading in all pages of the World and their workers, as an extension of the browser does; *
// in a pattern stands for anything. It replaces what was blocked before.
func (w *World) Block(patterns ...string) (err error) {
	d := w.begin(nil, "block "+strings.Join(patterns, ", "))
	defer w.end(d, &err)
	w.mu.Lock()
	w.blocked = patterns
	w.mu.Unlock()
	return w.tellNetwork()
}

// tellNetwork brings everything that loads up to date.
func (w *World) tellNetwork() error {
	ctx, cancel := w.patience()
	defer cancel()
	if _, err := w.clocked(ctx); err != nil { // waits until new pages are ready
		return err
	}
	w.mu.Lock()
	targets := append([]*target(nil), w.targets...)
	w.mu.Unlock()
	for _, t := range targets {
		if err := t.on(ctx).batch(w.networkConditions()...); err != nil && t.hasDocuments() && !errors.Is(err, errTargetGone) {
			return fmt.Errorf("set the condition of the network: %w", err)
		}
	}
	return nil
}

func (w *World) networkConditions() []command {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := []command{
		of(proto.NetworkEmulateNetworkConditions{Offline: w.offline, DownloadThroughput: -1, UploadThroughput: -1}),
		onlineState(w.offline),
	}
	if len(w.blocked) == 0 {
		return append(all, of(proto.FetchDisable{}))
	}
	// Rules of Network.emulateNetworkConditionsByRule and Network.setBlockedURLs pass navigations of frames.
	patterns := make([]*proto.FetchRequestPattern, len(w.blocked))
	for i, pattern := range w.blocked {
		patterns[i] = &proto.FetchRequestPattern{URLPattern: pattern}
	}
	return append(all, of(proto.FetchEnable{Patterns: patterns}))
}

// onlineState sets navigator.onLine, which else says whether this machine has a network: on one that has only its loopback
// interface, every page would take itself to be offline. The throughput limits nothing; without one, Chromium takes it that
// nothing is to be overridden (https://chromedevtools.github.io/devtools-protocol/tot/Network/#method-overrideNetworkState).
func onlineState(offline bool) command {
	const bytesPerSecond = 1e9
	return command{method: "Network.overrideNetworkState", optional: true, params: map[string]any{
		"offline": offline, "latency": 0, "downloadThroughput": bytesPerSecond, "uploadThroughput": bytesPerSecond,
	}}
}

// refuse fails a request that is blocked. It must not wait: it runs on the reader's goroutine.
func (t *target) refuse(params json.RawMessage) {
	var paused struct {
		RequestID proto.FetchRequestID `json:"requestId"`
	}
	if json.Unmarshal(params, &paused) != nil {
		return
	}
	go func() {
		// When the page is gone, so is its request.
		_ = proto.FetchFailRequest{RequestID: paused.RequestID, ErrorReason: proto.NetworkErrorReasonBlockedByClient}.Call(t.on(t.world.ctx))
	}()
}

// conditionCommands bring a new target into the state that the others are in.
func (w *World) conditionCommands() []command {
	w.mu.Lock()
	usual := !w.offline && len(w.blocked) == 0
	w.mu.Unlock()
	if usual {
		return []command{onlineState(false)}
	}
	return w.networkConditions()
}

func (p *Page) isFrozen() bool {
	if p == nil {
		return false
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	return p.frozen
}

// frozen are the targets of frozen pages.
func (w *World) frozen() map[*target]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out map[*target]bool
	for _, t := range w.targets {
		if t.page != nil && t.page.frozen {
			if out == nil {
				out = map[*target]bool{}
			}
			out[t] = true
		}
	}
	return out
}

// Freeze stops the page as a browser freezes a background tab: no timer fires, not by Advance either, until Thaw.
func (p *Page) Freeze() error { return p.setFrozen(true) }

// Thaw lets a frozen page run on. What fell due meanwhile fires now; Thaw waits until the World has settled.
func (p *Page) Thaw() error { return p.setFrozen(false) }

func (p *Page) setFrozen(frozen bool) (err error) {
	d := p.world.begin(p, "thaw the page")
	defer p.world.end(d, &err)
	state := proto.PageSetWebLifecycleStateStateActive
	if frozen {
		d.Text = "freeze the page"
		state = proto.PageSetWebLifecycleStateStateFrozen
	}
	p.world.moveLock.Lock()
	defer p.world.moveLock.Unlock()
	s, cancel := p.on()
	defer cancel()
	change := func() error {
		return proto.PageSetWebLifecycleState{State: state}.Call(s)
	}
	if !frozen {
		if err := change(); err != nil {
			return p.explain(fmt.Errorf("thaw the page: %w", err))
		}
	}
	p.world.mu.Lock()
	p.frozen = frozen
	p.world.mu.Unlock()
	if err := p.tellClock(s.ctx); err != nil {
		return p.explain(err)
	}
	if frozen {
		return p.explain(change())
	}
	return p.explain(p.world.settle(s.ctx))
}

// Throttle lets the page's timers fire at multiples of every only, as browsers do in hidden tabs: time.Second in Chromium
// from the start, time.Minute after five minutes. 0 ends it.
func (p *Page) Throttle(every time.Duration) error {
	if every < 0 {
		return fmt.Errorf("cannot throttle to every %s", every)
	}
	p.world.moveLock.Lock()
	defer p.world.moveLock.Unlock()
	s, cancel := p.on()
	defer cancel()
	p.world.mu.Lock()
	p.throttle = every
	p.world.mu.Unlock()
	return p.explain(p.tellClock(s.ctx))
}

// tellClock brings the page's present and future documents up to date.
func (p *Page) tellClock(ctx context.Context) error {
	targets, err := p.world.clocked(ctx)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.page != p {
			continue
		}
		if err := t.inject(ctx); err != nil {
			return err
		}
		for _, c := range t.frames() {
			if _, err := (place{t, c}).onClock(ctx, "(clock.set("+p.world.setting(p)+"), clock.fire())", nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// Storage is the localStorage of the origin that the page shows.
func (p *Page) Storage() (map[string]string, error) {
	var out map[string]string
	err := p.Eval(`Object.fromEntries(Object.entries(localStorage))`, &out)
	return out, err
}

// Cookie is a cookie of a World.
type Cookie struct {
	Name, Value, Domain, Path, SameSite string    // as the browser keeps them
	Secure, HTTPOnly                    bool      // its attributes
	Expires                             time.Time // zero: with the session
}

// Cookies lists the cookies of all sites, HttpOnly ones included.
func (w *World) Cookies() ([]Cookie, error) {
	ctx, cancel := w.patience()
	defer cancel()
	r, err := proto.StorageGetCookies{BrowserContextID: w.context}.Call(session{wire: w.browser.wire, ctx: ctx})
	if err != nil {
		return nil, fmt.Errorf("list the cookies: %w", err)
	}
	var out []Cookie
	for _, c := range withoutMark(r.Cookies) {
		cookie := Cookie{
			Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, SameSite: string(c.SameSite), Secure: c.Secure, HTTPOnly: c.HTTPOnly,
		}
		if c.Expires > 0 {
			cookie.Expires = time.Unix(int64(c.Expires), 0)
		}
		out = append(out, cookie)
	}
	return out, nil
}

// ClearCache forgets what pages have loaded, so that they load it anew.
func (w *World) ClearCache() (err error) {
	d := w.begin(nil, "clear the cache")
	defer w.end(d, &err)
	ctx, cancel := w.patience()
	defer cancel()
	targets, err := w.clocked(ctx)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if !t.hasDocuments() {
			continue
		}
		if err := (proto.NetworkClearBrowserCache{}).Call(t.on(ctx)); err != nil && !errors.Is(err, errTargetGone) {
			return fmt.Errorf("clear the cache: %w", err)
		}
	}
	return nil
}

// ClearCookies removes the cookies of all sites: a person who cleared the browser's data, or a session that is gone.
func (w *World) ClearCookies() (err error) {
	d := w.begin(nil, "clear the cookies")
	defer w.end(d, &err)
	ctx, cancel := w.patience()
	defer cancel()
	if err := (proto.StorageClearCookies{BrowserContextID: w.context}).Call(session{wire: w.browser.wire, ctx: ctx}); err != nil {
		return err
	}
	return w.mark(ctx)
}

// DropSessionCookies removes the cookies that have no expiry, of all sites, as a browser does when it is closed.
func (w *World) DropSessionCookies() (err error) {
	d := w.begin(nil, "drop the cookies without an expiry")
	defer w.end(d, &err)
	ctx, cancel := w.patience()
	defer cancel()
	on := session{wire: w.browser.wire, ctx: ctx}
	all, err := proto.StorageGetCookies{BrowserContextID: w.context}.Call(on)
	if err != nil {
		return fmt.Errorf("read the cookies: %w", err)
	}
	kept := slices.DeleteFunc(all.Cookies, func(c *proto.NetworkCookie) bool { return c.Session })
	if err := (proto.StorageClearCookies{BrowserContextID: w.context}).Call(on); err != nil || len(kept) == 0 {
		return err
	}
	return proto.StorageSetCookies{Cookies: proto.CookiesToParams(kept), BrowserContextID: w.context}.Call(on)
}
