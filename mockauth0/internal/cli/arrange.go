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
	answered := false // the next response is that of a login
	exchange := ""    // the request that exchanges its code
	for e := range events.C {
		answer, ok := e.Data.(*event.Response)
		switch {
		case e.Type == event.SuccessLogin:
			answered = true
		case e.Type == event.SuccessExchangeCode:
			exchange = e.Request
		case ok && exchange != "" && e.Request == exchange:
			return true
		case answered && ok:
			answered = false
			if !strings.Contains(answer.Location, "code=") {
				return true
			}
		}
	}
	return false
}
