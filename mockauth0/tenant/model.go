// Package tenant reads and validates a tenant directory (tenant.yaml in the format of Auth0's deploy CLI,
// users.json in Auth0's bulk-import format, mock.yaml for what Auth0 has no word for) and gives it to the
// server as an immutable snapshot. Field names follow Auth0's Management API.
package tenant

import "time"

// Config is one immutable snapshot of a tenant's configuration. Do not change it once a server has it:
// load or build another one.
type Config struct {
	Name            string            // name of the directory, or as given; used in logs
	Settings        Settings          // what counts for the whole tenant
	Clients         []*Client         // the applications, in file order
	Connections     []*Connection     // databases first, then social and the rest, in file order
	ResourceServers []*ResourceServer // the APIs
	ClientGrants    []*ClientGrant    // what clients may do with APIs, for themselves or for users
	Roles           []*Role           // what users may be
	Organizations   []*Organization   // business customers
	Users           []*User           // all users, of all connections
	CustomDomains   []*CustomDomain   // for their metadata only
	Mock            Mock              // mock.yaml: what Auth0 has no setting for
	Warnings        []Problem         // what was tolerated at load, such as unknown keys of tenant.yaml

	index *index // made by Validate and Load; see index.go
}

// Settings is the `tenant` section (Auth0: PATCH /api/v2/tenants/settings).
type Settings struct {
	FriendlyName string // friendly_name, on the login page; default: the name of the Config
	PictureURL   string // picture_url; read and not shown
	SupportEmail string // support_email; read and not shown
	SupportURL   string // support_url, on error pages
	// absolute life of an SSO session; default 168 h. session_lifetime (hours) or session_lifetime_in_minutes
	SessionLifetime       time.Duration
	IdleSessionLifetime   time.Duration // default 72 h. idle_session_lifetime (hours) or idle_session_lifetime_in_minutes
	NonPersistentCookie   bool          // session_cookie.mode: non-persistent; sessions are ephemeral then and have lives of their own:
	EphemeralLifetime     time.Duration // ephemeral_session_lifetime (hours, or …_in_minutes); default 72 h
	IdleEphemeralLifetime time.Duration // idle_ephemeral_session_lifetime; default 24 h
	AllowedLogoutURLs     []string      // allowed_logout_urls, for every client
	DefaultAudience       string        // default_audience: the API of requests that name none
	DefaultDirectory      string        // default_directory: the connection of password grants
	DefaultRedirectionURI string        // default_redirection_uri: where an old address of a login page leads
	ErrorPageURL          string        // error_page.url: hosted errors are redirected there
	ErrorPageHTML         string        // error_page.html, Liquid; used where there is no url
	ErrorPageShowLogLink  bool          // error_page.show_log_link
	OrganizationNames     bool          // allow_organization_name_in_authentication_api: names do where ids do, and tokens have org_name
	ResponseIssuer        bool          // authorization_response_iss_parameter_supported: iss in authorization responses (RFC 9207)
	// attackProtection.bruteForceProtection: so many wrong passwords in a row block a user; 0: as many as anybody likes
	MaxAttempts           int
	MFAForAll             bool // guardianPolicies: all-applications; every login, silent request and exchange needs a second factor
	RevokeDeletesGrant    bool // flags.revoke_refresh_token_grant: /oauth/revoke ends every refresh token of the grant, and the consent
	RemoveAlgFromJWKS     bool // flags.remove_alg_from_jwks: the keys do not say RS256, for APIs that take PS256
	SkipLogoutPrompt      bool // sessions.oidc_logout_prompt_enabled: false; /oidc/logout then asks nobody
	TellUserExists        bool // flags.enable_public_signup_user_exists_error: a sign-up says that the user exists
	HideEndSession        bool // oidc_logout.rp_logout_end_session_endpoint_discovery: false, as in tenants before November 2023
	NoPushedRequests      bool // pushed_authorization_requests_supported: false; a tenant that says nothing takes them
	RequirePushedRequests bool // require_pushed_authorization_requests: /authorize takes nothing else
	ResourceParameter     bool // resource_parameter_profile: compatibility; resource then names the API where audience is missing
	ClassicLogin          bool // prompts.universal_login_experience: classic: the login page is at /login, as a tenant's own page is
	IdentifierFirst       bool // prompts.identifier_first: user name and password on two pages
	SkipConfirmation      bool // skip_non_verifiable_callback_uri_confirmation_prompt; used by the consent policy new
	FrameableLogin        bool // flags.disable_clickjack_protection_headers: the Classic page may be framed
	ScopeDescriptions     bool // flags.use_scope_descriptions_for_consent: the consent page shows the descriptions of scopes
}

