package appdrive_test

import (
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/names"
)

func TestAsksAreReadOutOfATenantsEvents(t *testing.T) {
	t.Parallel()
	query := func(prompt string) event.Query {
		return event.Query{"client_id": {"Mine"}, "prompt": {prompt}, "response_type": {"code"}}
	}
	browser := event.Request{Method: "POST", FetchSite: "cross-site"}
	for _, c := range []struct {
		name     string
		endpoint string
		request  event.Request
		then     []event.Event
		want     appdrive.Ask
	}{
		{"a silent request that is refused in a message", names.Authorize, event.Request{Method: "GET", Query: query("none"), FetchSite: "cross-site"},
			[]event.Event{{Data: &event.Response{Status: 200, Response: event.Members{"error": "login_required",
				"error_description": "Login required"}}}},
			appdrive.Ask{Kind: appdrive.AskSilent, ClientID: "Mine", Answer: appdrive.Refused, Error: "login_required", Text: "Login required"}},
		{"a login", names.Authorize, event.Request{Method: "GET", Query: query("login"), FetchSite: "cross-site"},
			[]event.Event{{Data: &event.Response{Status: 302}}},
			appdrive.Ask{Kind: appdrive.AskLogin, ClientID: "Mine", Answer: appdrive.Given}},
		{"an exchange that brings a refresh token", names.Token, browser,
			[]event.Event{{ClientID: "Mine", UserID: "auth0|ada", UserName: "ada@example.test",
				Data: &event.LogEntry{Grant: "authorization_code", RefreshToken: true, ExpiresIn: 60}},
				{Data: &event.Response{Status: 200, Grant: "authorization_code"}}},
			appdrive.Ask{Kind: appdrive.AskCode, ClientID: "Mine", UserID: "auth0|ada", UserName: "ada@example.test", Answer: appdrive.Given,
				Refresh: true, ExpiresIn: time.Minute}},
		{"a refresh that is refused: what the client got counts", names.Token, browser,
			[]event.Event{{Description: "the log's own words", Data: &event.LogEntry{Grant: "refresh_token", Error: "invalid_grant"}},
				{Data: &event.Response{Status: 403, Error: "invalid_grant", ErrorText: "Unknown or invalid refresh token."}}},
			appdrive.Ask{Kind: appdrive.AskRefresh, Answer: appdrive.Refused, Error: "invalid_grant", Text: "Unknown or invalid refresh token."}},
		{"a server's, whose connection is cut", names.Token, event.Request{Method: "POST"},
			[]event.Event{{Data: &event.NoAnswer{Why: event.ConnectionCut}}},
			appdrive.Ask{Kind: appdrive.AskToken, ByServer: true, Answer: appdrive.Lost, Error: "the connection was cut"}},
		{"one that waits", names.Token, browser, nil, appdrive.Ask{Kind: appdrive.AskToken, Answer: appdrive.Pending}},
	} {
		events := []event.Event{{Seq: 1, Request: "a", Endpoint: c.endpoint, Kind: event.KindRequest, Data: &c.request}}
		for _, e := range c.then {
			e.Request, e.Endpoint = "a", c.endpoint
			events = append(events, e)
		}
		got := appdrive.Asks(events)
		if len(got) != 1 {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		one := got[0]
		one.Request, one.Seq, one.Query = "", 0, nil
		if one.Kind != c.want.Kind || one.Answer != c.want.Answer || one.Error != c.want.Error || one.Text != c.want.Text ||
			one.ByServer != c.want.ByServer || one.Refresh != c.want.Refresh || one.ExpiresIn != c.want.ExpiresIn || one.UserID != c.want.UserID {
			t.Errorf("%s: %+v, want %+v", c.name, one, c.want)
		}
	}
	if preflight := appdrive.Asks([]event.Event{{Request: "a", Endpoint: names.Token,
		Data: &event.Request{Method: "OPTIONS"}}}); len(preflight) > 0 {
		t.Errorf("a preflight is %+v", preflight)
	}
}

func TestNamesOfControls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, control string
		tells         bool
	}{
		{"Log in", "log  in", false}, {"Log in", "LOG IN", true}, {"Log in", "Log in now", false}, {"/log ?in/", "Login with us", true},
		{"/^log in$/", "Log in now", false}, {"a.b", "axb", false}, {"", "anything", false}, {appdrive.UsualLogIn, "Sign-in", true},
		{appdrive.UsualLogIn, "Anmelden", true}, {appdrive.UsualLogIn, "Se connecter", true}, {appdrive.UsualLogIn, "Iniciar sesión", true},
		{appdrive.UsualLogIn, "Zum Newsletter anmelden", false}, {appdrive.UsualLogIn, "Déconnexion", false},
		{appdrive.UsualLogOut, "Abmelden", true}, {appdrive.UsualLogOut, "Déconnexion", true}, {appdrive.UsualLogOut, "Cerrar sesión", true},
		{appdrive.UsualLogIn, "Blogging", false}, {appdrive.UsualLogOut, "Log out", true}, {appdrive.UsualLogOut, "Log in", false},
	} {
		if n := name(t, c.text); n.Tells(c.control) != c.tells {
			t.Errorf("%q and %q", c.text, c.control)
		}
	}
	if _, err := appdrive.ParseName("/(/"); err == nil {
		t.Error("a broken expression is taken")
	}
}
