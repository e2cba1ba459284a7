package event

// Templates of mails, by Auth0's names (https://auth0.com/docs/customize/email/email-templates).
const (
	TemplateResetPassword  = "reset_email"        // a link to choose a new password
	TemplateLeakedPassword = "stolen_credentials" // the password is known to others; a link to choose a new one
	TemplateBlockedAccount = "blocked_account"    // too many wrong passwords; a link that ends the block
	TemplateSecondFactor   = "mfa_oob_code"       // a code that proves the second factor
)
