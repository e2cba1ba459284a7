package pages

import (
	"fmt"
	"strings"

	"renewal.example/mockauth0/browser"
)

// App is a tab with one of the sample apps.
type App struct {
	Page *browser.Page // the tab
}

// NewApp takes a tab that shows a sample app, or is about to.
func NewApp(p *browser.Page) *App { return &App{p} }

// Ready waits until the app can be used.
func (a *App) Ready() error {
	return a.Page.WaitFor("the app is ready", `document.readyState === 'complete' && !document.querySelector('[data-testid=api-button]').disabled`)
}

// LogIn presses Log in, fills the tenant's page and waits until the app is back and logged in.
func (a *App) LogIn(who Person) error {
	if err := a.Page.ByRole("button", "Log in").Click(); err != nil {
		return err
	}
	if err := (&Login{a.Page}).As(who); err != nil {
		return err
	}
	return a.WaitSignedIn()
}

// WaitSignedIn waits until the app shows a session.
func (a *App) WaitSignedIn() error {
	return a.Page.WaitFor("the app is signed in", `document.body.dataset.state === 'signed-in'`)
}

// WaitSignedOut waits until the app shows none.
func (a *App) WaitSignedOut() error {
	return a.Page.WaitFor("the app is signed out", `document.body.dataset.state === 'signed-out'`)
}

// State is signed-out, signed-in, expired or broken.
func (a *App) State() (state string, err error) {
	err = a.Page.Eval(`document.body.dataset.state`, &state)
	return state, err
}

// User is the name of who is logged in, as shown.
func (a *App) User() (string, error) { return a.Page.ByTestID("user-name").Text() }

// Renewals is how often this page renewed, as shown.
func (a *App) Renewals() (n int, err error) {
	text, err := a.Page.ByTestID("renewal-count").Text()
	if err == nil {
		_, err = fmt.Sscan(text, &n)
	}
	return n, err
}

// WaitRenewals waits until the page shows that it renewed n times.
func (a *App) WaitRenewals(n int) error {
	return a.Page.ByTestID("renewal-count").WaitText(fmt.Sprintf("is %d", n), func(text string) bool { return text == fmt.Sprint(n) })
}

// WaitLog waits until the app's log of renewals and errors holds the text.
func (a *App) WaitLog(text string) error {
	return a.Page.ByTestID("event-log").WaitText("has "+text, func(log string) bool { return strings.Contains(log, text) })
}

// LogOut presses Log out: the app's session ends, the tenant's does not.
func (a *App) LogOut() error {
	if err := a.Page.ByRole("button", "Log out").Click(); err != nil {
		return err
	}
	return a.WaitSignedOut()
}

// LogOutAtTenant presses the button that ends both, and waits until the app is back.
func (a *App) LogOutAtTenant() error {
	if err := a.Page.ByRole("button", "Log out at the tenant too").Click(); err != nil {
		return err
	}
	if err := a.Ready(); err != nil {
		return err
	}
	return a.WaitSignedOut()
}

// RenewNow presses Renew now.
func (a *App) RenewNow() error { return a.Page.ByRole("button", "Renew now").Click() }

// CallAPI presses Call the API and returns the status that then appears, such as "200 OK".
func (a *App) CallAPI() (status string, err error) {
	pill := a.Page.ByTestID("api-status")
	if err := a.Page.Eval(`document.querySelector('[data-testid=api-status]').textContent = 'asked by a spec'`, nil); err != nil {
		return "", err
	}
	if err := a.Page.ByRole("button", "Call the API").Click(); err != nil {
		return "", err
	}
	err = pill.WaitText("the status of the answer", func(text string) bool {
		status = text
		return len(text) >= 3 && text[0] >= '1' && text[0] <= '5'
	})
	return status, err
}

// Log is the text of the app's log of renewals and errors.
func (a *App) Log() ([]string, error) {
	text, err := a.Page.ByTestID("event-log").Text()
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(text), "\n"), nil
}

// Problem is the title of the problem that the page explains, empty when it shows none.
func (a *App) Problem() (title string, err error) {
	err = a.Page.Eval(`document.querySelector('[data-testid=problem]').hidden ? '' : document.querySelector('[data-testid=problem-title]').textContent`, &title)
	return title, err
}
