package e2e

import (
	"slices"
	"time"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/web"
)

// browserSDK is an SDK in one of the ways in which it is used in a browser, and what it tells its user. A nil matcher
// means that the SDK has no such thing.
type browserSDK struct {
	Name    string
	Package string         // in node_modules
	Scripts []string       // as published, in node_modules
	Driver  string         // in hostDir
	Bundled bool           // the driver imports what it needs, so it has to be bundled
	Bundler []string       // further options of the bundler
	Way     string         // "with " …
	Options map[string]any // what the app gives the SDK for this way
	// RefreshTokens: it renews with them, and not through a hidden frame.
	RefreshTokens bool
	// Form fills in the login form; nil: it is the tenant's page.
	Form func(*browser.Page, pages.Person) error
	// Domain is the tenant's, for an SDK that fetches more from elsewhere when it sees one of Auth0's; "" is one of those.
	Domain string
	// GivesUp is how long it waits for a hidden frame; zero: a minute.
	GivesUp time.Duration
	// Caches: it keeps tokens until they expire; otherwise it asks the tenant whenever it is asked.
	Caches bool

	ForeignAudience types.GomegaMatcher // an ID token for another client
	Replayed        types.GomegaMatcher // an ID token of another login
	Forged          types.GomegaMatcher // an ID token with a broken signature
	WrongPassword   types.GomegaMatcher // its own form sent a wrong password
	WrongAcross     types.GomegaMatcher // its own form sent a wrong password to /co/authenticate
	Unverifiable    types.GomegaMatcher // third-party cookies are blocked and its own form asks; nil: the form asks at the token endpoint
	KnownPerson     types.GomegaMatcher // somebody signs up who did so before
	Cancelled       types.GomegaMatcher // the person cancelled at the identity provider
	LoginRequired   types.GomegaMatcher // there is no session
	Consent         types.GomegaMatcher // there is no consent
	Unanswered      types.GomegaMatcher // no answer within 60 s
	AfterLogout     types.GomegaMatcher // a renewal after its own logout
	Reused          types.GomegaMatcher // its family of refresh tokens was revoked
	Revoked         types.GomegaMatcher // it revoked its refresh token itself

	// AfterReload is whether it knows who is logged in when the page is loaded anew; nil: it leaves that to the app.
	AfterReload types.GomegaMatcher
}

// row is its row of e2e/SUPPORT.md.
func (b browserSDK) row() tables.SDK {
	version, err := web.PackageVersion(sdkDir, b.Package)
	if err != nil {
		version = "of an unknown version" // the spec tells why
	}
	return tables.SDK{Name: b.Name, Version: version, Way: b.Way, Runs: tables.Browser}
}

// oauthError matches an error object by its code and description, under the names that the SDK gives them.
func oauthError(descriptionIn, code, description string) types.GomegaMatcher {
	return And(HaveKeyWithValue("error", code), HaveKeyWithValue(descriptionIn, description))
}

// spaError is an error of auth0-spa-js and of what wraps it: the description is also its message.
func spaError(code, description string) types.GomegaMatcher {
	return And(oauthError("error_description", code, description), HaveKeyWithValue("message", description))
}

