package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-rod/rod/lib/proto"
)

// target is something in the browser that runs scripts: a page, a frame in a process of its own, or a worker.
type target struct {
	world   *World
	id      proto.TargetTargetID
	session string
	kind    proto.TargetTargetInfoType
	parent  *target // of frames and workers; nil for pages
	page    *Page   // the page that it is, or belongs to
	ready   chan struct{}
	failed  error // why the set-up failed; read after ready
	gone    chan struct{}

	begun   chan struct{} // of a worker: closed when it is at its first statement, or has none
	stopped atomic.Bool   // of a worker: it has stopped there

	goneOnce, begunOnce sync.Once

	mu       sync.Mutex
	crashed  bool
	address  string         // of a worker's script
	realTime bool           // of a worker: the clock could not be put into it
	contexts []frameContext // default contexts, oldest first
	script   proto.PageScriptIdentifier
	visits   []string // addresses of the documents that it loaded, oldest first; see findVisit
}

// frameContext is where the scripts of one document run.
type frameContext struct {
	unique string
	number int
	frame  string
	origin string
}

func (t *target) on(ctx context.Context) session {
	return session{wire: t.world.browser.wire, id: t.session, ctx: ctx, gone: t.gone}
}

// begin tells that the worker is at its first statement.
func (t *target) begin() { t.begunOnce.Do(func() { close(t.begun) }) }

func (t *target) leave() { t.goneOnce.Do(func() { close(t.gone) }) }

// navigated notes that the target has a new document.
func (t *target) navigated(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.visits = append(t.visits, address)
}

// findVisit takes the first document with the prefix, and those before it, from the visits. When there is none, it returns
// those that there are.
func (t *target) findVisit(prefix string) (found bool, others []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, address := range t.visits {
		if strings.HasPrefix(address, prefix) {
			t.visits = slices.Clone(t.visits[i+1:])
			return true, nil
		}
	}
	return false, slices.Clone(t.visits)
}

// forgetVisits makes the documents so far unknown to findVisit.
func (t *target) forgetVisits() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.visits = nil
}

// hasDocuments tells a page or a frame from a worker.
func (t *target) hasDocuments() bool {
	return t.kind == proto.TargetTargetInfoTypePage || t.kind == "iframe"
}

// runsClock tells what carries the moved clock: documents, and the workers that a page starts for itself. See World.OnRealTime.
func (t *target) runsClock() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hasDocuments() || t.kind == pagesWorker && !t.realTime
}

type attachment struct {
	SessionID  string                  `json:"sessionId"`
	TargetInfo *proto.TargetTargetInfo `json:"targetInfo"`
	Waiting    bool                    `json:"waitingForDebugger"`
}

// attached runs on the reader's goroutine: the World must know the target before its first event arrives.
func (b *Browser) attached(parentSession string, params json.RawMessage) {
	var a attachment
	if json.Unmarshal(params, &a) != nil || a.TargetInfo == nil {
		return
	}
	b.mu.Lock()
	parent := b.targets[parentSession]
	world := b.worlds[a.TargetInfo.BrowserContextID]
	if parent != nil {
		world = parent.world
	}
	known := false
	for _, t := range b.targets {
		known = known || t.id == a.TargetInfo.TargetID
	}
	var t *target
	if world != nil && !known {
		t = &target{
			world: world, id: a.TargetInfo.TargetID, session: a.SessionID, kind: a.TargetInfo.Type, parent: parent,
			ready: make(chan struct{}), gone: make(chan struct{}), begun: make(chan struct{}), address: a.TargetInfo.URL,
		}
		b.targets[a.SessionID] = t
	}
	b.mu.Unlock()
	switch {
	case t != nil:
		world.arrived(t, a.TargetInfo)
		go func() {
			t.failed = t.setUp(world.ctx)
			close(t.ready)
		}()
	case b.options.Remote != "" && !known:
		go b.leaveAlone(a)
	case a.Waiting: // no World's: let it go on
		go func() {
			_ = proto.RuntimeRunIfWaitingForDebugger{}.Call(session{wire: b.wire, id: a.SessionID, ctx: context.Background()})
		}()
	}
}

func (b *Browser) detached(params json.RawMessage) {
	var d struct {
		SessionID string `json:"sessionId"`
	}
	if json.Unmarshal(params, &d) != nil {
		return
	}
	b.mu.Lock()
	t := b.targets[d.SessionID]
	delete(b.targets, d.SessionID)
	b.mu.Unlock()
	if t != nil {
		t.leave()
		t.world.left(t)
	}
}

