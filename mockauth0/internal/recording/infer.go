package recording

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// Infer fills in what follows from the exchanges together, where a recording leaves something out: an answer without its body
// is known by what the app did next. It must be called once, after Finish.
func (r *Recording) Infer() {
	r.repeatedStates()
	for _, e := range r.Exchanges {
		e.bareRequest()
	}
	for i, e := range r.Exchanges {
		if !e.Silent() || !e.Response.Known || e.Response.BodyKnown || e.Log != nil || e.Response.Status != 200 || e.Response.Error != "" {
			continue
		}
		switch {
		case r.codeUsed(i):
			e.Response.Granted, e.Response.Inferred = []string{"code"}, "the app exchanged a code right after it"
		case slices.Contains(e.Response.Cookies, "auth0"):
			e.Response.Granted, e.Response.Inferred = []string{"code"}, "the answer renewed the session's cookie"
		case e.Request.CookiesKnown && !slices.Contains(e.Request.Cookies, "auth0") && !slices.Contains(e.Request.Cookies, "auth0_compat"):
			e.Response.Error, e.Response.Description = "login_required", "Login required"
			e.Response.Inferred = "the request carried no session cookie, and no code was exchanged after it"
		}
	}
	asked := map[string]string{} // stand-in of a state → client that sent it
	latest := ""                 // client of the newest login that began
	for _, e := range r.Exchanges {
		if e.Endpoint == names.Authorize && !e.Silent() && e.Client() != "" {
			latest = e.Client()
		}
		switch {
		case e.Endpoint == names.Authorize && e.Client() != "" && e.Request.Params["state"] != "":
			asked[e.Request.Params["state"]] = e.Client()
		case e.Client() == "" && e.Response.State != "":
			e.For = asked[e.Response.State] // a login ends at another endpoint than it begins, which does not name the client
		}
		if e.Client() == "" && e.Endpoint == names.Resume && len(e.Response.Granted) > 0 {
			e.For = latest // its state was taken out
		}
	}
	who := map[string]string{} // client → the person whom its last tokens were about
	for _, e := range r.Exchanges {
		for _, t := range e.Response.Tokens {
			if t.Subject != "" {
				who[e.Client()] = t.Subject
			}
		}
		e.Person = who[e.Client()]
		if e.Log != nil {
			e.Person = e.Log.User
		}
	}
}

// bareRequest tells what a request was whose parameters were left out, where the words of its refusal are those of one kind of request
// only.
func (e *Exchange) bareRequest() {
	p := e.Request.Params
	switch reason := e.Reason(); {
	case e.Log != nil || p == nil:
	case e.Endpoint == names.Token && p["grant_type"] == "":
		switch reason {
		case event.RefreshRefused, event.RefreshReused, event.RefreshTokenNotSent:
			p["grant_type"] = names.GrantRefreshToken
		case event.CodeRefused, event.CodeVerifierWrong:
			p["grant_type"] = names.GrantAuthorizationCode
		}
	case e.Endpoint == names.Authorize && len(p) == 0 && e.Response.Error == "login_required": // which is said with prompt=none only
		p["prompt"] = "none"
		e.Request.Unknown = e.Request.Unknown.With("state").With("client_id").With("redirect_uri")
	}
}

// repeatedStates finds values of state that two requests, or two answers, have in common: an SDK makes a new one for each, so somebody has
// put the same word in the place of all.
func (r *Recording) repeatedStates() {
	asked, answered := map[string]int{}, map[string]int{}
	for _, e := range r.Exchanges {
		if e.Endpoint == names.Authorize && e.Log == nil {
			asked[e.Request.Params["state"]]++
			answered[e.Response.State]++
		}
	}
	for _, e := range r.Exchanges {
		if e.Endpoint != names.Authorize {
			continue
		}
		if sent := e.Request.Params["state"]; sent != "" && asked[sent] > 1 {
			e.Request.Unknown = e.Request.Unknown.With("state")
		}
		if got := e.Response.State; got != "" && answered[got] > 1 {
			e.Response.Unknown = e.Response.Unknown.With("state")
		}
	}
}

// codeUsed tells whether the client exchanged a code within seconds of exchange i.
func (r *Recording) codeUsed(i int) bool {
	e := r.Exchanges[i]
	ended := e.Start.Add(e.Took)
	others := 0 // codes of logins that were on their way meanwhile
	for _, next := range r.Exchanges[i+1:] {
		if !next.Start.IsZero() && next.Start.Sub(ended) > 5*time.Second {
			return false
		}
		if next.Endpoint == names.Authorize && next.Client() == e.Client() {
			return false
		}
		if next.Endpoint == names.Resume && slices.Contains(next.Response.Granted, "code") {
			others++
		}
		if next.Endpoint == names.Token && next.Client() == e.Client() && next.Request.Params["grant_type"] == names.GrantAuthorizationCode {
			if others == 0 {
				return true
			}
			others--
		}
	}
	return false
}

// Untold says why it is not known what became of an exchange, and what speaks for either.
func (r *Recording) Untold(e *Exchange) string {
	why := "what its answer says was not recorded, and its status is the same for a success and for a failure"
	switch u := e.Response.Unknown; {
	case e.GivenUp():
		return "the page gave it up before its answer came: it was left, or it removed the frame"
	case !e.Response.Known:
		return "its answer is not in the recording"
	case u.Has(event.LocationHeader):
		why = "where its answer led to was taken out of the recording"
	case e.Response.BodyKnown:
		why = "its answer has no authorization response that can be read"
	}
	if strings.Contains(e.Request.Params["response_type"], "code") && !r.codeUsed(slices.Index(r.Exchanges, e)) {
		why += ". No code was exchanged after it, so it is likelier that it failed"
	}
	return why
}
