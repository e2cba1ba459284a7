package tenant

import (
	"path"
	"strconv"
	"strings"
	"time"
)

// tenantFile reads tenant.yaml, the deploy CLI's export, into t.
func (r *reading) tenantFile(t *Config, root *node) {
	top := r.object(root, "", "the document")
	if top == nil {
		return
	}
	r.fileReferences(root, "")
	if o := top.section("tenant", "tenant"); o != nil {
		r.settings(&t.Settings, o)
	}
	if o := top.section("prompts", "prompts"); o != nil { // most of it is texts of pages
		o.flag("identifier_first", &t.Settings.IdentifierFirst)
		experience := "new"
		o.text("universal_login_experience", &experience)
		o.among("universal_login_experience", experience, loginExperiences)
		t.Settings.ClassicLogin = experience == "classic"
		o.slips("prompts")
	}
	for _, n := range top.list("pages") {
		r.page(&t.Settings, n)
	}
	for _, n := range top.list("clients") {
		r.client(t, n)
	}
	for _, n := range top.list("databases") {
		r.connection(t, n, "auth0")
	}
	for _, n := range top.list("connections") {
		r.connection(t, n, "")
	}
	for _, n := range top.list("resourceServers") {
		r.resourceServer(t, n)
	}
	for _, n := range top.list("clientGrants") {
		r.clientGrant(t, n)
	}
	if protection := top.section("attackProtection", "tenant.attackProtection"); protection != nil {
		protection.attackProtection(&t.Settings.MaxAttempts)
	}
	r.guardian(&t.Settings, top)
	for _, n := range top.list("organizations") {
		r.organization(t, n)
	}
	for _, n := range top.list("customDomains") {
		r.customDomain(t, n)
	}
	for _, n := range top.list("roles") {
		r.role(t, n)
	}
	top.finish("tenant.yaml", exportSections, false)
}

// section is a child whose path in the model has another name than its key.
func (o *object) section(key, modelPath string) *object {
	n := o.get(key)
	if n == nil {
		return nil
	}
	return o.reading.object(n, modelPath, key)
}

const skipConfirmation = "skip_non_verifiable_callback_uri_confirmation_prompt" // of tenants and of clients

func (r *reading) settings(s *Settings, o *object) {
	o.text("friendly_name", &s.FriendlyName)
	o.text("picture_url", &s.PictureURL)
	o.text("support_email", &s.SupportEmail)
	o.text("support_url", &s.SupportURL)
	o.span("session_lifetime", time.Hour, "hours", &s.SessionLifetime)
	o.span("session_lifetime_in_minutes", time.Minute, "minutes", &s.SessionLifetime)
	o.span("idle_session_lifetime", time.Hour, "hours", &s.IdleSessionLifetime)
	o.span("idle_session_lifetime_in_minutes", time.Minute, "minutes", &s.IdleSessionLifetime)
	o.span("ephemeral_session_lifetime", time.Hour, "hours", &s.EphemeralLifetime)
	o.span("ephemeral_session_lifetime_in_minutes", time.Minute, "minutes", &s.EphemeralLifetime)
	o.span("idle_ephemeral_session_lifetime", time.Hour, "hours", &s.IdleEphemeralLifetime)
	o.span("idle_ephemeral_session_lifetime_in_minutes", time.Minute, "minutes", &s.IdleEphemeralLifetime)
	o.texts("allowed_logout_urls", &s.AllowedLogoutURLs)
	o.flag(skipConfirmation, &s.SkipConfirmation)
	pushed := true
	o.flag("pushed_authorization_requests_supported", &pushed)
	s.NoPushedRequests = !pushed
	o.flag("require_pushed_authorization_requests", &s.RequirePushedRequests)
	profile := "audience"
	o.text("resource_parameter_profile", &profile)
	o.among("resource_parameter_profile", profile, resourceProfiles)
	s.ResourceParameter = profile == "compatibility"
	o.text("default_audience", &s.DefaultAudience)
	o.text("default_directory", &s.DefaultDirectory)
	o.text("default_redirection_uri", &s.DefaultRedirectionURI)
	if cookie := o.child("session_cookie"); cookie != nil {
		mode := "persistent"
		cookie.text("mode", &mode)
		cookie.among("mode", mode, cookieModes)
		s.NonPersistentCookie = mode == "non-persistent"
		cookie.finish("session_cookie", "", false)
	}
	if page := o.child("error_page"); page != nil {
		page.errorPage(s)
		page.finish("error_page", pageKeys, false)
	}
	o.flag("authorization_response_iss_parameter_supported", &s.ResponseIssuer)
	o.flag("allow_organization_name_in_authentication_api", &s.OrganizationNames)
	if flags := o.child("flags"); flags != nil {
		flags.flag("disable_clickjack_protection_headers", &s.FrameableLogin)
		flags.flag("remove_alg_from_jwks", &s.RemoveAlgFromJWKS)
		flags.flag("enable_public_signup_user_exists_error", &s.TellUserExists)
		flags.flag("revoke_refresh_token_grant", &s.RevokeDeletesGrant)
		flags.flag("use_scope_descriptions_for_consent", &s.ScopeDescriptions)
		flags.slips("flags") // Auth0 has dozens of flags and adds more
	}
	r.logout(s, o)
	o.finish("tenant", settingsKeys, false)
}