// Client is an application (Auth0: POST /api/v2/clients).
type Client struct {
	Name              string   // required, and unique in the tenant
	ClientID          string   // from mock.yaml, else tenant.yaml, else derived from the name: 32 letters and digits
	ClientSecret      string   // likewise, 64 characters
	AppType           string   // spa, regular_web, native, non_interactive
	FirstParty        bool     // is_first_party, default true
	OIDCConformant    bool     // default true here (Auth0's dashboard), false for API-created clients
	Callbacks         []string // callbacks: Allowed Callback URLs
	WebOrigins        []string // web_origins: origins that may be sent a web_message
	AllowedOrigins    []string // allowed_origins: origins that may make cross-origin requests, besides those of Callbacks
	AllowedLogoutURLs []string // allowed_logout_urls: where a logout may lead
	GrantTypes        []string // default authorization_code, implicit, refresh_token, client_credentials
	// none, client_secret_post, client_secret_basic, private_key_jwt; default none for spa and native
	TokenEndpointAuthMethod string
	IDTokenLifetime         time.Duration     // jwt_configuration.lifetime_in_seconds, default 36000 s
	IDTokenAlg              string            // jwt_configuration.alg, default RS256
	PublicKeys              []string          // PEM, for private_key_jwt; mock.yaml clients.<name>.public_keys: exports carry ids only
	RefreshToken            RefreshToken      // refresh_token
	RefreshPolicies         []RefreshPolicy   // refresh_token.policies: read, and not served yet
	RequireProof            bool              // require_proof_of_possession: read, and not served yet
	BackchannelLogout       BackchannelLogout // oidc_logout
	InitiateLoginURI        string            // initiate_login_uri: where an old address of a login page of the client leads
	CrossOriginAuth         bool              // cross_origin_authentication
	CrossOriginPage         string            // cross_origin_loc: where the app answers for a login without third-party cookies
	OrganizationUsage       string            // deny, allow, require
	// organization_require_behavior: no_prompt (default), pre_login_prompt, post_login_prompt; for organization_usage require
	OrganizationPrompt string
	TokenQuota         TokenQuota // token_quota.client_credentials, where it is enforced
	// third_party_security_mode: strict; the default for ids that begin with tpc_. Callbacks have no wildcards
	StrictThirdParty bool
	// redirection_policy: open_redirect_protection, the default of strict ones: errors never go to the callback
	ErrorsOnPage          bool
	RequirePushedRequests bool          // require_pushed_authorization_requests
	PushedLifetime        time.Duration // par_request_expiry, how long a pushed request waits for the browser; default 30 s
	SkipConfirmation      *bool         // skip_non_verifiable_callback_uri_confirmation_prompt; nil: as the tenant says
	// What an Action of the tenant would add to tokens: mock.yaml clients.<name>.id_token_claims and access_token_claims.
	IDTokenClaims     []Claim
	AccessTokenClaims []Claim // likewise, for access tokens
}

// TokenQuota is how many tokens a machine may get.
type TokenQuota struct {
	PerHour int // 0: without a limit
	PerDay  int // 0: without a limit
}

// Claim is a custom claim. Its name is an http or https URL that does not belong to Auth0.
type Claim struct {
	Name  string // as it stands in the token
	Value any    // any value of JSON
}

// RefreshToken is a client's refresh token configuration (Auth0: client.refresh_token).
type RefreshToken struct {
	Rotating     bool          // rotation_type: rotating
	Leeway       time.Duration // leeway: how long the token before the live one may still be exchanged; default 0
	Lifetime     time.Duration // token_lifetime from the first issue, whatever is rotated; 0: infinite
	IdleLifetime time.Duration // idle_token_lifetime from the last exchange; 0: infinite
}

// BackchannelLogout says where and when a client hears that a session has ended (Auth0: client.oidc_logout).
type BackchannelLogout struct {
	URLs       []string // backchannel_logout_urls: one at most
	All        bool     // backchannel_logout_initiators.mode: all
	Initiators []string // backchannel_logout_initiators.selected_initiators; rp-logout and idp-logout always count
}

