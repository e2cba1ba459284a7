package mockauth0

import (
	"time"

	"renewal.example/mockauth0/event"
)

// Mail is a mail that the tenant would have sent to a user: links and codes in it work.
type Mail struct {
	Time     time.Time // tenant time
	To       string    // address
	UserID   string    // of the user
	Subject  string    // for people
	Template string    // which mail it is: event.TemplateResetPassword, …
	Link     string    // in it; "": none
	Code     string    // in it; "": none
}

// Mails are the mails of the tenant, oldest first: of password resets, blocked accounts and second factors. They stay as long
// as the tenant keeps the events about them, see Options.EventCapacity and Reset.
func (t *Tenant) Mails() []Mail {
	var mails []Mail
	events, _ := t.events.Since(0)
	for _, e := range events {
		if m, ok := e.Data.(*event.Mail); ok {
			mails = append(mails, Mail{Time: e.Date, To: m.To, UserID: e.UserID, Subject: e.Description,
				Template: m.Template, Link: m.URL, Code: m.Code})
		}
	}
	return mails
}