// logout reads what decides about /oidc/logout; both are on unless switched off.
func (r *reading) logout(s *Settings, o *object) {
	if sessions := o.child("sessions"); sessions != nil {
		prompt := true
		sessions.flag("oidc_logout_prompt_enabled", &prompt)
		s.SkipLogoutPrompt = !prompt
		sessions.finish("sessions", "", false)
	}
	if logout := o.child("oidc_logout"); logout != nil {
		advertised := true
		logout.flag("rp_logout_end_session_endpoint_discovery", &advertised)
		s.HideEndSession = !advertised
		logout.finish("oidc_logout", "", false)
	}
}

// page reads the error page, which exports keep under pages; the other pages are not modelled.
func (r *reading) page(s *Settings, n *node) {
	o := r.object(n, "pages", "an entry of pages")
	if o == nil {
		return
	}
	var name string
	o.required("name", "a page", &name)
	if name == "error_page" {
		o.errorPage(s)
	}
	o.finish("a page", pageKeys+" url show_log_link", false)
}

func (r *reading) client(t *Config, n *node) {
	o := r.object(n, "clients["+strconv.Itoa(len(t.Clients))+"]", "an entry of clients")
	if o == nil {
		return
	}
	c := NewClient("")
	o.required("name", "a client", &c.Name)
	o.text("client_id", &c.ClientID)
	o.text("client_secret", &c.ClientSecret)
	o.text("app_type", &c.AppType)
	o.flag("is_first_party", &c.FirstParty)
	o.flag("oidc_conformant", &c.OIDCConformant)
	o.texts("callbacks", &c.Callbacks)
	o.texts("web_origins", &c.WebOrigins)
	o.texts("allowed_origins", &c.AllowedOrigins)
	o.texts("allowed_logout_urls", &c.AllowedLogoutURLs)
	o.texts("grant_types", &c.GrantTypes)
	o.authentication(c)
	o.text("initiate_login_uri", &c.InitiateLoginURI)
	o.flag("cross_origin_auth", &c.CrossOriginAuth) // its older name
	o.flag("cross_origin_authentication", &c.CrossOriginAuth)
	o.text("cross_origin_loc", &c.CrossOriginPage)
	o.text("organization_usage", &c.OrganizationUsage)
	o.text("organization_require_behavior", &c.OrganizationPrompt)
	o.thirdParty(c)
	o.flag("require_pushed_authorization_requests", &c.RequirePushedRequests)
	o.seconds("par_request_expiry", 600, &c.PushedLifetime)
	if o.get(skipConfirmation) != nil {
		c.SkipConfirmation = new(bool)
		o.flag(skipConfirmation, c.SkipConfirmation)
	}
	o.tokens(c)
	if logout := o.child("oidc_logout"); logout != nil {
		logout.backchannel(&c.BackchannelLogout)
	}
	o.finish("client "+quoted(c.Name), clientKeys, false)
	t.Clients = append(t.Clients, c)
}

// authentication reads how a client authenticates. One that does with a key says so under client_authentication_methods and
// has no token_endpoint_auth_method.
func (o *object) authentication(c *Client) {
	o.text("token_endpoint_auth_method", &c.TokenEndpointAuthMethod)
	if methods := o.get("client_authentication_methods"); methods != nil && c.TokenEndpointAuthMethod == "" {
		for _, m := range methods.members {
			if m.key == "private_key_jwt" {
				c.TokenEndpointAuthMethod = m.key
			}
		}
	}
}

// tokens reads what a client's tokens are like.
func (o *object) tokens(c *Client) {
	if jwt := o.child("jwt_configuration"); jwt != nil {
		jwt.seconds("lifetime_in_seconds", 0, &c.IDTokenLifetime)
		jwt.text("alg", &c.IDTokenAlg)
		jwt.finish("jwt_configuration", jwtConfigurationKeys, false)
	}
	if rt := o.child("refresh_token"); rt != nil {
		rt.refreshToken(&c.RefreshToken)
	}
	o.tokenQuota(&c.TokenQuota)
}

