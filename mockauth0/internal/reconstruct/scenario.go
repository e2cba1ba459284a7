package reconstruct

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/pattern"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/scenario"
)

// Failure is a failed exchange and what the diagnosis says of it.
type Failure struct {
	Exchange *recording.Exchange
	Causes   []diagnosis.Code // codes, the likeliest first; never empty
	Times    int              // how often it was seen
	Passes   bool             // a later exchange of the same kind went well, so it is over after Times
}

// Stock is what scenarios are made of.
type Stock struct {
	Base      fs.FS // the tutorial tenant, over which they are laid
	Catalogue fs.FS // the scenarios that come with the project, <id>.yaml each; nil: none
}

// Scenario writes a failure as a scenario that arranges it anew. Where the catalogue has the cause, its arrangement is taken,
// which is proven; where the answer itself is the cause, or nothing else is known, the tenant is set to answer as it was seen
// to. The name is scenarios/<id>.yaml.
func (f Failure) Scenario(source string, stock Stock) (File, error) {
	known, ok := diagnosis.Lookup(f.Causes[0])
	if !ok {
		return File{}, fmt.Errorf("there is no diagnosis with the code %q", f.Causes[0])
	}
	id := "imported-" + strings.ReplaceAll(string(known.Code), "_", "-")
	s := scenarioFile{
		ID: id, Title: known.Title + " (imported)", Symptom: f.symptom(source), Cause: known.Why, Remedy: known.Remedy,
		Diagnosis: known.Code, Also: f.Causes[1:], Read: known.Read,
	}
	head := fmt.Sprintf("# Made from %s: what went wrong there, arranged anew. Nothing secret and nobody's name is in here.\n", source)
	var last error
	for _, a := range []arrangement{f.proven(known, stock.Catalogue), f.cause(known.Code), f.answer()} {
		if a.empty() {
			continue
		}
		s.arrangement = a
		if s.Expect == nil {
			s.Expect = f.expect(&s.arrangement)
		}
		text, err := encode(head, s)
		if err != nil {
			return File{}, err
		}
		files := scenario.Source{Files: fstest.MapFS{id + ".yaml": {Data: text}}, Base: stock.Base}
		if _, last = files.Read(id); last == nil {
			return File{"scenarios/" + id + ".yaml", text}, nil
		}
	}
	return File{}, last
}

// scenarioFile is a scenario as fixtures/scenarios/README.md describes it.
type scenarioFile struct {
	ID          string           `yaml:"id"`
	Title       string           `yaml:"title"`
	Symptom     string           `yaml:"symptom"`
	Cause       string           `yaml:"cause"`
	Remedy      string           `yaml:"remedy"`
	Diagnosis   diagnosis.Code   `yaml:"diagnosis"`
	Also        []diagnosis.Code `yaml:"also,omitempty"`
	Read        string           `yaml:"read,omitempty"`
	arrangement `yaml:",inline"`
}

type object = map[string]any

// arrangement is how a failure comes about.
type arrangement struct {
	Tenant     object   `yaml:"tenant,omitempty"`
	Users      []object `yaml:"users,omitempty"`
	User       string   `yaml:"user,omitempty"`
	Connection string   `yaml:"connection,omitempty"`
	Browser    object   `yaml:"browser,omitempty"`
	Faults     []object `yaml:"faults,omitempty"`
	Steps      []any    `yaml:"steps,omitempty"`
	Expect     []object `yaml:"expect"`
}

func (a arrangement) empty() bool {
	return a.Tenant == nil && a.Connection == "" && a.Browser == nil && a.Faults == nil && a.Steps == nil && a.Expect == nil
}

// asSeen are causes that are the answer itself: how it was is seen in the recording better than in any catalogue.
var asSeen = [...]diagnosis.Code{
	diagnosis.RateLimited, diagnosis.ServerError, diagnosis.ConnectionCut, diagnosis.AnswerLate,
	diagnosis.AnswerUnusable, diagnosis.Unexplained, diagnosis.ActionDenied, diagnosis.OrganizationRefused,
	diagnosis.ErrorPageInFrame, diagnosis.RequestInvalid, diagnosis.CodeRefused,
}

// proven is the arrangement of a scenario of the catalogue that has the cause and says what the SDK of the recording tells when
// it fails by it; empty when there is none. The one that the diagnosis names is looked at first.
func (f Failure) proven(known diagnosis.Info, catalogue fs.FS) arrangement {
	if cause := known.Code; catalogue == nil || slices.Contains(asSeen[:], cause) {
		return arrangement{}
	}
	names, err := fs.Glob(catalogue, "*.yaml")
	if err != nil {
		return arrangement{}
	}
	for _, name := range append([]string{known.Scenario + ".yaml"}, names...) {
		if a := f.of(known.Code, catalogue, name); !a.empty() {
			return a
		}
	}
	return arrangement{}
}

