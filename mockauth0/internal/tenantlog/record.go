package tenantlog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/auth0text"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/recording"
)

// NoneError says that a log holds nothing about logins and renewals.
type NoneError struct {
	Records int
	Types   []string
}

func (e *NoneError) Error() string {
	return fmt.Sprintf("the file has %s, none about a login, a renewal or a logout; of the types: %s. Export records of the types ssa, fsa, "+
		"s, f, seacft, sertft, fertft, ferrt, slo", recording.Counted(e.Records, "log record", "log records"), strings.Join(e.Types, ", "))
}

func kinds(types map[event.LogCode]int) []string {
	var out []string
	for t, n := range types {
		out = append(out, fmt.Sprintf("%s (%d)", t, n))
	}
	slices.Sort(out)
	if len(out) > 20 {
		out = append(out[:20], "…")
	}
	return out
}

// meaning is what a type of log record says of an exchange
// (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes).
type meaning struct {
	endpoint string
	grant    string
	failed   bool
	status   int // of the answer, where the type tells
}

// meaningOf is what a type says. Those of exchanges are the registry's.
func meaningOf(code event.LogCode) meaning {
	if code == event.FailedExchangeRotatingRefresh {
		return meaning{endpoint: names.Token, grant: names.GrantRefreshToken, failed: true, status: 403}
	}
	if m, known := meanings[code]; known || code == "" {
		return m
	}
	for _, g := range names.Grants() {
		switch code {
		case g.Success:
			return meaning{endpoint: names.Token, grant: g.Type, status: 200}
		case g.Failure:
			return meaning{endpoint: names.Token, grant: g.Type, failed: true}
		}
	}
	return meaning{}
}

// meanings are those of all types but the exchanges'.
var meanings = map[event.LogCode]meaning{
	event.SuccessSilentAuth:         {endpoint: names.Authorize},
	event.FailedSilentAuth:          {endpoint: names.Authorize, failed: true},
	event.SuccessLogin:              {endpoint: names.Login},
	event.FailedLogin:               {endpoint: names.Login, failed: true},
	event.FailedLoginWrongPassword:  {endpoint: names.Login, failed: true},
	event.FailedLoginWrongUser:      {endpoint: names.Login, failed: true},
	event.FailedByConnector:         {endpoint: names.Login, failed: true},
	event.SuccessRevokeRefreshToken: {endpoint: names.Revoke, status: 200},
	event.SuccessLogout:             {endpoint: names.Logout},
	event.FailedLogout:              {endpoint: names.Logout, failed: true},
	event.FailedByCORS:              {endpoint: names.Token, failed: true},
	event.SuccessCrossOriginAuth:    {endpoint: names.CrossOrigin, status: 200},
	event.FailedCrossOriginAuth:     {endpoint: names.CrossOrigin, failed: true},
	event.BlockedAccount:            {endpoint: names.Login, failed: true, status: 429},
	event.BlockedIPAddress:          {endpoint: names.Login, failed: true, status: 429},
	event.BlockedTooManyLogins:      {endpoint: names.Login, failed: true, status: 429},
	event.LeakedPassword:            {endpoint: names.Login, failed: true},
	event.RateLimited:               {endpoint: names.Authorize, failed: true, status: 429},
	event.Warning:                   {endpoint: names.Login},
	event.MFARequired:               {endpoint: names.Factor},
	event.GuardianAuthFailed:        {endpoint: names.Factor, failed: true},
	event.GuardianAuthRejected:      {endpoint: names.Factor, failed: true},
	event.DeletedUser:               {endpoint: "management"},
	event.SuccessUserDeletion:       {endpoint: "management"},
	event.ResourceCleanup:           {endpoint: "management"},
}

// object gives a member that is an object; nil otherwise.
func object(m map[string]any, key string) map[string]any {
	inner, _ := m[key].(map[string]any)
	return inner
}

// text gives a member as text; a list is joined by spaces, as scopes are.
func text(m map[string]any, key string) string {
	switch v := m[key].(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case []any:
		var words []string
		for _, w := range v {
			if s, ok := w.(string); ok {
				words = append(words, s)
			}
		}
		return strings.Join(words, " ")
	}
	return ""
}

