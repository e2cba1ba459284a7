package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// traffic knows what the browser is doing on the network in one World. It is fed on the goroutine that reads the pipe, in
// the order in which things happened, so that an answer to a later command proves that earlier traffic was counted.
type traffic struct {
	mu       sync.Mutex
	requests map[string]*Request // in flight, by session and request id
	frames   map[string]*frame   // every live frame, by id
	started  uint64              // everything that ever started, to see that nothing new did
	changed  chan struct{}       // closed and replaced at every change
	history  []*Request
	hops     map[string]int     // how many requests an id stands for: one more for each redirect
	sent     map[string]headers // as they went over the wire, by id and hop; they come before or after the request itself
	received map[string]headers
	nextSent map[string]int
	nextGot  map[string]int
}

type frame struct {
	id, parent string
	owner      *target
	loading    bool
}

func newTraffic() *traffic {
	return &traffic{
		requests: map[string]*Request{}, frames: map[string]*frame{}, changed: make(chan struct{}),
		hops: map[string]int{}, sent: map[string]headers{}, received: map[string]headers{}, nextSent: map[string]int{}, nextGot: map[string]int{},
	}
}

// networkEvent has the fields of all the events below.
type networkEvent struct {
	RequestID     string          `json:"requestId"`
	FrameID       string          `json:"frameId"`
	ParentFrameID string          `json:"parentFrameId"`
	LoaderID      string          `json:"loaderId"`
	DocumentURL   string          `json:"documentURL"`
	Type          string          `json:"type"`
	Reason        string          `json:"reason"`
	Timestamp     float64         `json:"timestamp"`
	Request       *requestEvent   `json:"request"`
	Response      *responseEvent  `json:"response"`
	Redirect      *responseEvent  `json:"redirectResponse"`
	Headers       headers         `json:"headers"`
	StatusCode    int             `json:"statusCode"`
	Encoded       float64         `json:"encodedDataLength"`
	ErrorText     string          `json:"errorText"`
	BlockedReason string          `json:"blockedReason"`
	Cookies       json.RawMessage `json:"associatedCookies"`
	Frame         *struct {
		ID       string `json:"id"`
		ParentID string `json:"parentId"`
		LoaderID string `json:"loaderId"`
		URL      string `json:"url"`
	} `json:"frame"`
}

type headers map[string]string

type requestEvent struct {
	URL      string  `json:"url"`
	Fragment string  `json:"urlFragment"`
	Method   string  `json:"method"`
	Headers  headers `json:"headers"`
	PostData string  `json:"postData"`
}

type responseEvent struct {
	URL        string  `json:"url"`
	Status     int     `json:"status"`
	StatusText string  `json:"statusText"`
	Headers    headers `json:"headers"`
	MimeType   string  `json:"mimeType"`
	Protocol   string  `json:"protocol"`
	FromCache  bool    `json:"fromDiskCache"`
}

// Request is one exchange that a page of the World made, as the browser saw it.
type Request struct {
	Moment                       // when it started, by all three clocks
	Method, URL, Type  string    // Type as DevTools names it: Document, XHR, Fetch, Script, …
	Headers            headers   // as sent, cookies included
	Body               string    // what was posted
	Status             int       // 0: no answer (yet)
	StatusText         string    //
	Protocol, MimeType string    //
	ResponseHeaders    headers   //
	Error              string    // net::ERR_…, empty when it was answered
	Milliseconds       float64   // from start to end, real time
	Bytes              float64   // on the wire
	target             *target   //
	key, id            string    //
	frameID, loaderID  string    //
	hop                int       // how many redirects came before, under the same id
	began              float64   // the browser's monotonic seconds
	done, stream       bool      //
	script             bool      // of a worker that has not begun
	read               time.Time // when something of the answer was last read, in real time
}

// unread is how long nothing of an answer that has begun may be read until nobody is taken to read it: its end is not reported
// then. Answers that the tenant holds back are not among those, as they have not begun or are known to be held.
const unread = 2 * time.Second

// unreadError is the same for errors: their bodies are short and come at once, and for many an app the status is enough.
const unreadError = 500 * time.Millisecond

// left tells of an answer whose page does not read on: a fetch whose status was enough for it, or the script of a worker that was
// ended before it began.
func (r *Request) left() bool {
	patience := unread
	if r.Status >= http.StatusBadRequest {
		patience = unreadError
	}
	return r.Type == "Fetch" && r.Status != 0 && time.Since(r.read) > patience || r.script && time.Since(r.Real) > unread
}

