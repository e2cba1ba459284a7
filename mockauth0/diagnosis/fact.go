package diagnosis

// Facts are what the evidence of a cause shows, as a set. They choose among the words of a cause: a sentence that says more than
// the cause itself names the facts that it rests on, and stands only where the evidence shows them.
type Facts uint64

// What evidence can show.
const (
	// Of the request that failed.
	InFrame           Facts = 1 << iota // its answer is for a frame
	InWindow                            // it is a navigation of a whole window or tab
	TokenCall                           // it went to the token endpoint
	OfRefreshToken                      // it exchanges a refresh token
	OfCode                              // it exchanges a code
	FromPage                            // a page in a browser sent it: it has an Origin
	LocalCallback                       // its callback is on the person's own machine, or has a scheme that any app can claim
	PublicCallback                      // its callback has a host name of its own
	NamesOrganization                   // it names an organization
	NamesNone                           // it names no organization

	// Of cookies and sessions.
	SessionAlive       // a session of the application that may be this browser's is alive
	DeviceKnown        // the browser sent the device cookie of that session's login, and not its session cookie
	NotPersistent      // the session cookie was set without an expiry: it ends with the browser
	EmbeddedApp        // app and tenant are of one site, and the browser withholds cookies: a page of another site is around both
	PartitionedCookie  // the cookie that came is the frame's own: the tenant set it there, and not at the login
	OwnSiteCookie      // the tenant's cookies are for frames of its own site, and the frame is of another one than the page
	CustomDomainUnused // the tenant has a custom domain, and the request went to its own one
	HasRefreshToken    // the application's newest login brought a refresh token
	ReplacedByLogin    // a new login ended the session
	PasswordHasChanged // a new password ended the session
	RevokedByAdmin     // an administrator ended the session
	HintNamesAnother   // id_token_hint names another user than the session
	AfterExchange      // a refresh token was exchanged after the logout

	// Of refusals.
	OriginNotListed  // the tenant says that it does not list the page's origin
	HeaderRemoved    // the tenant lists the page's origin, and the answer does not name it
	AnotherOrigin    // the answer names another origin
	APINotAuthorized // the API exists, and the application may not ask for it
	StatusOnly       // of the refusal only its status is known
	NotServed        // the mock says that it does not do what Auth0 does for such a request
	CodeWasUsed      // the code is unknown by now, or was used
	CodeNotOfRequest // the code is another client's or another callback's, or its verifier does not fit

	// Of refresh tokens.
	LoginBroughtOne     // a refresh token was issued, for what is asked for as far as that is known
	OfAnotherAudience   // it is for another audience than what is asked for
	OfAnotherScope      // it is for less than the scope that is asked for
	OfflineNotAsked     // the login did not ask for offline_access
	OfflineNotAllowed   // the API does not allow offline access
	RefreshGrantOff     // the application may not use refresh tokens
	ExchangeBroughtNone // the newest exchange of a refresh token brought no other
	TokenNotSent        // the request for an exchange carried none
	RequestFailedSince  // after the newest tokens, a request for tokens was answered with an error

	afterAllFacts
)

// Has tells whether all facts of another set are in this one.
func (f Facts) Has(all Facts) bool { return f&all == all }

// One lists the facts of a set, each as a set of its own.
func (f Facts) One() (out []Facts) {
	for one := InFrame; one < afterAllFacts; one <<= 1 {
		if f.Has(one) {
			out = append(out, one)
		}
	}
	return out
}