// exchange is what a record says. Records of other matters have no endpoint.
func (f *file) exchange(m map[string]any, place int) *recording.Exchange {
	code := event.LogCode(f.red.Text(cmp.Or(text(m, "type_id"), text(m, "type")))) // Elastic's integration writes words into type
	mean := meaningOf(code)
	details := object(m, "details")
	e := &recording.Exchange{Place: place, Start: date(m["date"]), Endpoint: mean.endpoint, Log: &recording.Log{Type: code}}
	e.Request.Params = map[string]string{}
	if host := recording.HostOf(text(m, "hostname")); host != "" {
		e.Host = f.red.Host(host)
		if f.hosts[e.Host] > 0 || len(f.hosts) < maxHosts {
			f.hosts[e.Host]++
		}
	}
	f.forget(details)
	f.request(e, m, details)
	f.who(e.Log, m, details)
	if mean.grant != "" {
		e.Request.Params["grant_type"] = mean.grant
	}
	if code == event.SuccessSilentAuth || code == event.FailedSilentAuth {
		e.Request.Params["prompt"] = "none"
	}
	if code == event.FailedLogin && slices.Contains(strings.Fields(e.Request.Params["prompt"]), "none") {
		e.Endpoint = names.Authorize // refused for another reason than those of fsa
	}
	e.Log.Description = f.red.Text(text(m, "description"))
	e.Log.Allowed = f.allowed(details)
	r := &e.Response
	r.Known, r.Status = mean.endpoint != "", mean.status
	if code == event.RateLimited {
		e.Endpoint = limited(text(m, "description") + " " + text(object(details, "request"), "path"))
	}
	if e.Log.Failed = mean.failed; mean.failed {
		f.failure(e, code, details)
	}
	return e
}

// limited is the endpoint whose limit was reached: that of logins and renewals, or the Management API's, which is another matter.
func limited(said string) string {
	switch {
	case strings.Contains(said, names.TokenPath), strings.Contains(said, strings.TrimPrefix(names.TokenPath, "/")):
		return names.Token
	case strings.Contains(said, names.AuthorizePath):
		return names.Authorize
	}
	return "management"
}

// forget makes what the details hold of secrets known to the redactor.
func (f *file) forget(details map[string]any) {
	for key, value := range details {
		switch v := value.(type) {
		case string:
			switch key {
			case "code", "refresh_token", "access_token", "id_token", "token", "session_id", "password", "mfa_token", "ticket":
				f.red.Secret(strings.Trim(v, "*"))
				f.red.Secret(v)
			}
		case map[string]any:
			if key == "body" || key == "qs" || key == "request" || key == "response" {
				f.forget(v)
			}
		}
	}
}

func (f *file) request(e *recording.Exchange, m, details map[string]any) {
	q := &e.Request
	for _, part := range []map[string]any{object(details, "qs"), object(details, "body")} {
		for name := range part {
			value := text(part, name)
			if name == "auth0Client" || value == "" || len(q.Params) > 100 {
				continue
			}
			if q.Params[f.red.Text(name)] == "" {
				q.Param(f.red, name, value)
			}
		}
	}
	id := text(m, "client_id")
	if id == "" {
		id = text(object(object(object(details, "error"), "payload"), "client"), "clientID")
	}
	if id != "" {
		q.Param(f.red, "client_id", id)
	}
	for _, name := range [...]string{"audience", "scope"} {
		if value := text(m, name); value != "" && q.Params[name] == "" {
			q.Param(f.red, name, value)
		}
	}
	if to := text(details, "return_to"); to != "" {
		q.Params["returnTo"] = f.red.URL(to)
	}
	if origin := text(details, "origin"); origin != "" {
		q.Origin = f.red.Origin(origin)
	}
	q.Browser = f.red.Browser(text(m, "user_agent"))
	if q.Browser == "" {
		q.Browser = agentOfLog(text(m, "user_agent"))
	}
	if client := object(m, "auth0_client"); client != nil {
		if name, version := f.red.Text(text(client, "name")), f.red.Text(text(client, "version")); len(name) < 60 && len(version) < 30 {
			q.SDK, q.Version = name, version
		}
	}
}

// agentOfLog reads the tenant's own way to name browsers: "Chrome 79.0.3945 / Mac OS X 10.14.6".
func agentOfLog(agent string) string {
	name, version, ok := strings.Cut(agent, " ")
	major, _, _ := strings.Cut(version, ".")
	if _, err := strconv.Atoi(major); !ok || err != nil || len(major) > 4 ||
		!slices.Contains([]string{"Chrome", "Firefox", "Safari", "Edge", "Opera", "Brave"}, name) {
		return ""
	}
	return name + "/" + major
}

