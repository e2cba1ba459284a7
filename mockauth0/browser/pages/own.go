package pages

import (
	"encoding/json"
	"fmt"

	"renewal.example/mockauth0/browser"
)

// Own is a tab with an app of which nothing is known but the names of its log in and log out buttons.
type Own struct {
	Page *browser.Page // the tab
	// LogInName and LogOutName are regular expressions (JavaScript's, case ignored) for the accessible names of a button
	// or link.
	LogInName, LogOutName string
}

// picked marks what a button's name was found at.
const picked = "data-mockauth0-picked"

// pick is an expression that marks the first visible button or link whose name matches, and tells whether there is one.
func pick(name string) string {
	quoted, _ := json.Marshal(name)
	return `(() => {
		const wanted = new RegExp(` + string(quoted) + `, 'i');
		const named = (el) => (el.getAttribute('aria-labelledby') || '').split(' ')
			.map((id) => id && document.getElementById(id)?.textContent).join(' ').trim()
			|| el.getAttribute('aria-label') || (el.tagName === 'INPUT' ? el.value : el.innerText.trim()) || el.title;
		document.querySelectorAll('[` + picked + `]').forEach((el) => el.removeAttribute('` + picked + `'));
		const found = [...document.querySelectorAll('button, a, summary, [role=button], [role=link], [role=menuitem], ' +
			'input[type=submit], input[type=button]')]
			.find((el) => !el.disabled && el.checkVisibility({ visibilityProperty: true }) && wanted.test(named(el)));
		found?.setAttribute('` + picked + `', '');
		return !!found;
	})()`
}

func (a *Own) press(name string) error {
	what := fmt.Sprintf("a button or link is named like /%s/i", name)
	if err := a.Page.WaitFor(what, pick(name)); err != nil {
		return err
	}
	return a.Page.BySelector("[" + picked + "]").Click()
}

// GoToLogIn presses the log in button, after log out when the app shows that one alone.
func (a *Own) GoToLogIn() error {
	in, out := pick(a.LogInName), pick(a.LogOutName)
	what := fmt.Sprintf("a button or link is named like /%s/i or /%s/i", a.LogInName, a.LogOutName)
	if err := a.Page.WaitFor(what, in+" || "+out); err != nil {
		return err
	}
	var offered bool
	if err := a.Page.Eval(in, &offered); err != nil {
		return err
	}
	if !offered {
		if err := a.LogOut(); err != nil {
			return err
		}
	}
	return a.press(a.LogInName)
}

// WaitSignedIn waits until the app at the origin shows its log out button.
func (a *Own) WaitSignedIn(origin string) error {
	if err := a.Page.WaitForURL(origin); err != nil {
		return err
	}
	return a.Page.WaitFor(fmt.Sprintf("the app shows a button or link named like /%s/i", a.LogOutName), pick(a.LogOutName))
}

// LogOut presses the log out button and waits until the log in button is there again.
func (a *Own) LogOut() error {
	if err := a.press(a.LogOutName); err != nil {
		return err
	}
	return a.Page.WaitFor(fmt.Sprintf("the app shows a button or link named like /%s/i", a.LogInName), pick(a.LogInName))
}
