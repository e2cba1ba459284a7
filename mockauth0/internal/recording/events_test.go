package recording

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
)

var nine = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// summary is the events of exchanges in short: kind, type and one detail each.
func summary(exchanges ...*Exchange) (out []string) {
	for i, e := range exchanges {
		e.Place, e.Start = i+1, nine.Add(time.Duration(i)*time.Minute)
	}
	rec := &Recording{Exchanges: exchanges}
	rec.Infer()
	for _, e := range rec.Events() {
		out = append(out, fmt.Sprintf("%s %s%s%s", e.Request, e.Kind, prefixed(":", string(e.Type)), detail(e)))
	}
	return out
}

func prefixed(with, text string) string {
	if text == "" {
		return ""
	}
	return with + text
}

func detail(e event.Event) string {
	raw, _ := json.Marshal(e.Data)
	var details map[string]any
	_ = json.Unmarshal(raw, &details)
	out := ""
	for _, name := range []string{"why", "session", "family", "reason", "asked_by", "posts", "status"} {
		if v, ok := details[name]; ok {
			out += fmt.Sprintf(" %s=%v", name, v)
		}
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the events are\n%q\nwant\n%q", got, want)
	}
}

func authorize(prompt string, r Response) *Exchange {
	r.Known = true
	return &Exchange{Endpoint: "authorize", Path: "/authorize", Method: "GET", Response: r,
		Request: Request{
			Params: map[string]string{"client_id": "c", "prompt": prompt, "response_mode": "web_message", "state": "state-1"}, CookiesKnown: true,
		}}
}

// A login, a silent request that finds no cookie, and a logout, as the tenant would have recorded them.
func TestALoginAndASilentRequestBecomeEvents(t *testing.T) {
	resume := &Exchange{
		Endpoint: "authorize.resume", Method: "GET", Request: Request{Params: map[string]string{}}, Response: Response{
			Known: true, Status: 302, State: "state-1", Granted: []string{"code"}, Code: "code-1", Cookies: []string{"auth0"},
		},
	}
	exchange := &Exchange{
		Endpoint: "token", Request: Request{Params: map[string]string{"client_id": "c", "grant_type": "authorization_code", "code": "code-1"}},
		Response: Response{Known: true, Status: 200, Granted: []string{"access_token"}, Refresh: "refresh_token-1"},
	}
	silent := authorize("none", Response{
		Status: 200, BodyKnown: true, Error: "login_required", Description: "Login required", State: "state-1",
	})
	logout := &Exchange{
		Endpoint: "logout", Request: Request{Params: map[string]string{"client_id": "c"}}, Response: Response{Known: true, Status: 302},
	}
	same(t, summary(authorize("", Response{Status: 302, Shown: "login"}), resume, exchange, silent, logout),
		"entry-1 request", "entry-1 response status=302",
		"entry-2 request", "entry-2 session session=session-1", "entry-2 log:s session=session-1", "entry-2 response status=302",
		"entry-3 request", "entry-3 log:seacft family=family-1 asked_by=entry-2", "entry-3 response status=200",
		"entry-4 request", "entry-4 session why=no_cookie", "entry-4 log:fsa reason=login_required", "entry-4 response posts=1 status=200",
		"entry-5 request", "entry-5 session why=logout session=session-1", "entry-5 log:slo", "entry-5 response status=302")
	if resume.Client() != "c" {
		t.Errorf("the end of the login is of the client %q", resume.Client())
	}
}

