package pages

import (
	"fmt"

	"renewal.example/mockauth0/browser"
)

// Login is a tab with the tenant's login page.
type Login struct {
	Page *browser.Page // the tab
}

// As fills in the form and sends it.
func (l *Login) As(who Person) error {
	if err := l.Page.ByLabel("Email address").Fill(who.Email); err != nil {
		return err
	}
	if err := l.Page.ByLabel("Password").Fill(who.Password); err != nil {
		return err
	}
	return l.Page.ByRole("button", "Continue").Click()
}

// AtOnce fills in the form and sends it in one go, for whom logging in is only the way to something else.
func (l *Login) AtOnce(who Person) error {
	const form = `document.querySelector('form[data-form-primary]:has([name=username]):has([name=password])')`
	if err := l.Page.WaitFor("the tenant's login form is there", form+" !== null"); err != nil {
		return err
	}
	return l.Page.Eval(fmt.Sprintf(`((form) => {
		form.elements.username.value = %q;
		form.elements.password.value = %q;
		form.querySelector('button[value=default]').click();
		return true;
	})(%s)`, who.Email, who.Password, form), nil)
}

// With chooses a social connection, and then a person of the built-in identity provider by the name on the
// button, which ends with the e-mail address in brackets.
func (l *Login) With(connection, person string) error {
	if err := l.Page.ByRole("button", "Continue with "+connection).Click(); err != nil {
		return err
	}
	return l.Page.ByRole("button", person).Click()
}

// Consent is a tab with the tenant's page that asks the person to let the app in.
type Consent struct {
	Page *browser.Page // the tab
}

// Accept lets the app in.
func (c *Consent) Accept() error { return c.Page.ByRole("button", "Accept").Click() }

// Factor is a tab with the tenant's page that asks for a code that was mailed.
type Factor struct {
	Page *browser.Page // the tab
}

// Prove enters the code.
func (f *Factor) Prove(code string) error {
	if err := f.Page.ByLabel("Code of six digits").Fill(code); err != nil {
		return err
	}
	return f.Page.ByRole("button", "Continue").Click()
}

// Lock is a tab with the login form of Auth0's Lock.
type Lock struct {
	Page *browser.Page // the tab
}

// As fills in the form and sends it.
func (l *Lock) As(who Person) error {
	if err := l.Page.BySelector(".auth0-lock-input[name=email]").Fill(who.Email); err != nil {
		return err
	}
	if err := l.Page.BySelector(".auth0-lock-input[name=password]").Fill(who.Password); err != nil {
		return err
	}
	return l.Page.BySelector(".auth0-lock-submit").Click()
}
