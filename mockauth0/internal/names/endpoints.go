package names

import (
	"slices"
	"strings"
)

// Names of endpoints, as events, faults and rate limits use them.
const (
	Authorize        = "authorize"
	Resume           = "authorize.resume"
	Push             = "par"
	Token            = "token"
	Revoke           = "revoke"
	UserInfo         = "userinfo"
	JWKS             = "jwks"
	Discovery        = "discovery"
	Certificate      = "certificate"
	Login            = "login"
	LoginIdentifier  = "login.identifier"
	LoginPassword    = "login.password"
	Account          = "account"
	Continue         = "continue"
	Factor           = "factor"
	Organization     = "organization"
	Consent          = "consent"
	Confirmation     = "confirmation"
	Provider         = "idp"
	CrossOrigin      = "co.authenticate"
	CrossOriginProof = "co.verify"
	Logout           = "logout"
	OIDCLogout       = "oidc.logout"
	LogoutPrompt     = "logout.prompt"
	SignUp           = "signup"
	SignUpForm       = "signup.page"
	ChangePassword   = "change_password"
	ResetRequest     = "reset.request"
	Reset            = "reset"
	Unblock          = "unblock"
	Lock             = "lock"
	ClassicLogin     = "classic.login"
	ClassicChallenge = "classic.challenge"
	ClassicCallback  = "classic.callback"
	SSOData          = "ssodata"
	Later            = "later"
	Favicon          = "favicon"
)

// Preflight ends the name of the endpoint whose preflight (OPTIONS) a request is.
const Preflight = ".preflight"

// Names of the endpoints of the control API, which meet no faults.
const (
	ControlFaults        = "mock.faults"
	ControlClock         = "mock.clock"
	ControlKeys          = "mock.keys"
	ControlReset         = "mock.reset"
	ControlEvents        = "mock.events"
	ControlDiagnoses     = "mock.diagnoses"
	ControlExpectations  = "mock.expectations"
	ControlSessions      = "mock.sessions"
	ControlGrants        = "mock.grants"
	ControlUsers         = "mock.users"
	ControlRefreshTokens = "mock.refresh_tokens"
	ControlTenants       = "mock.tenants"
	Console              = "mock.console"
	ControlDocument      = "mock.openapi"
	ControlHealth        = "mock.health"
	ControlMetrics       = "mock.metrics"
	ControlScenarios     = "mock.scenarios"
	ControlTokens        = "mock.tokens"
	ControlMails         = "mock.mails"
	ControlHAR           = "mock.har"
	ControlSnapshot      = "mock.snapshot"
)

// Paths of endpoints.
const (
	AuthorizePath        = "/authorize"
	ResumePath           = "/authorize/resume"
	PushPath             = "/oauth/par"
	TokenPath            = "/oauth/token"
	RevokePath           = "/oauth/revoke"
	UserInfoPath         = "/userinfo"
	JWKSPath             = "/.well-known/jwks.json"
	DiscoveryPath        = "/.well-known/openid-configuration"
	MetadataPath         = "/.well-known/oauth-authorization-server" // RFC 8414: the same document
	PEMPath              = "/pem"
	RawPEMPath           = "/rawpem"
	DERPath              = "/cer"
	PKCS7Path            = "/pb7"
	FingerprintPath      = "/fingerprint"
	LoginPath            = "/u/login"
	ClassicLoginPath     = "/login"                            // the login page of the Classic experience
	IdentifierPath       = "/u/login/identifier"               // identifier-first: who are you,
	PasswordPath         = "/u/login/password"                 // and then the password
	AccountPath          = "/u/select-account"                 // prompt=select_account; Auth0 publishes no path for it
	SignUpFormPath       = "/u/signup"                         // for people
	ResetRequestPath     = "/u/reset-password/request"         // asks who forgot their password for the e-mail address
	ResetPath            = "/u/reset-verify"                   // where the mail about a password leads
	UnblockPath          = "/u/brute-force-protection/unblock" // where the mail about a block leads: Auth0's screen of that name
	OrganizationPath     = "/u/organization"
	ConsentPath          = "/u/consent"
	ConfirmationPath     = "/u/confirmation" // Auth0 publishes no path for its login confirmation prompt
	FactorPath           = "/u/mfa-email-challenge"
	ContinuePath         = "/continue"
	ProviderPath         = "/__mock/idp/" // and the connection's name: the built-in identity provider
	CrossOriginPath      = "/co/authenticate"
	CrossOriginProofPath = "/co/verify" // where the page that asks the application for the verifier sends it
	LogoutPath           = "/v2/logout"
	OIDCLogoutPath       = "/oidc/logout"
	LogoutPromptPath     = "/u/logout"
	SignUpPath           = "/dbconnections/signup" // for SDKs
	ChangePasswordPath   = "/dbconnections/change_password"
	LockClientPath       = "/client/{file}" // a client's settings; {file} is <client id>.js
	LockTenantPath       = "/info-v1.js"    // the tenant's connections, for Lock with useTenantInfo
	FormLoginPath        = "/usernamepassword/login"
	FormChallengePath    = "/usernamepassword/challenge"
	FormCallbackPath     = "/login/callback" // where the form that FormLoginPath answers leads
	SSODataPath          = "/user/ssodata"
	SSODataSlashPath     = "/user/ssodata/" // as auth0.js 8 writes it
	FaviconPath          = "/favicon.ico"
	ControlRoot          = "/__mock/" // begins all that is not of Auth0
	LivezPath            = "/__mock/livez"
	ReadyzPath           = "/__mock/readyz"
	MetricsPath          = "/__mock/metrics"
	ControlPath          = "/__mock/v1" // begins those of the control API
	TenantsPath          = ControlPath + "/tenants"
	ConsolePath          = ControlRoot              // the live page of the tenant
	ConsoleFiles         = ControlRoot + "console/" // begins what that page loads
)