func (tr *traffic) event(t *target, method string, params json.RawMessage, at func() Moment) {
	switch method {
	case "Network.requestWillBeSent", "Network.requestWillBeSentExtraInfo", "Network.responseReceived", "Network.responseReceivedExtraInfo",
		"Network.dataReceived", "Network.loadingFinished", "Network.loadingFailed", "Page.frameAttached", "Page.frameNavigated",
		"Page.frameDetached", "Page.frameStartedLoading", "Page.frameStoppedLoading":
	default:
		return
	}
	var p networkEvent
	if json.Unmarshal(params, &p) != nil {
		return
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	defer tr.wake()
	if strings.HasPrefix(method, "Page.") {
		tr.frameEvent(t, method, &p)
		return
	}
	key := t.session + " " + p.RequestID
	r := tr.requests[key]
	if r == nil && p.RequestID == string(t.id) && method != "Network.requestWillBeSent" {
		r = tr.script(t)
	}
	switch method {
	case "Network.requestWillBeSent":
		if r != nil && p.Redirect != nil {
			r.answer(p.Redirect)
			tr.finish(r, p.Timestamp)
		}
		tr.start(t, key, &p, at)
	case "Network.requestWillBeSentExtraInfo":
		tr.sent[hop(key, tr.nextSent[key])] = p.Headers
		tr.nextSent[key]++
	case "Network.responseReceived":
		if r != nil && p.Response != nil {
			r.answer(p.Response)
			r.read = time.Now()
			// A document's end is reported elsewhere, or never when its frame is removed meanwhile. An event stream has none.
			if r.Type == "Document" || r.stream {
				tr.finish(r, p.Timestamp)
			}
		}
	case "Network.responseReceivedExtraInfo":
		tr.received[hop(key, tr.nextGot[key])] = p.Headers
		tr.nextGot[key]++
	case "Network.dataReceived":
		if r != nil {
			r.read = time.Now()
		}
	case "Network.loadingFinished", "Network.loadingFailed":
		if r != nil {
			r.Bytes = p.Encoded
			if method == "Network.loadingFailed" && !r.stream && r.Status == 0 {
				r.Error = strings.TrimSpace(p.ErrorText + " " + p.BlockedReason)
			}
			tr.finish(r, p.Timestamp)
		}
	}
}

func (tr *traffic) start(t *target, key string, p *networkEvent, at func() Moment) {
	if p.Request == nil {
		return
	}
	script := p.Type == "Script" && p.LoaderID == "" && p.DocumentURL == p.Request.URL // of a worker
	seen := onTheNetwork(p.Request.URL)
	if !seen && !script {
		return
	}
	r := &Request{
		Moment: at(), Method: p.Request.Method, URL: p.Request.URL + p.Request.Fragment, Type: p.Type, Headers: p.Request.Headers,
		Body: p.Request.PostData, target: t, key: key, id: p.RequestID, frameID: p.FrameID, loaderID: p.LoaderID, began: p.Timestamp,
	}
	r.hop = tr.hops[key]
	tr.hops[key]++
	r.stream, r.script = p.Type == "EventSource" || p.Type == "WebSocket", script
	if seen { // the script of a worker may come from the page itself
		tr.history = append(tr.history, r)
	}
	tr.requests[key] = r
	tr.started++
}

// onTheNetwork leaves out what needs no server, and the icon that a browser asks for by itself.
func onTheNetwork(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Path != "/favicon.ico"
}

func hop(key string, n int) string { return fmt.Sprintf("%s #%d", key, n) }

func (r *Request) answer(a *responseEvent) {
	r.Status, r.StatusText, r.Protocol, r.MimeType = a.Status, a.StatusText, a.Protocol, a.MimeType
	if r.ResponseHeaders == nil {
		r.ResponseHeaders = a.Headers
	}
	r.stream = r.stream || a.MimeType == "text/event-stream"
}

func (tr *traffic) finish(r *Request, timestamp float64) {
	if timestamp > r.began {
		r.Milliseconds = (timestamp - r.began) * 1000
	}
	r.done = true
	if tr.requests[r.key] == r {
		delete(tr.requests, r.key)
	}
}

func (tr *traffic) frameEvent(t *target, method string, p *networkEvent) {
	switch method {
	case "Page.frameAttached":
		tr.frames[p.FrameID] = &frame{id: p.FrameID, parent: p.ParentFrameID, owner: t}
		tr.started++
	case "Page.frameNavigated":
		if p.Frame == nil {
			return
		}
		f := tr.frames[p.Frame.ID]
		if f == nil {
			f = &frame{id: p.Frame.ID, parent: p.Frame.ParentID, owner: t}
			tr.frames[p.Frame.ID] = f
		}
		f.owner = t
		// What the old document had in flight died with it, and nobody reports that when the process changes.
		tr.abandon(func(r *Request) bool {
			return r.frameID == p.Frame.ID && r.loaderID != "" && r.loaderID != p.Frame.LoaderID && r.Type != "Document"
		})
	case "Page.frameStartedLoading":
		if f := tr.frames[p.FrameID]; f != nil {
			f.loading = true
		} else {
			tr.frames[p.FrameID] = &frame{id: p.FrameID, owner: t, loading: true}
		}
		tr.started++
	case "Page.frameStoppedLoading":
		if f := tr.frames[p.FrameID]; f != nil {
			f.loading = false
		}
	case "Page.frameDetached":
		if p.Reason == "swap" {
			if f := tr.frames[p.FrameID]; f != nil {
				f.loading = false // it goes on in another process, whose own session reports it
			}
			return
		}
		tr.dropFrame(p.FrameID)
	}
}

func (tr *traffic) dropFrame(id string) {
	delete(tr.frames, id)
	tr.abandon(func(r *Request) bool { return r.frameID == id })
	for child, f := range tr.frames {
		if f.parent == id {
			tr.dropFrame(child)
		}
	}
}

func (tr *traffic) dropTarget(t *target) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.abandon(func(r *Request) bool { return r.target == t || r.id == string(t.id) && !t.hasDocuments() })
	for id, f := range tr.frames {
		if f.owner == t {
			delete(tr.frames, id)
		}
	}
	tr.wake()
}

