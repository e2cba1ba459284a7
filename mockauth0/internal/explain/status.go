package explain

import (
	"regexp"
	"strconv"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/pattern"
)

// unknownStatus is the status 0 of XMLHttpRequest: there was no answer, or the page may not know of it.
const unknownStatus = -1

// statuses are the forms in which a text states the status of an answer. A number alone is one only when it is all of the text.
var statuses = [...]func() *regexp.Regexp{
	pattern.Lazy(`\b(?:status|statuscode|status_code|httpstatus)(?: of| code)?["']? ?[:=]? ?["']?([1-5]\d\d|0)\b`),
	pattern.Lazy(`\bhttp(?:/[\d.]+| error| status)?:? ([1-5]\d\d)\b`),
	pattern.Lazy(`\b([45]\d\d):? ?[("']*(?:bad request|unauthorized|forbidden|not found|method not allowed|conflict|too many requests|` +
		`internal server error|bad gateway|service unavailable|gateway time-?out)`),
	pattern.Lazy(`\bhttp failure response for (?:\(unknown url\)|[^ ]+): (\d{1,3})\b`),
	pattern.Lazy(`\b(?:unauthorized|forbidden|bad request|not found|too many requests|internal server error|bad gateway) \((\d{3})\)`),
	pattern.Lazy(`^(?:error:? )?([45]\d\d)$`),
	pattern.Lazy(`\b(?:get|post|put|options) [^ ]+ ([45]\d\d)\b`),
	pattern.Lazy(`\b(?:responded with|returns?|returned|response code|error code|got) (?:a |an )?([45]\d\d)\b`),
}

// statusIn is the status that a text states; 0: it states none.
func statusIn(text string) int {
	for _, form := range statuses {
		if m := form().FindStringSubmatch(text); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
				return n
			}
			return unknownStatus
		}
	}
	if unauthorizedAlone().MatchString(text) {
		return 401
	}
	return 0
}

// unauthorizedAlone is the name of the status 401 without its number, and nothing else.
var unauthorizedAlone = pattern.Lazy(`^(?:error: |unauthorizederror: )?unauthorized\.?$`)

// byStatus answers for a status without anything more particular.
func byStatus(r reading) (answer, bool) {
	switch {
	case r.status == unknownStatus:
		return answer{meaning: unreadable, causes: fetchFailed, ask: askConsole}, true
	case r.status == 429:
		return answer{meaning: "Too many requests came.", causes: codes{diagnosis.RateLimited, diagnosis.RenewalStorm}}, true
	case r.status >= 500:
		return answer{meaning: "A server failed. When it was the tenant's, this is why.", causes: codes{diagnosis.ServerError,
			diagnosis.UserDeleted},
			guess: !r.atTenant()}, true
	case r.status < 400:
		return answer{}, false
	case r.at("/oauth/token"):
		return refusedByToken(r.status), true
	case r.at("/authorize"):
		return refusedByAuthorize(r.status), true
	case r.at("/userinfo") && r.status == 401:
		return answer{meaning: "The tenant does not accept the access token at /userinfo.", guess: true, causes: codes{
			diagnosis.TokenExpiredOnArrival, diagnosis.AudienceWrong, diagnosis.IssuerWrong}}, true
	case r.at("/.well-known/jwks.json"):
		return answer{meaning: "The keys could not be fetched.", causes: codes{diagnosis.JWKSBroken, diagnosis.DiscoveryWrong}}, true
	case r.at("/.well-known/openid-configuration"):
		return answer{meaning: "The discovery document could not be fetched.", causes: codes{diagnosis.DiscoveryWrong}}, true
	case r.status == 401:
		return bare401(), true
	case r.status == 403:
		return answer{meaning: "Somebody refused it, and the status alone does not tell who or why.", guess: true, ask: askWhose, causes: codes{
			diagnosis.ActionDenied, diagnosis.UserBlocked, diagnosis.CallbackMismatch, diagnosis.RefreshTokenExpired}}, true
	case r.status == 400:
		return answer{meaning: "Somebody found the request not valid, and the status alone does not tell who or why.", guess: true, ask: askWhose,
			causes: codes{diagnosis.RequestInvalid, diagnosis.WebOriginMissing, diagnosis.OrganizationRefused}}, true
	}
	return answer{}, false
}

// atTenant tells whether an address in the text is one of the tenant's endpoints.
func (r reading) atTenant() bool {
	return r.at("/oauth/token", "/authorize", "/userinfo", "/.well-known/jwks.json", "/.well-known/openid-configuration", "/oauth/revoke",
		"/v2/logout", "/co/authenticate")
}

// askWhose are the questions that a status without an address leaves open.
var askWhose = []string{
	"Whose answer is it? Look at the request's address in the network panel, and paste the answer's body here.",
	"The tenant's /oauth/token: the application's credentials, its grant types, or the refresh token are refused.",
	"Your API: it refuses the access token. Decode it, and compare exp, aud and iss with what the API expects.",
	"Your app's own server: its session cookie is missing or has ended.",
}

// bare401 is the answer to a 401 of nobody in particular.
func bare401() answer {
	return answer{
		meaning: "Somebody wants other credentials, and the status alone does not tell who.", guess: true, ask: askWhose,
		causes: codes{diagnosis.ClientSecretDemanded, diagnosis.TokenExpiredOnArrival, diagnosis.AudienceWrong, diagnosis.IssuerWrong},
	}
}

// refusedByToken is for a status of /oauth/token without its body.
func refusedByToken(status int) answer {
	switch status {
	case 401:
		return answer{meaning: "The tenant refused the application's own credentials.", causes: codes{diagnosis.ClientSecretDemanded}}
	case 403:
		return answer{meaning: "The tenant refused the grant. The body of its answer says why.", guess: true, causes: codes{
			diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenReused, diagnosis.CodeRefused,
			diagnosis.GrantTypeDisabled}}
	}
	return answer{meaning: "The tenant found the request not valid. The body of its answer says why.", guess: true, causes: codes{
		diagnosis.RequestInvalid, diagnosis.CodeRefused}}
}

// refusedByAuthorize is for a status of /authorize: that is a page, which says why.
func refusedByAuthorize(status int) answer {
	a := answer{meaning: "The tenant showed an error page. Open its address in a tab: the page says why.", guess: true}
	a.causes = codes{diagnosis.WebOriginMissing, diagnosis.ClientUnknown, diagnosis.RequestInvalid, diagnosis.CallbackMismatch}
	if status == 403 {
		a.causes = codes{diagnosis.CallbackMismatch, diagnosis.GrantTypeDisabled}
	}
	return a
}
