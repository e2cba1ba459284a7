package names

import (
	"slices"

	"renewal.example/mockauth0/event"
)

// Values of grant_type, which are also the words of Auth0's deploy CLI for a client's grant_types.
const (
	GrantAuthorizationCode = "authorization_code"
	GrantImplicit          = "implicit"
	GrantRefreshToken      = "refresh_token"
	GrantClientCredentials = "client_credentials"
	GrantPassword          = "password"
	GrantPasswordRealm     = "http://auth0.com/oauth/grant-type/password-realm"
	GrantPasswordlessOTP   = "http://auth0.com/oauth/grant-type/passwordless/otp"
	GrantMFAOTP            = "http://auth0.com/oauth/grant-type/mfa-otp"
	GrantMFAOOB            = "http://auth0.com/oauth/grant-type/mfa-oob"
	GrantMFARecoveryCode   = "http://auth0.com/oauth/grant-type/mfa-recovery-code"
	GrantDeviceCode        = "urn:ietf:params:oauth:grant-type:device_code"
	GrantTokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange"
	GrantJWTBearer         = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	GrantCIBA              = "urn:openid:params:grant-type:ciba"
	GrantWebAuthn          = "urn:okta:params:oauth:grant-type:webauthn"
	GrantFederatedToken    = "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token"
)

// Grant is a grant that Auth0 knows. Package grant answers 501 for those that the mock does not serve.
type Grant struct {
	Type      string        // grant_type
	Success   event.LogCode // in Auth0's log; "": Auth0 publishes none
	Failure   event.LogCode
	AllowedBy string // another grant type of a client that allows this one too; "": none
	Login     bool   // people log in by it
	Front     bool   // it is one of /authorize alone: nobody sends it to /oauth/token
}

// grants is the registry (https://auth0.com/docs/get-started/applications/application-grant-types,
// https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes).
var grants = [...]Grant{
	{Type: GrantAuthorizationCode, Success: event.SuccessExchangeCode, Failure: event.FailedExchangeCode, Login: true},
	{Type: GrantImplicit, Failure: event.FailedLogin, Login: true, Front: true},
	{Type: GrantRefreshToken, Success: event.SuccessExchangeRefreshToken, Failure: event.FailedExchangeRefreshToken},
	{Type: GrantClientCredentials, Success: event.SuccessExchangeClientCreds, Failure: event.FailedExchangeClientCreds},
	{Type: GrantPassword, Success: event.SuccessExchangePassword, Failure: event.FailedExchangePassword, Login: true},
	{Type: GrantPasswordRealm, Success: event.SuccessExchangePassword, Failure: event.FailedExchangePassword, Login: true,
		AllowedBy: GrantPassword},
	{Type: GrantPasswordlessOTP, Failure: event.FailedExchangePasswordlessOTP},
	{Type: GrantMFAOTP, Success: event.SuccessExchangeOTP, Failure: event.FailedExchangeOTP},
	{Type: GrantMFAOOB, Success: event.SuccessExchangeOOB, Failure: event.FailedExchangeOOB},
	{Type: GrantMFARecoveryCode, Success: event.SuccessExchangeRecoveryCode, Failure: event.FailedExchangeRecoveryCode},
	{Type: GrantDeviceCode, Success: event.SuccessExchangeDeviceCode, Failure: event.FailedExchangeDeviceCode},
	{Type: GrantTokenExchange, Success: event.SuccessCustomTokenExchange, Failure: event.FailedCustomTokenExchange},
	{Type: GrantJWTBearer, Failure: event.FailedLogin},
	{Type: GrantCIBA, Failure: event.FailedLogin},
	{Type: GrantWebAuthn, Failure: event.FailedLogin},
	{Type: GrantFederatedToken, Failure: event.FailedLogin},
}

// Grants are the grants that Auth0 knows. Nobody changes them.
func Grants() []Grant { return grants[:] }

// GrantOf finds a grant by its grant_type.
func GrantOf(grantType string) (Grant, bool) {
	i := slices.IndexFunc(grants[:], func(g Grant) bool { return g.Type == grantType })
	if i < 0 {
		return Grant{}, false
	}
	return grants[i], true
}

// GrantTypes are the types of the grants for which keep says so, in the registry's order.
func GrantTypes(keep func(Grant) bool) []string {
	var types []string
	for _, g := range grants {
		if keep(g) {
			types = append(types, g.Type)
		}
	}
	return types
}
