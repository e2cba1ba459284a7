package tenant

import (
	"cmp"

	"renewal.example/mockauth0/internal/strict"
)

// readDatabase reads the options of a database that decide about sign-ups and passwords.
func readDatabase(o *strict.Object, c *Connection) {
	o.Flag("disable_signup", &c.DisableSignup)
	o.Flag("requires_username", &c.RequiresUsername)
	p := &c.Passwords
	o.Text("passwordPolicy", &p.Strength)
	if complexity := o.Child("password_complexity_options"); complexity != nil {
		complexity.Count("min_length", 1, 128, &p.MinLength)
	}
	if history := o.Child("password_history"); history != nil {
		enabled, size := p.History > 0, cmp.Or(p.History, 5)
		history.Flag("enable", &enabled)
		history.Count("size", 0, 24, &size)
		if p.History = 0; enabled {
			p.History = size
		}
	}
	if info := o.Child("password_no_personal_info"); info != nil {
		info.Flag("enable", &p.NoPersonalInfo)
	}
	if common := o.Child("password_dictionary"); common != nil {
		common.Flag("enable", &p.NoCommon)
		common.Texts("dictionary", &p.Dictionary)
	}
	if validation := o.Child("validation"); validation != nil {
		if username := validation.Child("username"); username != nil {
			username.Count("min", 1, 128, &c.UsernameMin)
			username.Count("max", 1, 128, &c.UsernameMax)
		}
	}
}
