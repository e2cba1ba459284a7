package login

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

type askView struct {
	Page
	ClientName, User, Action, State string
	Items                           []string // what the client asks for
	Callback                        string
}

func (s *Service) ask(title, action string, t state.Transaction, c *tenant.Client, u *tenant.User) askView {
	return askView{Page: s.Pages.Base(title + " | " + c.Name), ClientName: c.Name, User: person(u), Action: action, State: t.ID}
}

// AskConsent is the page that asks the person to let a client in.
func (s *Service) AskConsent(t state.Transaction, c *tenant.Client, u *tenant.User, api *tenant.ResourceServer,
	scopes []string) (*httpx.Result, error) {
	v := s.ask("Authorize app", names.ConsentPath, t, c, u)
	v.Items = permissions(api, scopes, s.Sessions.Tenant().Settings.ScopeDescriptions)
	return s.Pages.Render(http.StatusOK, "consent", v, false)
}

// AskConfirmation is the page that asks the person whether it was they who began a login whose answer goes to a
// callback that nobody can verify.
func (s *Service) AskConfirmation(t state.Transaction, c *tenant.Client, u *tenant.User, callback string) (*httpx.Result, error) {
	v := s.ask("Confirm login", names.ConfirmationPath, t, c, u)
	v.Callback = callback
	return s.Pages.Render(http.StatusOK, "confirmation", v, false)
}

// person is how a page calls a user.
func person(u *tenant.User) string {
	for _, name := range []string{u.Email, u.Username, u.Name} {
		if name != "" {
			return name
		}
	}
	return u.ID
}

// permissions puts scopes into words. Those of an API are grouped by what they are about ("Books: read, write"), or
// shown by their descriptions where the tenant wants that
// (https://auth0.com/docs/customize/login-pages/customize-consent-prompts).
func permissions(api *tenant.ResourceServer, scopes []string, described bool) []string {
	var out, subjects []string
	verbs := map[string][]string{}
	for _, scope := range scopes {
		verb, subject, ok := strings.Cut(scope, ":")
		description := descriptionOf(api, scope)
		switch {
		case scope == "openid", scope == "offline_access": // the first comes with any login, the other last
		case plain(scope) != "":
			out = append(out, plain(scope))
		case described && description != "":
			out = append(out, description)
		case !ok || described:
			out = append(out, scope)
		default:
			if !slices.Contains(subjects, subject) {
				subjects = append(subjects, subject)
			}
			verbs[subject] = append(verbs[subject], verb)
		}
	}
	for _, subject := range subjects {
		out = append(out, capital(subject)+": "+strings.Join(verbs[subject], ", "))
	}
	if slices.Contains(scopes, "offline_access") {
		out = append(out, "Offline access: all this while you are away")
	}
	return out
}

// plain are our words for the scopes that every tenant has.
func plain(scope string) string {
	switch scope {
	case "profile":
		return "Profile: your name, nickname and picture"
	case "email":
		return "Email: your address"
	case "address":
		return "Address: where you live"
	case "phone":
		return "Phone: your number"
	}
	return ""
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func descriptionOf(api *tenant.ResourceServer, scope string) string {
	if api != nil {
		for _, s := range api.Scopes {
			if s.Value == scope {
				return s.Description
			}
		}
	}
	return ""
}
