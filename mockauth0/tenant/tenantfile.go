package tenant

import (
	"path"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/strict"
)

// tenantFile reads tenant.yaml, the deploy CLI's export, into t.
func (r *reading) tenantFile(t *Config, root *strict.Node) {
	top := r.Object(root, "", "the document")
	if top == nil {
		return
	}
	r.fileReferences(root, "")
	if o := readSection(top, "tenant", "tenant"); o != nil {
		r.settings(&t.Settings, o)
	}
	if o := readSection(top, "prompts", "prompts"); o != nil { // most of it is texts of pages
		o.Flag("identifier_first", &t.Settings.IdentifierFirst)
		experience := "new"
		o.Text("universal_login_experience", &experience)
		among(o, "universal_login_experience", experience, loginExperiences)
		t.Settings.ClassicLogin = experience == "classic"
		o.Slips("prompts")
	}
	for _, n := range top.List("pages") {
		r.page(&t.Settings, n)
	}
	for _, n := range top.List("clients") {
		r.client(t, n)
	}
	for _, n := range top.List("databases") {
		r.connection(t, n, "auth0")
	}
	for _, n := range top.List("connections") {
		r.connection(t, n, "")
	}
	for _, n := range top.List("resourceServers") {
		r.resourceServer(t, n)
	}
	for _, n := range top.List("clientGrants") {
		r.clientGrant(t, n)
	}
	if protection := readSection(top, "attackProtection", "tenant.attackProtection"); protection != nil {
		readAttackProtection(protection, &t.Settings.MaxAttempts)
	}
	r.guardian(&t.Settings, top)
	for _, n := range top.List("organizations") {
		r.organization(t, n)
	}
	for _, n := range top.List("customDomains") {
		r.customDomain(t, n)
	}
	for _, n := range top.List("roles") {
		r.role(t, n)
	}
	top.Finish("tenant.yaml", exportSections, false)
}

// readSection is a child whose path in the model has another name than its key.
func readSection(o *strict.Object, key, modelPath string) *strict.Object {
	n := o.Get(key)
	if n == nil {
		return nil
	}
	return o.Object(n, modelPath, key)
}

const skipConfirmation = "skip_non_verifiable_callback_uri_confirmation_prompt" // of tenants and of clients

func (r *reading) settings(s *Settings, o *strict.Object) {
	o.Text("friendly_name", &s.FriendlyName)
	o.Text("picture_url", &s.PictureURL)
	o.Text("support_email", &s.SupportEmail)
	o.Text("support_url", &s.SupportURL)
	o.Span("session_lifetime", time.Hour, "hours", maxSession, &s.SessionLifetime)
	o.Span("session_lifetime_in_minutes", time.Minute, "minutes", maxSession, &s.SessionLifetime)
	o.Span("idle_session_lifetime", time.Hour, "hours", maxSession, &s.IdleSessionLifetime)
	o.Span("idle_session_lifetime_in_minutes", time.Minute, "minutes", maxSession, &s.IdleSessionLifetime)
	o.Span("ephemeral_session_lifetime", time.Hour, "hours", maxSession, &s.EphemeralLifetime)
	o.Span("ephemeral_session_lifetime_in_minutes", time.Minute, "minutes", maxSession, &s.EphemeralLifetime)
	o.Span("idle_ephemeral_session_lifetime", time.Hour, "hours", maxSession, &s.IdleEphemeralLifetime)
	o.Span("idle_ephemeral_session_lifetime_in_minutes", time.Minute, "minutes", maxSession, &s.IdleEphemeralLifetime)
	o.Texts("allowed_logout_urls", &s.AllowedLogoutURLs)
	o.Flag(skipConfirmation, &s.SkipConfirmation)
	pushed := true
	o.Flag("pushed_authorization_requests_supported", &pushed)
	s.NoPushedRequests = !pushed
	o.Flag("require_pushed_authorization_requests", &s.RequirePushedRequests)
	profile := "audience"
	o.Text("resource_parameter_profile", &profile)
	among(o, "resource_parameter_profile", profile, resourceProfiles)
	s.ResourceParameter = profile == "compatibility"
	o.Text("default_audience", &s.DefaultAudience)
	o.Text("default_directory", &s.DefaultDirectory)
	o.Text("default_redirection_uri", &s.DefaultRedirectionURI)
	if cookie := o.Child("session_cookie"); cookie != nil {
		mode := "persistent"
		cookie.Text("mode", &mode)
		among(cookie, "mode", mode, cookieModes)
		s.NonPersistentCookie = mode == "non-persistent"
		cookie.Finish("session_cookie", "", false)
	}
	if page := o.Child("error_page"); page != nil {
		r.errorPage(page, s)
		page.Finish("error_page", pageKeys, false)
	}
	o.Flag("authorization_response_iss_parameter_supported", &s.ResponseIssuer)
	o.Flag("allow_organization_name_in_authentication_api", &s.OrganizationNames)
	if flags := o.Child("flags"); flags != nil {
		flags.Flag("disable_clickjack_protection_headers", &s.FrameableLogin)
		flags.Flag("remove_alg_from_jwks", &s.RemoveAlgFromJWKS)
		flags.Flag("enable_public_signup_user_exists_error", &s.TellUserExists)
		flags.Flag("revoke_refresh_token_grant", &s.RevokeDeletesGrant)
		flags.Flag("use_scope_descriptions_for_consent", &s.ScopeDescriptions)
		flags.Slips("flags") // Auth0 has dozens of flags and adds more
	}
	r.logout(s, o)
	o.Finish("tenant", settingsKeys, false)
}

