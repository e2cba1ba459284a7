package check

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/pattern"
)

// firstCalls judges the app's first calls of an API, with the token of its login. No time has passed by then: an API whose clock does not
// follow the tenant's has no reason to refuse it.
func (s *scene) firstCalls() error {
	from := s.moment()
	if _, err := s.pressIfThere(); err != nil {
		return err
	}
	calls := s.calls(moment{})
	if s.run.renewal == appdrive.ServerSession {
		calls = s.serverCalls(from)
	}
	const id = "api-refuses-token"
	refused, known := refusedCall(calls)
	switch {
	case refused != nil:
		s.run.found(id, s, "%s", refused.refusal(s.run.renewal))
	case !known:
		outcome, why := uncalled(calls)
		s.run.leaves(id, outcome, why)
	}
	return nil
}

// uncalled says why no answer of an API tells whether it takes tokens: calls have none.
func uncalled(calls []call) (Outcome, string) {
	for _, c := range calls {
		if c.failed != "" {
			return NotChecked, fmt.Sprintf("its call of %s failed in the browser (%s): is the API running, and does it allow the app's origin?",
				c.url, c.failed)
		}
	}
	return DoesNotApply, "it called no API with the token of its login"
}

// refusedCall is the first call of an API that took no token at all; known: one was called.
func refusedCall(calls []call) (refused *call, known bool) {
	const inStep = time.Minute // by which the tenant's clock may be before the API's
	calls = slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return c.status == 0 || c.late() > 0 || c.ahead.Abs() > inStep })
	for _, c := range calls {
		taken := func(other call) bool {
			return origin(other.url) == origin(c.url) && other.status != http.StatusUnauthorized
		}
		if c.status == http.StatusUnauthorized && !slices.ContainsFunc(calls, taken) {
			return &c, true
		}
	}
	return nil, len(calls) > 0
}

// refusal says what became of the call.
func (c call) refusal(how appdrive.Renewal) string {
	says := " It gave no reason (WWW-Authenticate has none); its log may."
	if c.says != "" {
		says = fmt.Sprintf(" It said %q.", c.says)
	}
	says = c.addressed() + says
	if how == appdrive.ServerSession {
		return fmt.Sprintf("Somebody had just logged in, and the app's server answered %s with 401.%s", c.url, says)
	}
	return fmt.Sprintf("The app called %s with the token of a login a moment before, and was answered 401.%s", c.url, says)
}

// addressed says of whom and for whom the token is, as the API sees it; "": unknown.
func (c call) addressed() string {
	issuer, _ := c.claims["iss"].(string)
	audiences := []string{}
	switch aud := c.claims["aud"].(type) {
	case string:
		audiences = append(audiences, aud)
	case []any:
		for _, one := range aud {
			audiences = append(audiences, fmt.Sprint(one))
		}
	}
	if issuer == "" || len(audiences) == 0 {
		return ""
	}
	return fmt.Sprintf(" The token's issuer is %s, its audience %s.", issuer, strings.Join(audiences, " and "))
}

// serverCalls are the requests of the page to the app's own server since a moment: such a server has the token, and calls the API itself.
func (s *scene) serverCalls(from moment) (all []call) {
	for _, r := range s.World.RequestsFrom(from.requests) {
		if origin(r.URL) == s.Origin() && (r.Type == "Fetch" || r.Type == "XHR") {
			all = append(all, call{
				at: r.Tenant, url: oauth.WithoutQuery(r.URL), status: r.Status, says: challenge(r), failed: r.Error,
				ahead: r.Tenant.Sub(r.Real),
			})
		}
	}
	return all
}

var challengeWords = pattern.Lazy(`(error|error_description)="([^"]*)"`)

// challenge is what an answer says of a token that it refuses, by WWW-Authenticate; "": nothing.
func challenge(r browser.Request) string {
	words := map[string]string{}
	for name, value := range r.ResponseHeaders {
		if strings.EqualFold(name, "WWW-Authenticate") {
			for _, m := range challengeWords().FindAllStringSubmatch(value, -1) {
				words[m[1]] = cmp.Or(words[m[1]], m[2])
			}
		}
	}
	return strings.TrimPrefix(strings.TrimSuffix(words["error"]+": "+words["error_description"], ": "), ": ")
}

// origin is that of an address; "": it has none.
func origin(address string) string {
	o, _ := oauth.OriginOf(address)
	return o
}