// tokenQuota reads token_quota, whose figures count only where they are enforced.
func (o *object) tokenQuota(into *TokenQuota) {
	all := o.child("token_quota")
	if all == nil {
		return
	}
	if machines := all.child("client_credentials"); machines != nil {
		enforce := true
		var quota TokenQuota
		machines.flag("enforce", &enforce)
		machines.number("per_hour", &quota.PerHour)
		machines.number("per_day", &quota.PerDay)
		for key, figure := range map[string]int{"per_hour": quota.PerHour, "per_day": quota.PerDay} {
			if n := machines.get(key); n != nil && n.kind == kindInteger && (figure < 1 || figure > 2147483647) {
				machines.wrong(n, key, "1 to 2147483647")
			}
		}
		machines.finish("client_credentials of token_quota", "", false)
		if enforce {
			*into = quota
		}
	}
	all.finish("token_quota", "", false)
}

// thirdParty reads how much a client of somebody else is trusted
// (https://auth0.com/docs/get-started/applications/confidential-and-public-applications/first-party-and-third-party-applications).
func (o *object) thirdParty(c *Client) {
	mode, policy := "permissive", "allow_always"
	if strings.HasPrefix(c.ClientID, "tpc_") {
		mode = "strict"
	}
	o.text("third_party_security_mode", &mode)
	o.among("third_party_security_mode", mode, "strict permissive")
	if c.StrictThirdParty = mode == "strict"; c.StrictThirdParty {
		policy = "open_redirect_protection"
	}
	o.text("redirection_policy", &policy)
	o.among("redirection_policy", policy, "allow_always open_redirect_protection")
	c.ErrorsOnPage = policy == "open_redirect_protection"
}

// refreshToken reads a client's refresh_token. What is expiring without a figure gets Auth0's default for it
// (fact 4.1-spa-defaults).
func (o *object) refreshToken(into *RefreshToken) {
	var rotation, expiration string
	o.text("rotation_type", &rotation)
	o.text("expiration_type", &expiration)
	for _, kind := range []struct{ key, value, standard, other string }{
		{"rotation_type", rotation, "non-rotating", "rotating"}, {"expiration_type", expiration, "non-expiring", "expiring"},
	} {
		if n := o.get(kind.key); n != nil && kind.value != kind.standard && kind.value != kind.other {
			o.wrong(n, kind.key, kind.standard+" or "+kind.other)
		}
	}
	into.Rotating = rotation == "rotating"
	if n := o.get("leeway"); n != nil && n.text != "0" {
		o.seconds("leeway", 0, &into.Leeway)
	}
	life, idle := defaultRefreshLife, defaultRefreshIdle
	infinite, infiniteIdle := expiration != "expiring", expiration != "expiring"
	o.seconds("token_lifetime", 0, &life)
	o.seconds("idle_token_lifetime", 0, &idle)
	o.flag("infinite_token_lifetime", &infinite)
	o.flag("infinite_idle_token_lifetime", &infiniteIdle)
	if !infinite {
		into.Lifetime = life
	}
	if !infiniteIdle {
		into.IdleLifetime = idle
	}
	o.finish("refresh_token", refreshTokenKeys, false)
}

// backchannel reads a client's oidc_logout. Of the initiators nothing but the two that always count is the default.
func (o *object) backchannel(into *BackchannelLogout) {
	o.texts("backchannel_logout_urls", &into.URLs)
	if when := o.child("backchannel_logout_initiators"); when != nil {
		mode := "custom"
		when.text("mode", &mode)
		when.among("mode", mode, "custom all")
		into.All = mode == "all"
		when.texts("selected_initiators", &into.Initiators)
		when.finish("backchannel_logout_initiators", "", false)
	}
	o.finish("oidc_logout", "backchannel_logout_session_metadata", false)
}

