package tenant

import (
	"time"

	"renewal.example/mockauth0/internal/strict"
)

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
	pushed := !s.NoPushedRequests
	o.Flag("pushed_authorization_requests_supported", &pushed)
	s.NoPushedRequests = !pushed
	o.Flag("require_pushed_authorization_requests", &s.RequirePushedRequests)
	profile := "audience"
	if s.ResourceParameter {
		profile = "compatibility"
	}
	o.Text("resource_parameter_profile", &profile)
	among(o, "resource_parameter_profile", profile, resourceProfiles)
	s.ResourceParameter = profile == "compatibility"
	o.Text("default_audience", &s.DefaultAudience)
	o.Text("default_directory", &s.DefaultDirectory)
	o.Text("default_redirection_uri", &s.DefaultRedirectionURI)
	if cookie := o.Child("session_cookie"); cookie != nil {
		mode := "persistent"
		if s.NonPersistentCookie {
			mode = "non-persistent"
		}
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
		prompt := !s.SkipLogoutPrompt
		sessions.Flag("oidc_logout_prompt_enabled", &prompt)
		s.SkipLogoutPrompt = !prompt
		sessions.Finish("sessions", "", false)
	}
	if logout := o.Child("oidc_logout"); logout != nil {
		advertised := !s.HideEndSession
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