// TenantHeader names the tenant in answers of the control API, as https://host[:port]: whoever asked at a loopback address does
// not know its domain.
const TenantHeader = "X-Mock-Tenant"

// Facts of a request that become known on its way, as the `when` of a fault names them.
const (
	FactClient       = "client"
	FactGrant        = "grant"
	FactPrompt       = "prompt"
	FactResponseMode = "response_mode"
	FactUser         = "user"
	FactConnection   = "connection"
)

// Endpoint is one endpoint of a tenant.
type Endpoint struct {
	Name  string
	Facts []string // which become known there, of those that the `when` of a fault may name: one that names another would wait forever
	Paths []string // as patterns of net/http; one with a final slash stands for everything below it
	// Recorded are paths of real tenants that mean the same and are not served here. A final asterisk stands for any ending.
	Recorded []string
	Member   string // of the discovery document, where the endpoint is advertised; "": it is not
}

var (
	factsOfRequest = []string{FactClient, FactPrompt, FactResponseMode, FactUser, FactConnection}
	factsOfLogin   = []string{FactClient, FactUser, FactConnection}
)

// endpoints is the registry: those that meet faults and rate limits.
var endpoints = [...]Endpoint{
	{Name: Authorize, Facts: factsOfRequest, Paths: []string{AuthorizePath}, Member: "authorization_endpoint"},
	{Name: Resume, Facts: factsOfRequest, Paths: []string{ResumePath}},
	{Name: Push, Facts: []string{FactClient}, Paths: []string{PushPath}, Member: "pushed_authorization_request_endpoint"},
	{Name: Token, Facts: []string{FactClient, FactGrant, FactUser, FactConnection}, Paths: []string{TokenPath}, Member: "token_endpoint"},
	{Name: Revoke, Facts: []string{FactClient}, Paths: []string{RevokePath}, Member: "revocation_endpoint"},
	{Name: UserInfo, Facts: []string{FactClient, FactUser}, Paths: []string{UserInfoPath}, Member: "userinfo_endpoint"},
	{Name: JWKS, Paths: []string{JWKSPath}, Member: "jwks_uri"},
	{Name: Discovery, Paths: []string{DiscoveryPath, MetadataPath}},
	{Name: Certificate, Paths: []string{PEMPath, RawPEMPath, DERPath, PKCS7Path, FingerprintPath}},

	{Name: Login, Facts: factsOfLogin, Paths: []string{LoginPath, ClassicLoginPath}, Recorded: []string{"/u/login/*"}},
	{Name: LoginIdentifier, Facts: []string{FactClient}, Paths: []string{IdentifierPath}},
	{Name: LoginPassword, Facts: factsOfLogin, Paths: []string{PasswordPath}},
	{Name: Account, Facts: factsOfLogin, Paths: []string{AccountPath}},
	{Name: Continue, Paths: []string{ContinuePath}},
	{Name: Factor, Facts: factsOfRequest, Paths: []string{FactorPath}, Recorded: []string{"/u/mfa*", "/mf"}},
	{Name: Organization, Facts: factsOfRequest, Paths: []string{OrganizationPath}},
	{Name: Consent, Facts: factsOfRequest, Paths: []string{ConsentPath}, Recorded: []string{"/u/consent*"}},
	{Name: Confirmation, Facts: factsOfRequest, Paths: []string{ConfirmationPath}},
	{Name: Provider, Facts: factsOfLogin, Paths: []string{ProviderPath + "{connection}"}},
	{Name: CrossOrigin, Facts: factsOfLogin, Paths: []string{CrossOriginPath}},
	{Name: CrossOriginProof, Facts: factsOfRequest, Paths: []string{CrossOriginProofPath}},

	{Name: Logout, Facts: factsOfLogin, Paths: []string{LogoutPath}},
	{Name: OIDCLogout, Facts: factsOfLogin, Paths: []string{OIDCLogoutPath}, Member: "end_session_endpoint"},
	{Name: LogoutPrompt, Facts: factsOfLogin, Paths: []string{LogoutPromptPath}},

	{Name: SignUp, Facts: factsOfLogin, Paths: []string{SignUpPath}},
	{Name: SignUpForm, Facts: factsOfLogin, Paths: []string{SignUpFormPath}},
	{Name: ChangePassword, Facts: factsOfLogin, Paths: []string{ChangePasswordPath}},
	{Name: ResetRequest, Facts: factsOfLogin, Paths: []string{ResetRequestPath}},
	{Name: Reset, Facts: []string{FactUser, FactConnection}, Paths: []string{ResetPath}},
	{Name: Unblock, Facts: []string{FactUser, FactConnection}, Paths: []string{UnblockPath}},

	{Name: Lock, Facts: []string{FactClient}, Paths: []string{LockClientPath, LockTenantPath}},
	{Name: ClassicLogin, Facts: factsOfLogin, Paths: []string{FormLoginPath}},
	{Name: ClassicChallenge, Paths: []string{FormChallengePath}},
	{Name: ClassicCallback, Facts: factsOfLogin, Paths: []string{FormCallbackPath}},
	{Name: SSOData, Facts: []string{FactUser, FactConnection}, Paths: []string{SSODataPath, SSODataSlashPath}},

	// What Auth0 has and this version does not serve: it says so, instead of a bare 404 that would look like a mistake of the
	// caller's (https://auth0.com/docs/api/authentication).
	{Name: Later, Paths: []string{
		"/oauth/device/code", "/activate", // device authorization
		"/mfa/challenge", "/mfa/associate", "/mfa/authenticators", "/mfa/authenticators/",
		"/passwordless/start", "/passwordless/verify", "/passwordless/verify_redirect",
		"/passkey/challenge", "/passkey/register",
		"/bc-authorize",                    // CIBA
		"/oidc/register",                   // dynamic client registration
		"/oauth/global-token-revocation/",  // by identity providers
		"/oauth/ro", "/oauth/access_token", // legacy grants
		"/tokeninfo", "/delegation", "/unlink", "/login/unlink", "/impersonate", // legacy
		"/samlp/", "/wsfed/", "/adfs/", "/FederationMetadata/", // other protocols
		"/api/v2/", "/me/", "/scim/", // Management, My Account
		"/user/geoloc/country",
	}},
}

