package cli

import (
	"fmt"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

// arrangeAfterLogin has a scenario go wrong once somebody has logged in, and says what is left to do. The function that it
// gives ends it.
func (a *app) arrangeAfterLogin(server *mockauth0.Server, s *scenario.Scenario) (stop func()) {
	fmt.Fprintf(a.stdio.Err, "Scenario %s: %s\nLog in as %s. The failure begins after that.\n", s.ID, s.Title, a.credentials(s))
	events := server.Subscribe(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if !loggedIn(events) {
			return
		}
		passed, left, err := stage.Arrange(server.Tenant, s)
		if err != nil {
			a.log.Error("the failure cannot begin", "scenario", s.ID, "why", err)
			return
		}
		words := make([]string, len(left))
		for i, step := range left {
			words[i] = step.String()
		}
		details := []any{"scenario", s.ID, "steps", strings.Join(words, ", ")}
		if passed != 0 {
			details = append(details, "tenant_clock", "+"+passed.String())
		}
		a.log.Info("the failure begins: renew now", details...)
	}()
	return func() {
		events.Close()
		<-done
	}
}

// loggedIn waits until the tenant has answered with the tokens of a login; false: the events ended before.
func loggedIn(events *mockauth0.Subscription) bool {
	login, exchange := "", "" // the requests that let somebody in, and that exchange the code
	for e := range events.C {
		answer, ok := e.Data.(*event.Response)
		switch {
		case e.Type == event.SuccessLogin:
			login = e.Request
		case e.Type == event.SuccessExchangeCode:
			exchange = e.Request
		case !ok || e.Request == "":
		case e.Request == exchange, e.Request == login && !bringsCode(answer):
			return true
		}
	}
	return false
}

// bringsCode tells whether an answer sends the app a code: by redirect, or in a page for a popup (web_message) or a server (form_post). The
// login is over only when that was exchanged.
func bringsCode(answer *event.Response) bool {
	return strings.Contains(answer.Location, "code=") || answer.Response.Has("code")
}
