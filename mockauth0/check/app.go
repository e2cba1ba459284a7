package check

import (
	"cmp"
	"errors"

	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/ownapp"
)

// DefaultDomain is the domain of the tenant where nothing else is said.
const DefaultDomain = "localhost:4443"

// App is what is known of an app: the settings of app.yaml, and the flags of the same names.
type App struct {
	URL      string   // address of its first page. Required
	Domain   string   // the tenant's, as the app has it. Default: DefaultDomain
	LogIn    string   // control to log in: an accessible name, or a /regular expression/. Default: what such controls are mostly called
	LogOut   string   // control to log out, likewise
	Trigger  string   // control that makes the app want a token. Default: there is none
	SignedIn string   // text that the app shows when somebody is signed in, and not otherwise. Default: its controls tell
	Allow    []string // origins outside of this machine that the app may reach
}

// Check says what is wrong with the settings; nil: nothing.
func (a App) Check() error {
	_, err := a.settings()
	return err
}

// settings are the app's for the driver. The error says all that is wrong.
func (a *App) settings() (appdrive.Settings, error) {
	a.Domain = cmp.Or(a.Domain, DefaultDomain)
	s := appdrive.Settings{URL: a.URL, SignedIn: a.SignedIn, Allow: a.Allow, Person: ada()}
	_, err := ownapp.OriginOf(a.URL)
	return s, errors.Join(err, s.Named(a.LogIn, a.LogOut, a.Trigger), appdrive.CheckOrigins(a.Allow))
}