// logout reads what decides about /oidc/logout; both are on unless switched off.
func (r *reading) logout(s *Settings, o *strict.Object) {
	if sessions := o.Child("sessions"); sessions != nil {
		prompt := true
		sessions.Flag("oidc_logout_prompt_enabled", &prompt)
		s.SkipLogoutPrompt = !prompt
		sessions.Finish("sessions", "", false)
	}
	if logout := o.Child("oidc_logout"); logout != nil {
		advertised := true
		logout.Flag("rp_logout_end_session_endpoint_discovery", &advertised)
		s.HideEndSession = !advertised
		logout.Finish("oidc_logout", "", false)
	}
}

// page reads the error page, which exports keep under pages; the other pages are not modelled.
func (r *reading) page(s *Settings, n *strict.Node) {
	o := r.Object(n, "pages", "an entry of pages")
	if o == nil {
		return
	}
	var name string
	o.Required("name", "a page", &name)
	if name == "error_page" {
		r.errorPage(o, s)
	}
	o.Finish("a page", pageKeys+" url show_log_link", false)
}

func (r *reading) client(t *Config, n *strict.Node) {
	o := r.Object(n, "clients["+strconv.Itoa(len(t.Clients))+"]", "an entry of clients")
	if o == nil {
		return
	}
	c := NewClient("")
	o.Required("name", "a client", &c.Name)
	o.Text("client_id", &c.ClientID)
	o.Text("client_secret", &c.ClientSecret)
	o.Text("app_type", &c.AppType)
	o.Flag("is_first_party", &c.FirstParty)
	o.Flag("oidc_conformant", &c.OIDCConformant)
	o.Texts("callbacks", &c.Callbacks)
	o.Texts("web_origins", &c.WebOrigins)
	o.Texts("allowed_origins", &c.AllowedOrigins)
	o.Texts("allowed_logout_urls", &c.AllowedLogoutURLs)
	o.Texts("grant_types", &c.GrantTypes)
	readAuthentication(o, c)
	o.Text("initiate_login_uri", &c.InitiateLoginURI)
	o.Flag("cross_origin_auth", &c.CrossOriginAuth) // its older name
	o.Flag("cross_origin_authentication", &c.CrossOriginAuth)
	o.Text("cross_origin_loc", &c.CrossOriginPage)
	o.Text("organization_usage", &c.OrganizationUsage)
	o.Text("organization_require_behavior", &c.OrganizationPrompt)
	readThirdParty(o, c)
	o.Flag("require_pushed_authorization_requests", &c.RequirePushedRequests)
	o.Seconds("par_request_expiry", 600, &c.PushedLifetime)
	if o.Get(skipConfirmation) != nil {
		c.SkipConfirmation = new(bool)
		o.Flag(skipConfirmation, c.SkipConfirmation)
	}
	readTokens(o, c)
	if logout := o.Child("oidc_logout"); logout != nil {
		readBackchannel(logout, &c.BackchannelLogout)
	}
	o.Finish("client "+strict.Quoted(c.Name), clientKeys, false)
	t.Clients = append(t.Clients, c)
}

// readAuthentication reads how a client authenticates. One that does with a key says so under client_authentication_methods and
// has no token_endpoint_auth_method.
func readAuthentication(o *strict.Object, c *Client) {
	o.Text("token_endpoint_auth_method", &c.TokenEndpointAuthMethod)
	if methods := o.Get("client_authentication_methods"); methods != nil && c.TokenEndpointAuthMethod == "" {
		for _, m := range methods.Members {
			if m.Key == "private_key_jwt" {
				c.TokenEndpointAuthMethod = m.Key
			}
		}
	}
}

// readTokens reads what a client's tokens are like.
func readTokens(o *strict.Object, c *Client) {
	if jwt := o.Child("jwt_configuration"); jwt != nil {
		jwt.Seconds("lifetime_in_seconds", 0, &c.IDTokenLifetime)
		jwt.Text("alg", &c.IDTokenAlg)
		jwt.Finish("jwt_configuration", jwtConfigurationKeys, false)
	}
	if rt := o.Child("refresh_token"); rt != nil {
		readRefreshToken(rt, &c.RefreshToken)
	}
	readTokenQuota(o, &c.TokenQuota)
}

