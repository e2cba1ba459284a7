package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/appdrive"
)

// Propose logs in to an app and gives the text of an app.yaml for it: with the controls that were found, and with those that could be its
// trigger in a comment. The error is as of Run, or says why nobody could log in.
func Propose(ctx context.Context, b *browser.Browser, app App) (text string, err error) {
	r, err := newRun(ctx, b, Options{App: app})
	if err != nil {
		return "", err
	}
	defer r.close()
	s, err := r.open("propose", setting{})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	login, err := s.LogIn()
	if at, ok := appdrive.PlainHTTP(err, r.options.App.Domain); ok {
		if err := s.close(); err != nil {
			return "", err
		}
		r.close()
		app.Domain = at
		return Propose(ctx, b, app)
	}
	if r.login = login; err == nil {
		err = s.arrivedFirst()
	}
	if err != nil {
		return "", err
	}
	out := r.options.App
	if out.LogIn == "" {
		out.LogIn = login.Control
	}
	all, err := s.Page.Controls()
	if err != nil {
		return "", err
	}
	var others []string
	for _, c := range all {
		switch {
		case c.Name == "" || slices.Contains(others, c.Name):
		case s.Settings().LogOut.Tells(c.Name):
			if out.LogOut == "" {
				out.LogOut = c.Name
			}
		case !s.Settings().LogIn.Tells(c.Name) && !c.Disabled:
			others = append(others, c.Name)
		}
	}
	return out.Text() + candidates(others, out.Trigger), nil
}

// candidates is a comment that names the controls that could be the trigger.
func candidates(others []string, trigger string) string {
	if trigger != "" || len(others) == 0 {
		return ""
	}
	const most = 10
	var quoted []string
	for _, name := range others[:min(len(others), most)] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return "# Other controls that your app shows to somebody who is signed in: " + strings.Join(quoted, ", ") +
		".\n# If one makes it call its API, write it as trigger.\n"
}