func (tr *traffic) abandon(which func(*Request) bool) {
	for _, r := range tr.requests {
		if which(r) {
			if r.Status == 0 {
				r.Error = "abandoned: its document is gone"
			}
			tr.finish(r, 0)
		}
	}
}

func (tr *traffic) wake() {
	close(tr.changed)
	tr.changed = make(chan struct{})
}

// startedSoFar counts everything that ever started.
func (tr *traffic) startedSoFar() uint64 {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.started
}

// pending is what keeps a World from being settled.
type pending struct {
	busy    []string // requests and frames, for an error message
	started uint64
	changed <-chan struct{}
}

// look lists what is in flight. held tells for how many requests to which host a tenant waits on purpose; those, and the
// frames that load because of them, are not busy. Nor is what belongs to a frozen page: it goes on when the page does.
func (tr *traffic) look(held map[string]int, frozen map[*target]bool) pending {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	p := pending{started: tr.started, changed: tr.changed}
	byHost := map[string][]*Request{}
	for _, r := range tr.requests {
		if !frozen[r.target] && !r.left() {
			byHost[r.host()] = append(byHost[r.host()], r)
		}
	}
	excused := map[string]bool{} // frames
	for host, requests := range byHost {
		if len(requests) <= held[host] {
			for _, r := range requests {
				for id := r.frameID; id != "" && !excused[id]; {
					excused[id] = true
					f := tr.frames[id]
					if f == nil {
						break
					}
					id = f.parent
				}
			}
			continue
		}
		for _, r := range requests {
			p.busy = append(p.busy, r.Method+" "+r.URL)
		}
	}
	for id, f := range tr.frames {
		if f.loading && !excused[id] && !frozen[f.owner] {
			p.busy = append(p.busy, fmt.Sprintf("frame %.8s is loading", id))
		}
	}
	slices.Sort(p.busy)
	return p
}

func (r *Request) host() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// script is the request for a worker's own script, nil when it is not in flight. The page asks for it, and the worker reads the
// answer, under its own id.
func (tr *traffic) script(t *target) *Request {
	for _, r := range tr.requests {
		if r.id == string(t.id) && r.target != t {
			return r
		}
	}
	return nil
}

// workerCame notes that the worker whose script was asked for is there.
func (tr *traffic) workerCame(t *target) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if r := tr.script(t); r != nil {
		r.script = false
		if !onTheNetwork(r.URL) {
			tr.finish(r, 0)
		}
	}
	tr.wake()
}

// awaits tells whether the target has a request in flight.
func (tr *traffic) awaits(t *target) bool {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, r := range tr.requests {
		if r.target == t {
			return true
		}
	}
	return false
}

// begun is how many requests there were so far.
func (tr *traffic) begun() int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return len(tr.history)
}

// follow dates the requests after the first n: they waited for the tenant to come to the time at which the browser sent them.
func (tr *traffic) follow(n int, tenant, browser time.Time) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, r := range tr.history[n:] {
		r.Tenant, r.Browser = tenant, browser
	}
}

// snapshot copies the history after the first n.
func (tr *traffic) snapshot(n int) []Request {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	history := tr.history[min(max(n, 0), len(tr.history)):]
	out := make([]Request, 0, len(history))
	for _, r := range history {
		c := *r
		// The wire knows the cookies, the renderer does not.
		if h := tr.sent[hop(r.key, r.hop)]; len(h) > 0 {
			c.Headers = h
		}
		if h := tr.received[hop(r.key, r.hop)]; len(h) > 0 {
			c.ResponseHeaders = h
		}
		out = append(out, c)
	}
	return out
}