// Connection is a database or an identity provider.
type Connection struct {
	Name             string         // required, and unique in the tenant
	DisplayName      string         // display_name, on the login page; default: Name
	Strategy         string         // auth0 (a database), google-oauth2, github, …
	EnabledClients   []string       // names or ids as written; nil: every client
	DisableSignup    bool           // options.disable_signup
	RequiresUsername bool           // options.requires_username
	Passwords        PasswordPolicy // what new passwords must be like
	UsernameMin      int            // options.validation.username.min, default 1
	UsernameMax      int            // options.validation.username.max, default 15
	DevKeys          bool           // mock.yaml connections.<name>.dev_keys: uses Auth0's developer keys
}

// PasswordPolicy is what a database asks of new passwords (Auth0: connection.options).
type PasswordPolicy struct {
	Strength       string   // passwordPolicy: none (default), low, fair, good, excellent
	MinLength      int      // password_complexity_options.min_length; 0: the strength decides
	History        int      // password_history: so many old passwords may not come back; 0: not enabled
	NoPersonalInfo bool     // password_no_personal_info.enable
	NoCommon       bool     // password_dictionary.enable
	Dictionary     []string // password_dictionary.dictionary: words that count as common, too
}

// Database reports whether users of this connection log in with a password here.
func (c *Connection) Database() bool { return c.Strategy == "auth0" }

// ResourceServer is an API.
type ResourceServer struct {
	Name                string        // for people; default: Identifier
	Identifier          string        // the audience
	Scopes              []Scope       // scopes: what tokens can be asked for
	SigningAlg          string        // RS256 (default), HS256, PS256
	SigningSecret       string        // for HS256
	TokenLifetime       time.Duration // token_lifetime, default 86400 s
	TokenLifetimeForWeb time.Duration // token_lifetime_for_web: implicit and hybrid flows, default 7200 s, never above TokenLifetime
	AllowOfflineAccess  bool          // allow_offline_access: refresh tokens are given out for the API
	AllowOnlineAccess   bool          // allow_online_access: read, and not served yet
	SkipConsent         bool          // skip_consent_for_verifiable_first_party_clients
	EnforcePolicies     bool          // enforce_policies: RBAC
	ProofOfPossession   ProofOfPossession
	// subject_type_authorization.user.policy: whether clients may use the API for their users; allow_all (default), deny_all,
	// require_client_grant
	UserPolicy   string
	TokenDialect string // access_token (default), access_token_authz, rfc9068_profile, rfc9068_profile_authz
}

// Scope is a permission of an API.
type Scope struct {
	Value       string // as it is asked for, such as read:books
	Description string // for people, on the consent page
}

// ClientGrant lets a client use an API for itself, or for its users.
type ClientGrant struct {
	SubjectType          string   // client (default): for itself; user: for its users, where the API asks for that
	Client               string   // client name or id as written
	Audience             string   // Identifier of the API
	Scopes               []string // scope: those that the client may have
	OrganizationUsage    string   // deny (default), allow, require: whether the client may act for an organization
	AllowAnyOrganization bool     // for any, and not only for those that list the grant
}

// Permission is one scope of one API.
type Permission struct {
	Name     string // permission_name
	Audience string // resource_server_identifier
}

// Role is a set of permissions. Which users have it is in mock.yaml: exports know no users.
type Role struct {
	Name        string       // unique in the tenant
	Description string       // for people
	Permissions []Permission // what its users may do
}

// Organization is a business customer, to which users may belong.
type Organization struct {
	ID          string   // mock.yaml organizations.<name>.id, else derived from the name: org_ and 16 letters and digits
	Name        string   // small letters, digits, - and _
	DisplayName string   // for people; default: Name
	Members     []string // mock.yaml organizations.<name>.members: e-mail addresses, user names or user_ids
	Grants      []Permit // client_grants: the clients that may act for it
	Connections []string // those whose users become members by logging in (assign_membership_on_login)
}

// Permit names the client grant of a client for an API.
type Permit struct {
	Client   string // name or id
	Audience string // Identifier of the API
}

// CustomDomain is an entry of customDomains, for its metadata: mock.yaml says what domain the mock answers at.
type CustomDomain struct {
	Domain   string            // a host name
	Metadata map[string]string // domain_metadata; URLs may use those that begin with public_
}

