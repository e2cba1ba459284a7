package tenant

// database reads the options of a database that decide about sign-ups and passwords.
func (o *object) database(c *Connection) {
	o.flag("disable_signup", &c.DisableSignup)
	o.flag("requires_username", &c.RequiresUsername)
	p := &c.Passwords
	o.text("passwordPolicy", &p.Strength)
	if complexity := o.child("password_complexity_options"); complexity != nil {
		complexity.count("min_length", 1, 128, &p.MinLength)
	}
	if history := o.child("password_history"); history != nil {
		enabled, size := false, 5
		history.flag("enable", &enabled)
		history.count("size", 0, 24, &size)
		if enabled {
			p.History = size
		}
	}
	if info := o.child("password_no_personal_info"); info != nil {
		info.flag("enable", &p.NoPersonalInfo)
	}
	if common := o.child("password_dictionary"); common != nil {
		common.flag("enable", &p.NoCommon)
		common.texts("dictionary", &p.Dictionary)
	}
	if validation := o.child("validation"); validation != nil {
		if username := validation.child("username"); username != nil {
			username.count("min", 1, 128, &c.UsernameMin)
			username.count("max", 1, 128, &c.UsernameMax)
		}
	}
}