// auth0JS are the ways of auth0.js.
func auth0JS() []browserSDK {
	callback := func(code, description string) types.GomegaMatcher {
		return oauthError("errorDescription", code, description)
	}
	silent := func(code, description string) types.GomegaMatcher {
		return And(oauthError("error_description", code, description), HaveKeyWithValue("code", code),
			HaveKeyWithValue("description", description))
	}
	wrong := And(HaveKeyWithValue("code", "invalid_grant"), HaveKeyWithValue("description", "Wrong email or password."),
		HaveKeyWithValue("statusCode", 403.))
	known := And(HaveKeyWithValue("code", "invalid_signup"), HaveKeyWithValue("description", "Invalid sign up"),
		HaveKeyWithValue("statusCode", 400.))
	eight := browserSDK{
		Name: "auth0.js", Package: "auth0-js", Scripts: []string{"auth0-js/build/auth0.min.js"}, Driver: "auth0-js.js",
		ForeignAudience: callback("invalid_token", "Audience SomebodyElse is not valid."),
		Replayed:        callback("invalid_token", "Nonce does not match."),
		Forged:          callback("invalid_token", "Invalid signature."),
		WrongPassword:   wrong,
		WrongAcross:     oauthError("error_description", "access_denied", "Wrong email or password."),
		KnownPerson:     known,
		Cancelled:       callback("access_denied", "User has canceled the interaction."),
		// Version 8 hands over the bare code of a silent answer.
		LoginRequired: Equal("login_required"),
		Consent:       Equal("consent_required"),
		Unanswered:    oauthError("error_description", "timeout", "Timeout during fetching SSO data"),
		AfterLogout:   Equal("login_required"),
	}
	nine := browserSDK{
		Name: "auth0.js", Package: "auth0-js-9", Scripts: []string{"auth0-js-9/dist/auth0.min.js"}, Driver: "auth0-js.js",
		ForeignAudience: callback("invalid_token", `Audience (aud) claim mismatch in the ID token; expected "`+clientID+
			`" but found "SomebodyElse"`),
		Replayed: And(HaveKeyWithValue("error", "invalid_token"),
			HaveKeyWithValue("errorDescription", ContainSubstring(`found "replayed"`))),
		Forged:        callback("invalid_token", "Invalid ID token signature."),
		WrongPassword: wrong,
		WrongAcross:   silent("access_denied", "Wrong email or password."),
		KnownPerson:   known,
		Cancelled:     callback("access_denied", "User has canceled the interaction."),
		LoginRequired: silent("login_required", "Login required"),
		Consent:       silent("consent_required", "Consent required"),
		Unanswered:    silent("timeout", "Timeout during executing web_message communication"),
		AfterLogout:   silent("login_required", "Login required"),
	}
	between := eight
	between.Package, between.Scripts, between.Driver, between.Bundled = "auth0-js-8", nil, "auth0-js-8.js", true
	between.LoginRequired = oauthError("error_description", "login_required", "Login required")
	between.Consent = oauthError("error_description", "consent_required", "Consent required")
	between.Unanswered = oauthError("error_description", "timeout", "Timeout during executing web_message communication")
	between.AfterLogout = between.LoginRequired
	ten := nine
	ten.Package, ten.Scripts = "auth0-js-10", []string{"auth0-js-10/dist/auth0.min.js"}
	return []browserSDK{eight, between, nine, ten}
}

// lock is Lock, which speaks to the tenant by auth0.js 9.
func lock() browserSDK {
	sdk := auth0JS()[2]
	sdk.Name, sdk.Package, sdk.Scripts, sdk.Driver, sdk.Bundled = "auth0-lock", "auth0-lock", nil, "auth0-lock.js", true
	sdk.Form = func(p *browser.Page, who pages.Person) error { return (&pages.Lock{Page: p}).As(who) }
	sdk.Bundler = []string{"--main-fields=module,browser,main"} // what Lock requires of its auth0.js is a module
	sdk.Domain = "login.acme.example.test"
	sdk.WrongPassword = And(HaveKeyWithValue("code", "invalid_user_password"), HaveKeyWithValue("description", "Wrong email or password."))
	sdk.Unverifiable = oauthError("errorDescription", "server_error", "Unable to configure verification page.") // the app has none
	return sdk
}