// User is one entry of users.json (Auth0's bulk import), plus a plain password.
type User struct {
	ID            string         // user_id with its provider prefix, "auth0|…"; derived from connection and e-mail when absent
	Connection    string         // name of the connection; default: the first database
	Email         string         // e-mail address; unique in the connection, in any case
	EmailVerified bool           // email_verified
	PhoneNumber   string         // phone_number, such as +15551234567: the claim phone_number of the scope phone; "": none
	Username      string         // username, another name to log in with
	GivenName     string         // given_name
	FamilyName    string         // family_name
	Name          string         // default: the e-mail address
	Nickname      string         // default: the e-mail's local part
	Picture       string         // default: Auth0's gravatar URL
	Blocked       bool           // blocked: every login and renewal is refused
	Password      string         // plain, compared in constant time
	PasswordHash  string         // bcrypt, from an export
	UserMetadata  map[string]any // user_metadata, kept as it is
	AppMetadata   map[string]any // app_metadata, kept as it is
	CreatedAt     time.Time      // default 2026-01-01T00:00:00Z
	UpdatedAt     time.Time      // default CreatedAt
	// From mock.yaml, users.<e-mail address, user name or user_id>.
	Renewal           string       // renewal: why the user can log in and not renew, one of Renewals; "": nothing keeps the user from it
	PasswordLeaked    bool         // password_leaked: breached password detection blocks it
	Roles             []string     // names
	Permissions       []Permission // besides those of the roles
	IDTokenClaims     []Claim      // beside the client's, which they replace where names are the same
	AccessTokenClaims []Claim      // likewise, for access tokens
}

// Mock is mock.yaml: what Auth0 has no word for.
type Mock struct {
	Domain        string // issuer's host[:port]; "auto" (default): localhost:<actual port>
	Scheme        string // of the issuer: "https" (default), or "http", on this machine alone
	CustomDomain  string // a second host[:port] that the tenant answers at, with an issuer of its own; "": none
	Listen        string // default address of `serve`; empty: 127.0.0.1:4443
	ConsentPolicy string // "skip" (default): nobody is asked; "classic" and "new": Auth0's two policies for loopback callbacks
	// policy classic: whether a callback on localhost that is merely listed has users asked everywhere: "counts" (default),
	// "ignored"
	ListedLocalhost string
	// policy new: the error of silent requests where a login has to be confirmed: "interaction_required" (default),
	// "consent_required"
	ConfirmationCode string
	ControlOrigins   []string  // origins besides the tenant's own that may use /__mock
	ClockStart       time.Time // zero: real time
	ClockFrozen      bool      // clock.frozen: the clock stands still until it is moved
	// "allow" (default): a client's web_origins may read answers too; "ignore": only allowed_origins and callbacks
	CORSWebOrigins string
	// rate_limits: by endpoint, "global" for all of them together, or "logins" for the passwords of one user; none: nothing is
	// refused
	RateLimits       map[string]RateLimit
	UnsupportedGrant int // HTTP status of unsupported_grant_type, 403 (default) or 501: nobody has published Auth0's
	// form of access tokens without an audience: "jwe" (default), like Auth0's encrypted ones, or "short", 32 characters
	OpaqueTokens     string
	ErrorPageFraming string        // "deny" (default): the hosted error page forbids framing; "allow": as one recorded page
	CodeLifetime     time.Duration // code_lifetime (seconds): how long an authorization code may be exchanged; default 600 s
	// BackchannelLogout is how far logout tokens may go: "loopback" (default), to receivers on this machine, or "any".
	// Auth0 itself sends to other machines only, and over https.
	BackchannelLogout string
	MagicUsers        bool      // magic_users: users who can log in and not renew are there, see AddMagicUsers
	Actions           []*Action // of the login flow, in the order in which they run
	// mfa_error: what a silent request gets where a second factor is due: "login_required" (default) or "mfa_required", of
	// which older pages of Auth0's speak
	MFAError string
	// logout_without_target: where /oidc/logout leads with an id_token_hint and without a post_logout_redirect_uri: "page"
	// (default), a page that says it is done, or "first_url", the client's first Allowed Logout URL. Nobody has published which
	// it is at Auth0; the standard lets a provider lead only to what was asked for
	// (https://openid.net/specs/openid-connect-rpinitiated-1_0.html).
	LogoutWithoutTarget string
}

// RateLimit lets so many requests through at once, and so many a minute in the long run.
type RateLimit struct {
	Burst     int // requests at once
	PerMinute int // in the long run, by the tenant's clock
}

// Problem is one thing wrong in a file.
type Problem struct {
	File    string // path as given plus the file's name; the path in the model (clients[0].callbacks[1]) for a tenant built in Go
	Line    int    // from 1; 0: the file as a whole
	Column  int    // from 1
	Message string // what is wrong and what was expected
}
