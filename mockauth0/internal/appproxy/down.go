package appproxy

import (
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
)

// page is what a person sees while the app does not answer. It asks again by itself.
var page = template.Must(template.New("down").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
{{if .Again}}<meta http-equiv="refresh" content="2">{{end}}
<title>Your app does not answer</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 4em auto; padding: 0 1em; color-scheme: light dark }
code { overflow-wrap: anywhere }
</style>
<h1>{{.Title}}</h1>
<p>This is mockauth0, which puts <code>{{.App}}</code> on https. {{.Do}}
<p><small><code>{{.Why}}</code></small>
</html>
`))

// failed answers in the app's place.
func (p *Proxy) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil { // nobody waits for an answer
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	title, do := "Your app broke off its answer", "See what your app wrote, and load the page again."
	away := isAway(err)
	if away {
		p.tell(err)
		title, do = "Your app does not answer", "Start your app; this page then loads it."
	} else {
		p.log.Warn("your app broke off its answer", "app", p.app, "asked", r.Method+" "+r.URL.Path, "why", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprintf(w, "%s at %s (%v). %s\n", title, p.app, err, do)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadGateway)
	dest := r.Header.Get("Sec-Fetch-Dest")
	_ = page.Execute(w, map[string]any{ // the browser may have gone
		"Title": title, "App": p.app.String(), "Do": do, "Why": err.Error(), "Again": away && (dest == "" || dest == "document"),
	})
}

// isAway tells that no connection to the app could be made.
func isAway(err error) bool {
	var socket *net.OpError
	return errors.As(err, &socket) && socket.Op == "dial"
}

// tell says once that the app went away, and once that it is back; nil: it answered.
func (p *Proxy) tell(err error) {
	p.mu.Lock()
	was := p.down
	p.down = err != nil
	p.mu.Unlock()
	switch {
	case err != nil && !was:
		p.log.Warn("your app does not answer; its page says so, and comes back with it", "app", p.app, "why", err)
	case err == nil && was:
		p.log.Info("your app answers again", "app", p.app)
	}
}