func (f *file) who(l *recording.Log, m, details map[string]any) {
	l.ID = f.red.Stand("log", text(m, "log_id"))
	l.ClientName = f.red.Text(text(m, "client_name"))
	l.User = f.red.User(shown(text(m, "user_id")))
	l.Email = f.red.Email(shown(text(m, "user_name")))
	l.Connection = f.red.Text(text(m, "connection"))
	l.Strategy = f.red.Text(text(m, "strategy"))
	if l.Connection == "" {
		l.Connection = f.red.Text(text(details, "connection"))
	}
	if session := shown(text(details, "session_id")); session != "" {
		l.Session = f.red.Stand("session", session)
	}
	for _, name := range [...]string{"familyId", "family_id"} {
		if family := shown(text(details, name)); family != "" {
			l.Family = f.red.Stand("token-family", family)
		}
	}
}

// shown is a value, unless it stands in place of one that somebody took out: two people of whom nothing is known are not one.
func shown(value string) string {
	if recording.Hidden(value) {
		return ""
	}
	return value
}

// allowed are the addresses that the tenant lists where one was refused.
func (f *file) allowed(details map[string]any) []string {
	var out []string
	for _, list := range []any{object(object(details, "error"), "payload")["authorized"], details["allowed_logout_url"]} {
		items, several := list.([]any)
		if one, ok := list.(string); ok && !several { // search results give a list of one as its entry
			items = []any{one}
		}
		for i, item := range items {
			if s, ok := item.(string); ok && i < 100 {
				out = append(out, f.red.URL(s))
			}
		}
	}
	return out
}

// failure fills in what the application got.
func (f *file) failure(e *recording.Exchange, code event.LogCode, details map[string]any) {
	r := &e.Response
	failed := object(details, "error")
	payload := object(failed, "payload")
	r.Description = e.Log.Description
	if r.Description == "" {
		r.Description = f.red.Text(text(failed, "message"))
	}
	if n, err := strconv.Atoi(text(payload, "status")); err == nil && n >= 400 && n < 600 {
		r.Status = n
	}
	for _, found := range []string{text(payload, "code"), text(failed, "oauthError"), text(failed, "code"), text(details, "error")} {
		if r.Error == "" && found != "" && !strings.ContainsAny(found, " .") && len(found) < 60 {
			r.Error = f.red.Text(found)
		}
	}
	if r.Error == "" {
		r.Error = auth0text.Code(r.Description)
	}
	if r.Error == "" {
		r.Error = ofType(code)
	}
	if code == event.FailedExchangeRotatingRefresh && r.Description == "" {
		r.Description = auth0text.Reused
	}
	if r.Status == 0 {
		r.Status = status(e, r.Error)
	}
}

// ofType is the error code of a failure whose record has none.
func ofType(code event.LogCode) string {
	switch code {
	case event.FailedByCORS, event.FailedLogout: // no answer of OAuth's
		return ""
	case event.BlockedAccount, event.BlockedIPAddress:
		return "too_many_attempts"
	case event.BlockedTooManyLogins, event.RateLimited:
		return "too_many_requests"
	}
	return "access_denied"
}

// status is that of an error where the record does not tell; 0 for those that go to the callback.
func status(e *recording.Exchange, code string) int {
	switch code {
	case "server_error":
		return 500
	case "too_many_requests":
		return 429
	case "invalid_grant", "unauthorized_client":
		return 403
	}
	switch {
	case code == "":
		return 0
	case e.Endpoint == names.Token && code == "access_denied":
		return 401
	case e.Endpoint == names.Token:
		return 403
	case e.Endpoint == names.Authorize && e.Reason() == event.OriginNotListed:
		return 400
	}
	return 0
}

// date reads the forms in which exports write dates.
func date(value any) time.Time {
	switch v := value.(type) {
	case string:
		if t, ok := recording.Moment(v); ok {
			return t
		}
		t, _ := recording.Since1970(v) // none: not known
		return t
	case map[string]any: // MongoDB's extended JSON
		for _, name := range [...]string{"$date", "$numberLong"} {
			if inner := v[name]; inner != nil {
				return date(inner)
			}
		}
	}
	return time.Time{}
}