// readTokenQuota reads token_quota, whose figures count only where they are enforced.
func readTokenQuota(o *strict.Object, into *TokenQuota) {
	all := o.Child("token_quota")
	if all == nil {
		return
	}
	if machines := all.Child("client_credentials"); machines != nil {
		enforce := true
		var quota TokenQuota
		machines.Flag("enforce", &enforce)
		machines.Number("per_hour", &quota.PerHour)
		machines.Number("per_day", &quota.PerDay)
		for key, figure := range map[string]int{"per_hour": quota.PerHour, "per_day": quota.PerDay} {
			if n := machines.Get(key); n != nil && n.Kind == strict.KindInteger && (figure < 1 || figure > 2147483647) {
				machines.Wrong(n, key, "1 to 2147483647")
			}
		}
		machines.Finish("client_credentials of token_quota", "", false)
		if enforce {
			*into = quota
		}
	}
	all.Finish("token_quota", "", false)
}

// readThirdParty reads how much a client of somebody else is trusted
// (https://auth0.com/docs/get-started/applications/confidential-and-public-applications/first-party-and-third-party-applications).
func readThirdParty(o *strict.Object, c *Client) {
	mode, policy := "permissive", "allow_always"
	if strings.HasPrefix(c.ClientID, "tpc_") {
		mode = "strict"
	}
	o.Text("third_party_security_mode", &mode)
	among(o, "third_party_security_mode", mode, "strict permissive")
	if c.StrictThirdParty = mode == "strict"; c.StrictThirdParty {
		policy = "open_redirect_protection"
	}
	o.Text("redirection_policy", &policy)
	among(o, "redirection_policy", policy, "allow_always open_redirect_protection")
	c.ErrorsOnPage = policy == "open_redirect_protection"
}

// readRefreshToken reads a client's refresh_token. What is expiring without a figure gets Auth0's default for it
// (fact 4.1-spa-defaults).
func readRefreshToken(o *strict.Object, into *RefreshToken) {
	var rotation, expiration string
	o.Text("rotation_type", &rotation)
	o.Text("expiration_type", &expiration)
	for _, kind := range []struct{ key, value, standard, other string }{
		{"rotation_type", rotation, "non-rotating", "rotating"}, {"expiration_type", expiration, "non-expiring", "expiring"},
	} {
		if n := o.Get(kind.key); n != nil && kind.value != kind.standard && kind.value != kind.other {
			o.Wrong(n, kind.key, kind.standard+" or "+kind.other)
		}
	}
	into.Rotating = rotation == "rotating"
	if n := o.Get("leeway"); n != nil && n.Text != "0" {
		o.Seconds("leeway", 0, &into.Leeway)
	}
	life, idle := defaultRefreshLife, defaultRefreshIdle
	infinite, infiniteIdle := expiration != "expiring", expiration != "expiring"
	o.Seconds("token_lifetime", 0, &life)
	o.Seconds("idle_token_lifetime", 0, &idle)
	o.Flag("infinite_token_lifetime", &infinite)
	o.Flag("infinite_idle_token_lifetime", &infiniteIdle)
	if !infinite {
		into.Lifetime = life
	}
	if !infiniteIdle {
		into.IdleLifetime = idle
	}
	o.Finish("refresh_token", refreshTokenKeys, false)
}

// readBackchannel reads a client's oidc_logout. Of the initiators nothing but the two that always count is the default.
func readBackchannel(o *strict.Object, into *BackchannelLogout) {
	o.Texts("backchannel_logout_urls", &into.URLs)
	if when := o.Child("backchannel_logout_initiators"); when != nil {
		mode := "custom"
		when.Text("mode", &mode)
		among(when, "mode", mode, "custom all")
		into.All = mode == "all"
		when.Texts("selected_initiators", &into.Initiators)
		when.Finish("backchannel_logout_initiators", "", false)
	}
	o.Finish("oidc_logout", "backchannel_logout_session_metadata", false)
}

func (r *reading) connection(t *Config, n *strict.Node, strategy string) {
	section := "connections"
	if strategy != "" {
		section = "databases"
	}
	o := r.Object(n, "connections["+strconv.Itoa(len(t.Connections))+"]", "an entry of "+section)
	if o == nil {
		return
	}
	c := &Connection{Strategy: strategy}
	o.Required("name", "an entry of "+section, &c.Name)
	o.Text("display_name", &c.DisplayName)
	if strategy == "" {
		o.Required("strategy", "connection "+strict.Quoted(c.Name), &c.Strategy)
	} else {
		o.Text("strategy", &c.Strategy)
		among(o, "strategy", c.Strategy, "auth0")
	}
	o.Texts("enabled_clients", &c.EnabledClients)
	// The options differ for every strategy, and hold much that is not modelled: only slips in our own matter.
	if options := o.Child("options"); options != nil {
		if c.Database() {
			readDatabase(options, c)
		}
		options.Slips("options of " + strict.Quoted(c.Name))
	}
	o.Finish("connection "+strict.Quoted(c.Name), connectionKeys, false)
	t.Connections = append(t.Connections, c)
}