// of is the arrangement of one scenario, with what the SDK of the recording tells.
func (f Failure) of(cause diagnosis.Code, catalogue fs.FS, name string) arrangement {
	text, err := fs.ReadFile(catalogue, name)
	var file struct {
		Diagnosis   diagnosis.Code `yaml:"diagnosis"`
		arrangement `yaml:",inline"`
	}
	if err != nil || !bytes.Contains(text, []byte("diagnosis: "+cause)) || yaml.Unmarshal(text, &file) != nil || file.Diagnosis != cause {
		return arrangement{}
	}
	sdk := SDK(f.Exchange)
	for _, e := range file.Expect {
		named, _ := e["sdk"].([]any)
		if e["renews"] != nil || e["sdk"] != sdk && !slices.Contains(named, any(sdk)) {
			continue
		}
		one := maps.Clone(e)
		one["sdk"] = []string{sdk}
		file.Expect = []object{one}
		return file.arrangement
	}
	return arrangement{}
}

// cause arranges what led to the failure; empty where that cannot be arranged, or was not seen well enough.
func (f Failure) cause(cause diagnosis.Code) arrangement {
	steps := func(s ...any) arrangement { return arrangement{Steps: append(s, "renew")} }
	fault := func(do object) arrangement { return arrangement{Faults: []object{f.fault(do)}} }
	switch cause {
	case diagnosis.ThirdPartyCookiesBlocked:
		return arrangement{Browser: object{"cookies": "blocked"}}
	case diagnosis.NoSession, diagnosis.SessionCookieInvalid:
		return steps(object{"browser": "clear_cookies"})
	case diagnosis.SessionIdleExpired:
		return steps(object{"advance": "73h"}) // the tutorial tenant's idle lifetime is 72 h
	case diagnosis.SessionAbsoluteExpired:
		return arrangement{
			Tenant: object{"tenant": object{"tenant": object{"session_lifetime": 2, "idle_session_lifetime": 2}}},
			Steps:  []any{object{"advance": "121m"}, "renew"},
		}
	case diagnosis.SessionEnded:
		return steps("end_sessions")
	case diagnosis.SessionLost:
		return fault(object{"session": "lost"})
	case diagnosis.UserBlocked:
		return steps("block_user")
	case diagnosis.UserDeleted:
		return steps("delete_user")
	case diagnosis.DevKeys:
		return arrangement{Connection: "github"}
	case diagnosis.WebOriginMissing:
		return arrangement{Tenant: object{"client": object{"web_origins": nil, "callbacks": []string{"http://localhost:5000/callback"}}}}
	case diagnosis.CORSMissing:
		return fault(object{"headers": object{"remove": []string{"Access-Control-Allow-Origin"}}})
	case diagnosis.ConnectionCut:
		return fault(object{"connection": "reset"})
	case diagnosis.RefreshTokenReused:
		return arrangement{
			Tenant: object{"client": object{"refresh_token": object{"rotation_type": "rotating", "leeway": 0}}},
			Steps:  []any{"renew", "reuse_token", "renew"},
		}
	case diagnosis.RefreshTokenUnknown, diagnosis.RefreshTokenRevoked:
		return fault(object{"refresh_token": "gone"})
	case diagnosis.AnswerLate:
		return fault(object{"latency": whole(f.Exchange.Took).String()})
	}
	return arrangement{}
}

// answer makes the tenant answer as it was seen to.
func (f Failure) answer() arrangement {
	e := f.Exchange
	r := e.Response
	do := object{}
	after := retry().FindString(r.Headers["retry-after"])
	switch {
	case !r.Known:
		do["connection"] = "reset"
	// by a limit of the tenant's own, which has other words
	case r.Status == 429 && e.Endpoint == names.Token && r.Error != "" && r.Description != "":
		do["error"], do["error_description"] = r.Error, readable(r.Description)
		if after != "" {
			return arrangement{Faults: []object{f.fault(object{"headers": object{"set": object{"Retry-After": after}}}), f.fault(do)}}
		}
	case r.Status == 429:
		do["status"] = 429
		if after != "" {
			do["retry_after"] = after + "s"
		}
	case r.Status >= 500:
		do["status"] = r.Status
	case r.Error != "" && (e.Endpoint == names.Authorize || e.Endpoint == names.Token):
		do["error"] = r.Error
		if r.Description != "" {
			do["error_description"] = readable(r.Description)
		}
	case r.Status >= 400:
		do["status"] = r.Status
	case r.BodyBroken:
		do["body"] = "garbage"
	default:
		do["error"], do["error_description"] = "login_required", "Login required"
	}
	return arrangement{Faults: []object{f.fault(do)}}
}

