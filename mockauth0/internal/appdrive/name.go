package appdrive

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"renewal.example/mockauth0/browser"
)

// Name tells controls of an app by their accessible names. The zero value tells none.
type Name struct {
	text string // as it was given
	is   *regexp.Regexp
}

// ParseName reads an accessible name, or a regular expression between slashes: `Log in`, `/log ?in|sign ?in/`. Case does not count,
// and a name is the whole name. "" is the zero value. The error says what is wrong with a regular expression.
func ParseName(text string) (Name, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Name{}, nil
	}
	pattern := "^" + regexp.QuoteMeta(strings.Join(strings.Fields(text), " ")) + "$"
	if len(text) > 2 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		pattern = text[1 : len(text)-1]
	}
	is, err := regexp.Compile("(?i)" + pattern)
	if err != nil {
		return Name{}, fmt.Errorf("%q is not a regular expression: %w", text, err)
	}
	return Name{text, is}, nil
}

// Named sets the controls by what ParseName reads. The error says all that is wrong, each with the name that the setting has in app.yaml.
func (s *Settings) Named(logIn, logOut, trigger string) error {
	var errs []error
	for _, control := range []struct {
		setting, text string
		to            *Name
	}{{"log_in", logIn, &s.LogIn}, {"log_out", logOut, &s.LogOut}, {"trigger", trigger, &s.Trigger}} {
		name, err := ParseName(control.text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", control.setting, err))
		}
		*control.to = name
	}
	return errors.Join(errs...)
}

// Names that controls have where nothing else is known: in English, and what they are mostly called in German, French, Spanish,
// Portuguese, Italian, Dutch, Swedish and Polish.
const (
	UsualLogIn = `/\b(log|sign) ?-?in\b|^(anmelden|einloggen|se connecter|connexion|(iniciar|inicia) sesi[oó]n|entrar` +
		`|iniciar sess[aã]o|acced[ie]|inloggen|aanmelden|logga in|zaloguj( się)?)$/`
	UsualLogOut = `/\b(log|sign) ?-?out\b|^(abmelden|ausloggen|se déconnecter|déconnexion|cerrar sesi[oó]n|salir|sair|terminar sess[aã]o` +
		`|esci|uitloggen|afmelden|logga ut|wyloguj( się)?)$/`
)

// usual tells whether the name is one of the constants above.
func (n Name) usual() bool { return n.text == UsualLogIn || n.text == UsualLogOut }

// Tells whether a control has the name.
func (n Name) Tells(name string) bool { return n.is != nil && n.is.MatchString(name) }

// partOf tells whether the name was given as a text, and a control's has more beside it.
func (n Name) partOf(name string) bool {
	return n.is != nil && !strings.HasPrefix(n.text, "/") && !n.Tells(name) && strings.Contains(strings.ToLower(name), strings.ToLower(n.text))
}

// Usable tells whether a control has the name and can be pressed.
func (n Name) Usable(c browser.Control) bool { return n.Tells(c.Name) && !c.Disabled }

// Among tells whether one of the controls has the name.
func (n Name) Among(all []browser.Control) bool {
	return slices.ContainsFunc(all, func(c browser.Control) bool { return n.Tells(c.Name) })
}

// None tells whether no control is named.
func (n Name) None() bool { return n.is == nil }

// String is the name as it was given; an accessible name is in quotes.
func (n Name) String() string {
	if strings.HasPrefix(n.text, "/") {
		return n.text
	}
	return fmt.Sprintf("%q", n.text)
}

// or is the name, or else another.
func (n Name) or(usual string) Name {
	if n.None() {
		n, _ = ParseName(usual) // it is one of the constants above
	}
	return n
}
