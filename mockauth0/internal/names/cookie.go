package names

// Names of the tenant's cookies. Each has a twin for browsers that do not know SameSite=None
// (https://auth0.com/docs/manage-users/cookies/samesite-cookie-attribute-changes).
const (
	SessionCookie       = "auth0"
	SessionCookieCompat = "auth0_compat"
	DeviceCookie        = "did"
	DeviceCookieCompat  = "did_compat"
)
