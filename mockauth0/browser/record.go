package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-rod/rod/lib/proto"

	"renewal.example/mockauth0/internal/pattern"
)

// entry is one thing that happened in a page besides traffic.
type entry struct {
	Moment
	Page  string // its number, as "page 1"
	Kind  string // console, exception, browser, dialog, crash
	Level string // log, info, warning, error, …
	Text  string
	Where string // address:line
}

// ConsoleEntry is something that a page wrote to the console, an uncaught exception, or a complaint of the browser.
type ConsoleEntry struct {
	Moment
	Kind  string // console, exception, browser (a blocked cookie, a failed load), dialog, crash
	Level string // log, info, debug, warning, error
	Text  string // what was written
	Where string // address:line
}

// Message is a window message as it arrived, or as the browser refused to deliver it.
type Message struct {
	Moment
	Origin    string          // of the window that sent it; "" when refused: the browser does not tell
	Target    string          // origin of the window that got it, or the origin that the sender asked for
	Data      json.RawMessage // as JSON
	String    bool            // it was sent as a string
	Delivered bool            // a window got it
	Refusal   string          // the browser's words when it was not delivered
}

// event takes what is not about contexts. It runs on the reader's goroutine and must not wait.
func (w *World) event(t *target, method string, params json.RawMessage) {
	w.traffic.event(t, method, params, w.now)
	switch method {
	case "Runtime.consoleAPICalled":
		w.wrote(t, params)
	case "Runtime.exceptionThrown":
		var p struct {
			Details *proto.RuntimeExceptionDetails `json:"exceptionDetails"`
		}
		if json.Unmarshal(params, &p) == nil && p.Details != nil {
			w.note(t, entry{
				Kind: "exception", Level: "error", Text: exceptionText(p.Details), Where: fmt.Sprintf("%s:%d", p.Details.URL, p.Details.LineNumber+1),
			})
		}
	case "Log.entryAdded":
		var p struct {
			Entry struct {
				Level, Text, URL string
				LineNumber       int
			} `json:"entry"`
		}
		if json.Unmarshal(params, &p) == nil {
			w.note(t, entry{Kind: "browser", Level: p.Entry.Level, Text: p.Entry.Text, Where: fmt.Sprintf("%s:%d", p.Entry.URL, p.Entry.LineNumber)})
			w.refusedMessage(p.Entry.Text)
		}
	case "Runtime.bindingCalled":
		var p struct {
			Name, Payload string
		}
		if json.Unmarshal(params, &p) == nil && p.Name == messageBinding {
			w.message(p.Payload)
		}
	case "Page.frameNavigated":
		var p struct {
			Frame struct {
				ParentID         string `json:"parentId"`
				URL, URLFragment string
			}
		}
		if json.Unmarshal(params, &p) == nil && p.Frame.ParentID == "" {
			t.navigated(p.Frame.URL + p.Frame.URLFragment)
		}
	case "Page.javascriptDialogOpening":
		var p struct{ Type, Message string }
		_ = json.Unmarshal(params, &p)
		w.note(t, entry{Kind: "dialog", Level: "info", Text: p.Type + ": " + p.Message})
		// An open dialog blocks everything else in the page.
		go func() {
			_ = proto.PageHandleJavaScriptDialog{Accept: p.Type == "alert" || p.Type == "beforeunload"}.Call(t.on(context.WithoutCancel(w.ctx)))
		}()
	}
}

// wrote notes a call of the console.
func (w *World) wrote(t *target, params json.RawMessage) {
	var p struct {
		Type string `json:"type"`
		Args []struct {
			Value       json.RawMessage `json:"value"`
			Description string          `json:"description"`
			Type        string          `json:"type"`
		} `json:"args"`
		Stack struct {
			Frames []struct {
				URL  string `json:"url"`
				Line int    `json:"lineNumber"`
			} `json:"callFrames"`
		} `json:"stackTrace"`
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	words := make([]string, 0, len(p.Args))
	for _, a := range p.Args {
		var s string
		switch {
		case json.Unmarshal(a.Value, &s) == nil:
			words = append(words, s)
		case len(a.Value) > 0:
			words = append(words, string(a.Value))
		case a.Description != "":
			words = append(words, a.Description)
		default:
			words = append(words, a.Type)
		}
	}
	e := entry{Kind: "console", Level: p.Type, Text: strings.Join(words, " ")}
	if len(p.Stack.Frames) > 0 {
		e.Where = fmt.Sprintf("%s:%d", p.Stack.Frames[0].URL, p.Stack.Frames[0].Line+1)
	}
	w.note(t, e)
}

func (w *World) note(t *target, e entry) {
	e.Moment = w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	e.Page = string(t.kind)
	if t.page != nil {
		e.Page = fmt.Sprintf("page %.6s", t.page.target.id)
	}
	w.entries = append(w.entries, e)
}

func (w *World) entriesOf(kinds ...string) []entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []entry
	for _, e := range w.entries {
		for _, k := range kinds {
			if e.Kind == k {
				out = append(out, e)
			}
		}
	}
	return out
}

// Console lists what the World's pages wrote and threw, and what the browser reported of them, oldest first.
func (w *World) Console() []ConsoleEntry {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]ConsoleEntry, 0, len(w.entries))
	for _, e := range w.entries {
		out = append(out, ConsoleEntry{Moment: e.Moment, Kind: e.Kind, Level: e.Level, Text: e.Text, Where: e.Where})
	}
	return out
}

func (w *World) message(payload string) {
	var p struct {
		Origin, Target, Data string
		String               bool
	}
	if json.Unmarshal([]byte(payload), &p) != nil {
		return // a page that called the binding itself
	}
	m := Message{Moment: w.now(), Origin: p.Origin, Target: p.Target, String: p.String, Delivered: true}
	if json.Valid([]byte(p.Data)) {
		m.Data = json.RawMessage(p.Data)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages = append(w.messages, m)
}

var refusedTarget = pattern.Lazy(`postMessage.*target origin provided \('([^']*)'\)`)

// refusedMessage keeps the browser's complaint that a message's target origin is not that of the window.
func (w *World) refusedMessage(complaint string) {
	m := refusedTarget().FindStringSubmatch(complaint)
	if m == nil {
		return
	}
	refused := Message{Moment: w.now(), Target: m[1], Refusal: complaint}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages = append(w.messages, refused)
}

// Messages lists the window messages between the World's documents, oldest first. Those that the browser refused to
// deliver, because the target origin was another, are in it with Delivered false.
func (w *World) Messages() []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Message(nil), w.messages...)
}