func (r *reading) connection(t *Config, n *node, strategy string) {
	section := "connections"
	if strategy != "" {
		section = "databases"
	}
	o := r.object(n, "connections["+strconv.Itoa(len(t.Connections))+"]", "an entry of "+section)
	if o == nil {
		return
	}
	c := &Connection{Strategy: strategy}
	o.required("name", "an entry of "+section, &c.Name)
	o.text("display_name", &c.DisplayName)
	if strategy == "" {
		o.required("strategy", "connection "+quoted(c.Name), &c.Strategy)
	} else {
		o.text("strategy", &c.Strategy)
		o.among("strategy", c.Strategy, "auth0")
	}
	o.texts("enabled_clients", &c.EnabledClients)
	// The options differ for every strategy, and hold much that is not modelled: only slips in our own matter.
	if options := o.child("options"); options != nil {
		if c.Database() {
			options.database(c)
		}
		options.slips("options of " + quoted(c.Name))
	}
	o.finish("connection "+quoted(c.Name), connectionKeys, false)
	t.Connections = append(t.Connections, c)
}

func (r *reading) resourceServer(t *Config, n *node) {
	o := r.object(n, "resourceServers["+strconv.Itoa(len(t.ResourceServers))+"]", "an entry of resourceServers")
	if o == nil {
		return
	}
	s := &ResourceServer{}
	o.text("name", &s.Name)
	o.required("identifier", "an API", &s.Identifier)
	o.text("signing_alg", &s.SigningAlg)
	o.text("signing_secret", &s.SigningSecret)
	o.seconds("token_lifetime", maxTokenSeconds, &s.TokenLifetime)
	o.seconds("token_lifetime_for_web", maxTokenSeconds, &s.TokenLifetimeForWeb)
	o.flag("allow_offline_access", &s.AllowOfflineAccess)
	o.flag("skip_consent_for_verifiable_first_party_clients", &s.SkipConsent)
	o.flag("enforce_policies", &s.EnforcePolicies)
	o.text("token_dialect", &s.TokenDialect)
	if subjects := o.child("subject_type_authorization"); subjects != nil {
		if user := subjects.child("user"); user != nil {
			user.text("policy", &s.UserPolicy)
			user.finish("user", "", false)
		}
		subjects.finish("subject_type_authorization", "client", false)
	}
	for i, item := range o.list("scopes") {
		scope := r.object(item, o.path+".scopes["+strconv.Itoa(i)+"]", "an entry of scopes")
		if scope == nil {
			continue
		}
		var one Scope
		scope.required("value", "a scope", &one.Value)
		scope.text("description", &one.Description)
		scope.finish("a scope", "id", false)
		s.Scopes = append(s.Scopes, one)
	}
	o.finish("API "+quoted(s.Identifier), resourceServerKeys, false)
	t.ResourceServers = append(t.ResourceServers, s)
}

func (r *reading) clientGrant(t *Config, n *node) {
	o := r.object(n, "clientGrants["+strconv.Itoa(len(t.ClientGrants))+"]", "an entry of clientGrants")
	if o == nil {
		return
	}
	g := &ClientGrant{}
	// A default grant for a group of clients names no client; it is not modelled.
	byDefault := o.get("default_for") != nil
	if !byDefault {
		o.required("client_id", "a client grant", &g.Client)
	}
	o.required("audience", "a client grant", &g.Audience)
	o.texts("scope", &g.Scopes)
	o.text("subject_type", &g.SubjectType)
	o.text("organization_usage", &g.OrganizationUsage)
	o.flag("allow_any_organization", &g.AllowAnyOrganization)
	o.finish("a client grant", clientGrantKeys+" client_id", false)
	if !byDefault {
		t.ClientGrants = append(t.ClientGrants, g)
	}
}

// among refuses a value that is not one of the allowed (space-separated) ones; "" is not set.
func (o *object) among(key, value, allowed string) {
	if value == "" {
		return
	}
	if message := notAmong(key, value, allowed); message != "" {
		o.found.refuse(o.places[o.path+"."+key], "%s", message)
	}
}

// fileReferences looks for files that an export refers to. This mock reads the error page alone, and a directory that points
// outside of itself is refused all the same: it would not work anywhere else.
func (r *reading) fileReferences(n *node, key string) {
	for _, item := range n.items {
		r.fileReferences(item, key)
	}
	for _, m := range n.members {
		r.fileReferences(m.value, m.key)
	}
	if n.kind != kindString || strings.ContainsAny(n.text, "\n<") || holdsURLs(key) {
		return
	}
	target := strings.ReplaceAll(n.text, `\`, "/")
	relative := strings.HasPrefix(target, "./") || strings.HasPrefix(target, "../")
	absolute := strings.HasPrefix(target, "/") && strings.Contains(" script html code body custom_login_page ", " "+key+" ")
	if absolute || relative && strings.HasPrefix(path.Clean(target)+"/", "../") {
		r.found.refuse(r.at(n), "%s refers to %s, outside of the tenant directory; expected a path inside it, such as ./pages/login.html",
			key, quoted(n.text))
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