var retry = pattern.Lazy(`^[1-9][0-9]{0,4}$`)

// fault is an effect on requests like the one that failed.
func (f Failure) fault(do object) object {
	when := object{"endpoint": names.Authorize}
	switch e := f.Exchange; {
	case e.Silent():
		when["prompt"] = "none"
	case e.Endpoint == names.Token:
		when["endpoint"] = names.Token
	}
	out := object{"name": "as imported", "when": when, "do": do}
	if f.Passes {
		out["times"] = f.Times
	}
	return out
}

// readable is text that may stand in a YAML file of ours.
func readable(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "##", "#"), "@@", "@")
}

func whole(d time.Duration) time.Duration { return max(d.Round(time.Second), time.Second) }

func (f Failure) symptom(source string) string {
	r := f.Exchange.Response
	what := "a silent request"
	switch {
	case f.Exchange.Refresh():
		what = "an exchange of a refresh token"
	case f.Exchange.Endpoint == names.Token:
		what = "an exchange of a code"
	case !f.Exchange.Silent():
		what = "a request to " + f.Exchange.Endpoint
	}
	how := r.Failure
	switch {
	case r.Error != "":
		how = r.Error
		if r.Description != "" {
			how += " (" + r.Description + ")"
		}
	case r.Known && r.Status >= 400:
		how = fmt.Sprintf("HTTP %d", r.Status)
	case r.Known:
		how = "no answer that the app could use"
	}
	times := "once"
	if f.Times > 1 {
		times = fmt.Sprintf("%d times", f.Times)
	}
	return readable(fmt.Sprintf("In %s %s ended %s with: %s.", source, what, times, how))
}

// expect is what the SDK of the recording tells; it adds the steps that let a hanging renewal come to its end.
func (f Failure) expect(a *arrangement) []object {
	e := f.Exchange
	sdk := SDK(e)
	r := e.Response
	if e.Silent() && (!r.Known || r.Status >= 400 || r.Error == "" || r.Shown != "") {
		if len(a.Steps) == 0 {
			a.Steps = []any{"renew"}
		}
		a.Steps = append(a.Steps, object{"advance": "59s"}, object{"advance": "2s"})
		return []object{{"sdk": []string{sdk}, "error": "timeout", "description": timeouts[sdk], "after": "60s"}}
	}
	code, description := r.Error, readable(r.Description)
	if slices.ContainsFunc(a.Steps, func(step any) bool { return step == "reuse_token" }) {
		description = "Unknown or invalid refresh token." // the thief hears of the reuse, the app after that only that its token is gone
	}
	switch {
	case code == "":
		code = "request_error"
	case sdk == "tutorial":
		return []object{{"sdk": []string{sdk}, "value": object{"error": code, "errorDescription": description}}}
	case sdk == "auth0-js-8.10.1":
		return []object{{"sdk": []string{sdk}, "error": code, "raw": code}}
	}
	out := object{"sdk": []string{sdk}, "error": code}
	if description != "" {
		out["description"] = description
	}
	return []object{out}
}

var timeouts = map[string]string{
	"tutorial": "Timeout during authentication renew.", "auth0-js-8.10.1": "Timeout during fetching SSO data",
	"auth0-js-9": "Timeout during executing web_message communication", "auth0-js-10": "Timeout during executing web_message communication",
	"spa-js-1": "Timeout", "spa-js-2": "Timeout", "react-2": "Timeout", "spa-js-1-refresh": "Timeout", "spa-js-2-refresh": "Timeout",
	"react-2-refresh": "Timeout",
}

// SDK names the one of scenario.SDKs that is nearest to what the exchange's telemetry tells.
func SDK(e *recording.Exchange) string {
	major, _, _ := strings.Cut(e.Request.Version, ".")
	name := "spa-js-2"
	switch e.Request.SDK {
	case "auth0.js":
		switch {
		case e.Request.Params["response_mode"] == "" && e.Silent():
			return "tutorial" // renewAuth, which answers to a page
		case major == "8":
			return "auth0-js-8.10.1"
		case major == "10":
			return "auth0-js-10"
		}
		return "auth0-js-9"
	case "auth0-react":
		if name = "react-2"; major == "1" {
			name = "spa-js-1"
		}
	case "auth0-spa-js":
		if major == "1" {
			name = "spa-js-1"
		}
	}
	if e.Refresh() {
		name += "-refresh"
	}
	return name
}