// setUp prepares a target that waits before its first script, then lets it run.
func (t *target) setUp(ctx context.Context) error {
	w := t.world
	autoAttach := of(proto.TargetSetAutoAttach{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: true})
	goOn := of(proto.RuntimeRunIfWaitingForDebugger{})
	if !t.hasDocuments() {
		// Not every kind of worker has all the domains.
		_ = t.on(ctx).batch(append([]command{of(proto.NetworkEnable{}), autoAttach}, w.conditionCommands()...)...)
		if t.runsClock() {
			t.startWorker(ctx)
			return nil
		}
		w.keepsRealTime(t, "")
		return t.on(ctx).batch(goOn)
	}
	commands := []command{
		of(proto.PageEnable{}), of(proto.RuntimeEnable{}), of(proto.NetworkEnable{}), of(proto.LogEnable{}), of(proto.InspectorEnable{}),
		autoAttach,
		of(proto.RuntimeAddBinding{Name: messageBinding}),
	}
	commands = append(commands, w.cookieCommands()...)
	commands = append(commands, w.trustCommands()...)
	if t.kind == proto.TargetTargetInfoTypePage {
		commands = append(commands, w.viewportCommand())
	}
	commands = append(commands, w.conditionCommands()...)
	commands = append(commands, of(proto.PageAddScriptToEvaluateOnNewDocument{Source: clockScript()}))
	if err := t.on(ctx).batch(commands...); err != nil {
		return fmt.Errorf("prepare %s: %w", t.kind, err)
	}
	if err := t.inject(ctx); err != nil {
		return err
	}
	return t.on(ctx).batch(goOn)
}

// inject makes every later document of the target start with the clock as it stands now. The new script is added before
// the old one goes, so that no document starts without one; they run in the order in which they were added, so that the
// later of two wins.
func (t *target) inject(ctx context.Context) error {
	if !t.hasDocuments() {
		return nil // a worker loads no other script
	}
	commands := []command{of(proto.PageAddScriptToEvaluateOnNewDocument{Source: t.world.beginScript(t)})}
	t.mu.Lock()
	old := t.script
	t.mu.Unlock()
	if old != "" {
		commands = append(commands, of(proto.PageRemoveScriptToEvaluateOnNewDocument{Identifier: old}))
	}
	answers, err := t.on(ctx).answers(commands...)
	if err != nil {
		return fmt.Errorf("put the clock into %s: %w", t.kind, err)
	}
	var added proto.PageAddScriptToEvaluateOnNewDocumentResult
	if err := json.Unmarshal(answers[0], &added); err != nil {
		return fmt.Errorf("put the clock into %s: %w", t.kind, err)
	}
	t.mu.Lock()
	t.script = added.Identifier
	t.mu.Unlock()
	return nil
}

// event runs on the reader's goroutine and must not wait.
func (t *target) event(method string, params json.RawMessage) {
	switch method {
	case "Runtime.executionContextCreated":
		var p struct {
			Context struct {
				ID       int    `json:"id"`
				UniqueID string `json:"uniqueId"`
				Origin   string `json:"origin"`
				AuxData  struct {
					IsDefault bool   `json:"isDefault"`
					FrameID   string `json:"frameId"`
				} `json:"auxData"`
			} `json:"context"`
		}
		if json.Unmarshal(params, &p) == nil && p.Context.AuxData.IsDefault {
			t.mu.Lock()
			t.contexts = append(t.contexts, frameContext{p.Context.UniqueID, p.Context.ID, p.Context.AuxData.FrameID, p.Context.Origin})
			t.mu.Unlock()
		}
	case "Runtime.executionContextDestroyed":
		var p struct {
			ID int `json:"executionContextId"`
		}
		if json.Unmarshal(params, &p) == nil {
			t.forgetContexts(func(c frameContext) bool { return c.number == p.ID })
		}
	case "Runtime.executionContextsCleared":
		t.forgetContexts(func(frameContext) bool { return true })
	case "Inspector.targetCrashed":
		t.mu.Lock()
		t.crashed = true
		t.mu.Unlock()
		t.world.note(t, entry{Kind: "crash", Level: "error", Text: "the page's renderer crashed"})
		t.leave()
		t.world.traffic.dropTarget(t)
	case "Debugger.paused":
		t.stopped.Store(true)
		t.begin()
	case "Debugger.scriptFailedToParse":
		t.begin()
	case "Fetch.requestPaused":
		t.refuse(params)
	case "Target.detachedFromTarget":
		t.world.browser.detached(params)
	default:
		t.world.event(t, method, params)
	}
}

func (t *target) forgetContexts(which func(frameContext) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.contexts[:0:0]
	for _, c := range t.contexts {
		if !which(c) {
			kept = append(kept, c)
		}
	}
	t.contexts = kept
}

// frames are the places where the target's scripts run. A worker has one, which DevTools takes when none is named.
func (t *target) frames() []frameContext {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.hasDocuments() {
		return []frameContext{{origin: t.address}}
	}
	return append([]frameContext(nil), t.contexts...)
}
