package tenant

// What the deploy CLI and the Management API know and this mock does not model. An export is full of these; they are
// accepted without a word, while a key that is in no list is probably a slip. The modelled keys are not repeated
// here: the readers name them.

// exportSections are the top-level keys of the deploy CLI's tenant.yaml.
const exportSections = `
	rules rulesConfigs hooks
	emailProvider emailTemplates guardianFactorProviders guardianFactorTemplates
	guardianPhoneFactorSelectedProvider guardianPhoneFactorMessageTypes guardianEmailFactorSettings
	guardianPhoneFactorSettings guardianSettings branding migrations actions actionModules triggers
	riskAssessment riskAssessments riskAssessmentsNewDevice logStreams
	themes forms flows flowVaultConnections flowVaults selfServiceProfiles networkACLs networkACLKeys phoneProvider
	phoneProviders phoneTemplates userAttributeProfiles connectionProfiles tokenExchangeProfiles supplementalSignals
	rateLimitPolicies eventStreams clientAuthCredentials scimConfiguration exclude include clientsOrig
	INCLUDED_PROPS EXCLUDED_PROPS`

const settingsKeys = `
	acr_values_supported change_password
	client_id_metadata_document_supported country_codes customize_mfa_in_postlogin_action default_token_quota
	device_flow disable_acr_values_supported dynamic_client_registration_security_mode enable_ai_guide enabled_locales
	guardian_mfa_page
	legacy_sandbox_version mtls
	phone_consolidated_experience
	sandbox_version sandbox_versions_available
	include_session_metadata_in_tenant_logs id
	universal_login mfa_remember_browser`

const clientKeys = `
	addons allowed_clients async_approval_notification_channels callback_url_template client_aliases
	client_authentication_methods client_metadata compliance_level cross_origin_auth
	custom_login_page custom_login_page_on custom_login_page_preview default_organization description
	encryption_key express_configuration external_client_id external_metadata_created_by external_metadata_type
	fedcm_login form_template global identity_assertion_authorization_grant is_token_endpoint_ip_header_trusted
	jwks_uri logo_uri mobile my_organization_configuration native_social_login oidc_backchannel_logout
	organization_discovery_methods owners
	refresh_token
	resource_server_identifier resource_servers session_transfer signed_request_object signing_keys
	sso sso_disabled tenant
	token_exchange oidc_backchannel_logout_urls created_at updated_at client_secret_hash`

const jwtConfigurationKeys = `secret_encoded scopes`

const connectionKeys = `
	id is_domain_connection metadata realms show_as_button provisioning_ticket_url connected_accounts
	authentication cross_app_access_requesting_app cross_app_access_resource_app directory_provisioning_configuration
	scim_configuration strategy_version region created_at updated_at`

const resourceServerKeys = `
	allow_online_access_with_ephemeral_sessions allow_offline_access_with_ephemeral_sessions
	authorization_details authorization_policy client client_id consent_policy id is_system
	options signing_key token_encryption verification_key
	verificationKey verificationLocation verification_location created_at updated_at`

const clientGrantKeys = `
	id allow_all_scopes authorization_details_types default_for is_system created_at updated_at`

const organizationKeys = `id branding metadata discovery_domains token_quota third_party_client_access`

const organizationConnectionKeys = `connection_id connection show_as_button is_signup_enabled organization_connection_name
	organization_access_level is_enabled`

const customDomainKeys = `
	custom_domain_id custom_client_ip_header tls_policy type status primary verification verification_method
	relying_party_identifier is_default provisioned_at certificate origin_domain_name`

const pageKeys = `html enabled`

// Values that Auth0 accepts for modelled keys.
const (
	appTypes = `spa regular_web native non_interactive resource_server sso_integration express_configuration oag rms box
		cloudbees concur dropbox mscrm echosign egnyte newrelic office365 salesforce sentry sharepoint slack springcm
		zendesk zoom`
	loginApps         = `spa regular_web native`
	authMethods       = `none client_secret_post client_secret_basic private_key_jwt`
	opaqueForms       = `jwe short`
	webOriginsInCORS  = `allow ignore`
	signingAlgs       = `RS256 HS256 PS256`
	tokenDialects     = `access_token access_token_authz rfc9068_profile rfc9068_profile_authz`
	userPolicies      = `allow_all deny_all require_client_grant`
	subjectTypes      = `client user`
	orgPrompts        = `no_prompt pre_login_prompt post_login_prompt`
	orgUsages         = `deny allow require`
	resourceProfiles  = `audience compatibility`
	loginExperiences  = `new classic`
	cookieModes       = `persistent non-persistent`
	consents          = `skip classic new`
	listedLocalhosts  = `counts ignored`
	confirmationCodes = `interaction_required consent_required`
	framings          = `deny allow`
	reaches           = `loopback any`
	passwordStrengths = `none low fair good excellent`
	mfaErrors         = `login_required mfa_required`
	mechanisms        = `none dpop mtls`
	logoutTargets     = `page first_url`
	mfaPolicies       = `all-applications confidence-score`
	initiators        = `rp-logout idp-logout password-changed session-expired session-revoked account-deleted email-identifier-changed`
)
