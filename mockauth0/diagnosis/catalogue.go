package diagnosis

import "slices"

// Info is what is known about a cause, whoever meets it.
type Info struct {
	Code     Code
	Title    string // in a few words
	Why      string // how it makes a renewal fail
	Remedy   string // what to change
	Sign     string // how to tell it from other causes with the same symptom
	Read     string // address of the page of Auth0's documentation about it
	Scenario string // id of the scenario that reproduces it; "": there is none

	Shown    Facts     // what the evidence of this cause always shows, where it is more than possible: its own words rest on that
	Variants []Variant // words for what was seen; the first whose facts the evidence shows counts
}

// Cause is the explanation of one failure by this cause. It is the only place where a cause gets its words: its own, or those of
// the variant that fits what is shown, by the request itself and by the evidence.
func (i Info) Cause(c Confidence, shown Facts, evidence ...Evidence) Cause {
	for _, e := range evidence {
		shown |= e.Shows
	}
	words, variant := i.In(shown)
	return Cause{
		Code: i.Code, Variant: variant, Title: words.Title, Confidence: c, Evidence: evidence,
		Why: words.Why, Remedy: words.Remedy, Read: words.Read, Scenario: words.Scenario,
	}
}

// All are all causes that a tenant can name, those of one subject together.
func All() []Info {
	return slices.Concat(sessionCauses, policyCauses, settingsCauses, serverCauses, answerCauses, tokenCauses, refreshCauses, appCauses)
}

// Lookup finds a cause by its code.
func Lookup(wanted Code) (Info, bool) {
	for _, group := range [][]Info{
		sessionCauses, policyCauses, settingsCauses, serverCauses, answerCauses, tokenCauses, refreshCauses, appCauses,
	} {
		for _, info := range group {
			if info.Code == wanted {
				return info, true
			}
		}
	}
	return Info{}, false
}

// Pages of Auth0's documentation that several causes point to.
const (
	docs         = "https://auth0.com/docs/"
	silentPage   = docs + "authenticate/login/configure-silent-authentication"
	safariPage   = docs + "troubleshoot/authentication-issues/renew-tokens-when-using-safari"
	lifePage     = docs + "manage-users/sessions/session-lifetime-limits"
	cyclePage    = docs + "manage-users/sessions/session-lifecycle"
	settingsPage = docs + "get-started/applications/application-settings"
	corsPage     = docs + "get-started/applications/set-up-cors"
	rotationPage = docs + "secure/tokens/refresh-tokens/refresh-token-rotation"
	refreshPage  = docs + "secure/tokens/refresh-tokens"
	idTokenPage  = docs + "secure/tokens/id-tokens/validate-id-tokens"
	keysPage     = docs + "secure/tokens/json-web-tokens/json-web-key-sets"
	errorsPage   = docs + "authenticate/login/auth0-universal-login/error-pages"
	limitsPage   = docs + "troubleshoot/customer-support/operational-policies/rate-limit-policy"
	loginAction  = docs + "customize/actions/explore-triggers/signup-and-login-triggers/login-trigger"
	domainsPage  = docs + "troubleshoot/integration-extensibility-issues/troubleshoot-custom-domains"
	orgPage      = docs + "manage-users/organizations/configure-organizations/define-organization-behavior"
	logoutPage   = docs + "authenticate/login/logout/log-users-out-of-auth0"
	consentPage  = docs + "get-started/applications/confidential-and-public-applications/user-consent-and-third-party-applications"
)
