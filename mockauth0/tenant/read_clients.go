package tenant

import (
	"cmp"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

func (r *reading) client(t *Config, n *strict.Node) {
	name := named(n, "name")
	c, place := entry(r, t.Clients, func(c *Client) bool { return c.Name == name }, NewClient(""))
	r.clientInto(t, c, place, n)
}

// clientInto reads an entry of clients into the client at a place.
func (r *reading) clientInto(t *Config, c *Client, place int, n *strict.Node) {
	o := r.Object(n, clientPath(place), "an entry of clients")
	if o == nil {
		return
	}
	if c.Name == "" || o.Get("name") != nil {
		o.Required("name", "a client", &c.Name)
	}
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
	o.Flag("require_proof_of_possession", &c.RequireProof)
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
	put(&t.Clients, c, place)
}

// readAuthentication reads how a client authenticates. One that does with a key says so under client_authentication_methods and
// has no token_endpoint_auth_method.
func readAuthentication(o *strict.Object, c *Client) {
	o.Text("token_endpoint_auth_method", &c.TokenEndpointAuthMethod)
	if methods := o.Get("client_authentication_methods"); methods != nil && o.Get("token_endpoint_auth_method") == nil {
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
		readPolicies(rt, &c.RefreshPolicies)
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
		quota := *into
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
	if strings.HasPrefix(c.ClientID, "tpc_") || c.StrictThirdParty {
		mode = "strict"
	}
	o.Text("third_party_security_mode", &mode)
	among(o, "third_party_security_mode", mode, "strict permissive")
	if c.StrictThirdParty = mode == "strict"; c.StrictThirdParty || c.ErrorsOnPage && o.Get("third_party_security_mode") == nil {
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
	if rotation != "" {
		into.Rotating = rotation == "rotating"
	}
	if n := o.Get("leeway"); n != nil && n.Text != "0" {
		o.Seconds("leeway", 0, &into.Leeway)
	}
	life, idle := cmp.Or(into.Lifetime, defaultRefreshLife), cmp.Or(into.IdleLifetime, defaultRefreshIdle)
	infinite, infiniteIdle := into.Lifetime == 0, into.IdleLifetime == 0
	if expiration != "" {
		infinite, infiniteIdle = expiration != "expiring", expiration != "expiring"
	}
	o.Seconds("token_lifetime", 0, &life)
	o.Seconds("idle_token_lifetime", 0, &idle)
	o.Flag("infinite_token_lifetime", &infinite)
	o.Flag("infinite_idle_token_lifetime", &infiniteIdle)
	into.Lifetime, into.IdleLifetime = 0, 0
	if !infinite {
		into.Lifetime = life
	}
	if !infiniteIdle {
		into.IdleLifetime = idle
	}
	o.Finish("refresh_token", "", false)
}

// readBackchannel reads a client's oidc_logout. Of the initiators nothing but the two that always count is the default.
func readBackchannel(o *strict.Object, into *BackchannelLogout) {
	o.Texts("backchannel_logout_urls", &into.URLs)
	if when := o.Child("backchannel_logout_initiators"); when != nil {
		mode := "custom"
		if into.All {
			mode = "all"
		}
		when.Text("mode", &mode)
		among(when, "mode", mode, "custom all")
		into.All = mode == "all"
		when.Texts("selected_initiators", &into.Initiators)
		when.Finish("backchannel_logout_initiators", "", false)
	}
	o.Finish("oidc_logout", "backchannel_logout_session_metadata", false)
}
