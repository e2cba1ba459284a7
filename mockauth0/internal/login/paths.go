package login

import (
	"net/url"

	"renewal.example/mockauth0/internal/state"
)

// The pages of a login, as the route table has them.
const (
	LoginPage        = "/u/login"
	ConsentPage      = "/u/consent"
	ConfirmationPage = "/u/confirmation" // Auth0 publishes no path for its login confirmation prompt
	ResumePage       = "/authorize/resume"
)

// At is a page's address in a transaction.
func At(page string, t state.Transaction) string {
	id := t.ID
	if page == ResumePage {
		id = t.ResumeID
	}
	return page + "?state=" + url.QueryEscape(id)
}