// Endpoints are the endpoints that meet faults and rate limits. Nobody changes them.
func Endpoints() []Endpoint { return endpoints[:] }

// EndpointOf finds an endpoint by its name.
func EndpointOf(name string) (Endpoint, bool) {
	for _, e := range endpoints {
		if e.Name == name {
			return e, true
		}
	}
	return Endpoint{}, false
}

// EndpointNames are the names of the endpoints, sorted.
func EndpointNames() []string {
	var all []string
	for _, e := range endpoints {
		all = append(all, e.Name)
	}
	slices.Sort(all)
	return all
}

// EndpointAt names the endpoint that a path of a tenant is, here or at Auth0; "": none that is served here.
func EndpointAt(path string) string {
	name, longest := "", -1
	for _, e := range endpoints {
		if e.Name == Later {
			continue
		}
		if slices.Contains(e.Paths, path) || slices.Contains(e.Recorded, path) {
			return e.Name
		}
		for _, pattern := range e.Paths {
			if start, _, ok := strings.Cut(pattern, "{"); ok && len(start) > longest && strings.HasPrefix(path, start) {
				name, longest = e.Name, len(start)
			}
		}
		for _, pattern := range e.Recorded {
			if start, ok := strings.CutSuffix(pattern, "*"); ok && len(start) > longest && strings.HasPrefix(path, start) {
				name, longest = e.Name, len(start)
			}
		}
	}
	return name
}