// Nobody knows of cookies that a recorder leaves out, unless the browser says that it withheld them.
func TestCookiesThatWereNotRecordedAreNotMissing(t *testing.T) {
	silent := func(storage, browser string) *Exchange {
		e := authorize("none", Response{Status: 200, BodyKnown: true, Error: "login_required"})
		e.Request.CookiesKnown, e.Request.Storage, e.Request.Browser = false, storage, browser
		return e
	}
	for _, unseen := range []*Exchange{silent("", "Chrome/131"), silent("none", "Firefox/140"), silent("none", "")} {
		same(t, summary(unseen), "entry-1 request", "entry-1 log:fsa reason=login_required", "entry-1 response posts=1 status=200")
	}
	same(t, summary(silent("none", "Chrome/131")), "entry-1 request", "entry-1 session why=no_cookie", "entry-1 log:fsa reason=login_required",
		"entry-1 response posts=1 status=200")
	if d := (&Recording{Exchanges: []*Exchange{silent("", "Chrome/131")}}).Events()[0].Data.(*event.Request); d.Cookies != nil {
		t.Errorf("the cookies are %v", d.Cookies)
	}
}

func TestALineOfRefreshTokensIsFollowed(t *testing.T) {
	refresh := func(sent, got, description string) *Exchange {
		e := &Exchange{
			Endpoint: "token", Request: Request{Params: map[string]string{"client_id": "c", "grant_type": "refresh_token", "refresh_token": sent}},
			Response: Response{Known: true, Status: 200, Refresh: got},
		}
		if description != "" {
			e.Response = Response{Known: true, Status: 403, Error: "invalid_grant", Description: description}
		}
		return e
	}
	got := summary(refresh("refresh_token-1", "refresh_token-2", ""),
		refresh("refresh_token-1", "", "Unsuccessful Refresh Token exchange, reused refresh token detected"),
		refresh("refresh_token-2", "", "Unknown or invalid refresh token."), refresh("refresh_token-9", "", "Unknown or invalid refresh token."))
	var logs []string
	for _, line := range got {
		if len(line) > 12 && line[8:11] == "log" {
			logs = append(logs, line)
		}
	}
	same(t, logs, "entry-1 log:sertft family=family-1",
		"entry-2 log:ferrt why=the tenant took it for one that had been used before family=family-1 reason=reused",
		"entry-3 log:fertft family=family-1 reason=gone", "entry-4 log:fertft family=family-9 reason=refresh_token_refused")
}

// What a page without its body said follows from what the app did next.
func TestAnAnswerWithoutBodyIsInferred(t *testing.T) {
	bare := func() *Exchange { return authorize("none", Response{Status: 200}) }
	exchange := &Exchange{
		Endpoint: "token", Request: Request{Params: map[string]string{"client_id": "c", "grant_type": "authorization_code"}},
		Response: Response{Known: true, Status: 200},
	}
	infer := func(exchanges ...*Exchange) *Exchange {
		for i, e := range exchanges {
			e.Start = nine.Add(time.Duration(i) * time.Second)
		}
		(&Recording{Exchanges: exchanges}).Infer()
		return exchanges[0]
	}
	if e := infer(bare(), exchange); e.Failed() || len(e.Response.Granted) != 1 {
		t.Errorf("followed by an exchange: %+v", e.Response)
	}
	if e := infer(bare()); e.Response.Error != "login_required" || e.Response.Inferred == "" {
		t.Errorf("without a cookie and without an exchange: %+v", e.Response)
	}
	sent := bare()
	sent.Request.Cookies = []string{"auth0"}
	if e := infer(sent); e.Failed() || e.Response.Inferred != "" {
		t.Errorf("with a cookie nobody knows: %+v", e.Response)
	}
	renewed := bare()
	renewed.Response.Cookies = []string{"auth0"}
	if e := infer(renewed); e.Failed() || e.Response.Inferred == "" {
		t.Errorf("with a renewed cookie: %+v", e.Response)
	}
}

func TestARequestWithoutAnswerIsTold(t *testing.T) {
	lost := authorize("none", Response{})
	lost.Response = Response{Failure: "net::ERR_FAILED"}
	same(t, summary(lost), "entry-1 request", "entry-1 no_answer")
}

func TestHostsAreListedByTheirRequests(t *testing.T) {
	r := &Recording{}
	r.CountHosts(map[string]int{"b.example": 2, "a.example": 2, "c.example": 3})
	if got := fmt.Sprint(r.Hosts); got != "[{c.example 3} {a.example 2} {b.example 2}]" {
		t.Error(got)
	}
}