// spaJS are the ways of auth0-spa-js and of the libraries that wrap it.
func spaJS() (all []browserSDK) {
	one := browserSDK{
		Name: "auth0-spa-js", Package: "auth0-spa-js-1", Scripts: []string{"auth0-spa-js-1/dist/auth0-spa-js.production.js"},
		Driver: "auth0-spa-js.js",
	}
	two := browserSDK{
		Name: "auth0-spa-js", Package: "@auth0/auth0-spa-js", Scripts: []string{"@auth0/auth0-spa-js/dist/auth0-spa-js.production.js"},
		Driver: "auth0-spa-js.js",
	}
	react := browserSDK{Name: "auth0-react", Package: "@auth0/auth0-react", Driver: "auth0-react.js",
		Scripts: []string{
			"react/umd/react.production.min.js", "react-dom/umd/react-dom.production.min.js", "@auth0/auth0-react/dist/auth0-react.min.js",
		}}
	react1 := react
	react1.Package, react1.Scripts = "auth0-react-1", []string{react.Scripts[0], react.Scripts[1], "auth0-react-1/dist/auth0-react.min.js"}
	vue := browserSDK{Name: "auth0-vue", Package: "@auth0/auth0-vue", Driver: "auth0-vue.js",
		Scripts: []string{"vue/dist/vue.global.prod.js", "@auth0/auth0-vue/dist/auth0-vue.production.js"}}
	angular := browserSDK{Name: "auth0-angular", Package: "@auth0/auth0-angular", Driver: "auth0-angular.js", Bundled: true}
	for _, sdk := range []browserSDK{one, two, react1, react, vue, angular} {
		sdk.Caches = true
		sdk.ForeignAudience = HaveKeyWithValue("message",
			`Audience (aud) claim mismatch in the ID token; expected "`+clientID+`" but found "SomebodyElse"`)
		sdk.Replayed = HaveKeyWithValue("message", ContainSubstring(`found "replayed"`))
		sdk.Cancelled = spaError("access_denied", "User has canceled the interaction.")
		sdk.LoginRequired = spaError("login_required", "Login required")
		sdk.Consent = spaError("consent_required", "Consent required")
		sdk.Unanswered = spaError("timeout", "Timeout")
		sdk.AfterLogout = sdk.LoginRequired
		sdk.AfterReload = Not(BeNil()) // from its storage, or through a hidden frame

		frame := sdk
		frame.Way = "a hidden frame"

		worker := sdk
		worker.Way, worker.RefreshTokens = "refresh tokens in a worker", true
		worker.Options = map[string]any{"useRefreshTokens": true}
		worker.Unanswered = nil
		worker.Reused = spaError("invalid_grant", "Unknown or invalid refresh token.")
		if sdk.Package == one.Package || sdk.Package == react1.Package {
			worker.Reused = sdk.LoginRequired // it falls back to the hidden frame, and tells what that said
		} else {
			worker.AfterLogout = HaveKeyWithValue("error", "missing_refresh_token")
			if sdk.Name == two.Name || sdk.Name == react.Name {
				worker.Revoked = worker.AfterLogout
			}
			worker.AfterReload = BeNil() // the refresh token died with the worker, and version 2 does not fall back
		}

		stored := worker
		stored.Way = "refresh tokens in localStorage"
		stored.Options = map[string]any{"useRefreshTokens": true, "cacheLocation": "localstorage"}
		stored.AfterReload = frame.AfterReload
		all = append(all, frame, worker)
		if sdk.Name == one.Name { // the others only pass the setting on
			all = append(all, stored)
		}
	}
	return all
}

// oidcClient are the ways of oidc-client-ts, which knows nothing of Auth0. It believes any ID token that came from /oauth/token.
func oidcClient() []browserSDK {
	frame := browserSDK{
		Name: "oidc-client-ts", Package: "oidc-client-ts", Scripts: []string{"oidc-client-ts/dist/browser/oidc-client-ts.min.js"},
		Driver: "oidc-client-ts.js", Way: "a hidden frame", GivesUp: 10 * time.Second,
		Cancelled:     oidcError("access_denied", "User has canceled the interaction."),
		LoginRequired: oidcError("login_required", "Login required"),
		Consent:       oidcError("consent_required", "Consent required"),
		Unanswered:    And(HaveKeyWithValue("name", "ErrorTimeout"), HaveKeyWithValue("message", "IFrame timed out without a response")),
		AfterLogout:   oidcError("login_required", "Login required"),
		AfterReload:   Not(BeNil()),
	}
	stored := frame
	stored.Way, stored.RefreshTokens = "refresh tokens in localStorage", true
	stored.Options = map[string]any{"scope": "openid profile email offline_access"}
	stored.Unanswered = nil
	stored.Revoked = stored.LoginRequired // without one it uses a hidden frame
	stored.Reused = oidcError("invalid_grant", "Unknown or invalid refresh token.")
	return []browserSDK{frame, stored}
}

// oidcError is an error of oidc-client-ts.
func oidcError(code, description string) types.GomegaMatcher {
	return And(spaError(code, description), HaveKeyWithValue("name", "ErrorResponse"))
}

func browserSDKs() []browserSDK {
	return slices.Concat(auth0JS(), []browserSDK{lock()}, spaJS(), oidcClient())
}