func (r *reading) resourceServer(t *Config, n *strict.Node) {
	o := r.Object(n, "resourceServers["+strconv.Itoa(len(t.ResourceServers))+"]", "an entry of resourceServers")
	if o == nil {
		return
	}
	s := &ResourceServer{}
	o.Text("name", &s.Name)
	o.Required("identifier", "an API", &s.Identifier)
	o.Text("signing_alg", &s.SigningAlg)
	o.Text("signing_secret", &s.SigningSecret)
	o.Seconds("token_lifetime", maxTokenSeconds, &s.TokenLifetime)
	o.Seconds("token_lifetime_for_web", maxTokenSeconds, &s.TokenLifetimeForWeb)
	o.Flag("allow_offline_access", &s.AllowOfflineAccess)
	o.Flag("skip_consent_for_verifiable_first_party_clients", &s.SkipConsent)
	o.Flag("enforce_policies", &s.EnforcePolicies)
	o.Text("token_dialect", &s.TokenDialect)
	if subjects := o.Child("subject_type_authorization"); subjects != nil {
		if user := subjects.Child("user"); user != nil {
			user.Text("policy", &s.UserPolicy)
			user.Finish("user", "", false)
		}
		subjects.Finish("subject_type_authorization", "client", false)
	}
	for i, item := range o.List("scopes") {
		scope := r.Object(item, o.Path+".scopes["+strconv.Itoa(i)+"]", "an entry of scopes")
		if scope == nil {
			continue
		}
		var one Scope
		scope.Required("value", "a scope", &one.Value)
		scope.Text("description", &one.Description)
		scope.Finish("a scope", "id", false)
		s.Scopes = append(s.Scopes, one)
	}
	o.Finish("API "+strict.Quoted(s.Identifier), resourceServerKeys, false)
	t.ResourceServers = append(t.ResourceServers, s)
}

func (r *reading) clientGrant(t *Config, n *strict.Node) {
	o := r.Object(n, "clientGrants["+strconv.Itoa(len(t.ClientGrants))+"]", "an entry of clientGrants")
	if o == nil {
		return
	}
	g := &ClientGrant{}
	// A default grant for a group of clients names no client; it is not modelled.
	byDefault := o.Get("default_for") != nil
	if !byDefault {
		o.Required("client_id", "a client grant", &g.Client)
	}
	o.Required("audience", "a client grant", &g.Audience)
	o.Texts("scope", &g.Scopes)
	o.Text("subject_type", &g.SubjectType)
	o.Text("organization_usage", &g.OrganizationUsage)
	o.Flag("allow_any_organization", &g.AllowAnyOrganization)
	o.Finish("a client grant", clientGrantKeys+" client_id", false)
	if !byDefault {
		t.ClientGrants = append(t.ClientGrants, g)
	}
}

// among refuses a value that is not one of the allowed (space-separated) ones; "" is not set.
func among(o *strict.Object, key, value, allowed string) {
	if value == "" {
		return
	}
	if message := notAmong(key, value, allowed); message != "" {
		o.Found.Refuse(o.Places[o.Path+"."+key], "%s", message)
	}
}

// fileReferences looks for files that an export refers to. This mock reads the error page alone, and a directory that points
// outside of itself is refused all the same: it would not work anywhere else.
func (r *reading) fileReferences(n *strict.Node, key string) {
	for _, item := range n.Items {
		r.fileReferences(item, key)
	}
	for _, m := range n.Members {
		r.fileReferences(m.Value, m.Key)
	}
	if n.Kind != strict.KindString || strings.ContainsAny(n.Text, "\n<") || holdsURLs(key) {
		return
	}
	target := strings.ReplaceAll(n.Text, `\`, "/")
	relative := strings.HasPrefix(target, "./") || strings.HasPrefix(target, "../")
	absolute := strings.HasPrefix(target, "/") && strings.Contains(" script html code body custom_login_page ", " "+key+" ")
	if absolute || relative && strings.HasPrefix(path.Clean(target)+"/", "../") {
		r.Found.Refuse(r.At(n), "%s refers to %s, outside of the tenant directory; expected a path inside it, such as ./pages/login.html",
			key, strict.Quoted(n.Text))
	}
}

// holdsURLs tells keys whose values are addresses, not files.
func holdsURLs(key string) bool {
	for _, end := range []string{"url", "urls", "uri", "origins", "callbacks"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}
