package explain

import (
	"strings"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/pattern"
)

// logCode is a type of entries of Auth0's tenant log.
type logCode struct {
	code   string
	what   string           // happened
	causes []diagnosis.Code // when it belongs to a renewal that failed
}

// logCodes are all types that Auth0 lists (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes). Those without causes are of no
// renewal that failed.
func logCodes() []logCode {
	all := failures()
	for _, line := range strings.Split(strings.TrimSpace(eventsWithoutRenewal), "\n") {
		code, what, _ := strings.Cut(line, " ")
		all = append(all, logCode{code: code, what: what})
	}
	return all
}

// failures are the types of entries that a failed renewal may leave, or the end of what it needs.
func failures() []logCode {
	exchange := codes{diagnosis.CodeRefused, diagnosis.CodeExpired, diagnosis.ClientSecretDemanded}
	cookies := codes{diagnosis.ThirdPartyCookiesBlocked, diagnosis.CallbackMismatch}
	return []logCode{
		{"fsa", "a silent authentication failed; its description says why", loginRequired.causes},
		{"fertft", "the exchange of a refresh token failed; its description says why", refusedRefresh},
		{"ferrt", "the exchange of a rotating refresh token failed: it had been replaced", reused.causes},
		{"feacft", "the exchange of a code failed", exchange},
		{"fco", "a page of another origin called, and its origin is not allowed (CORS)", codes{diagnosis.CORSMissing,
			diagnosis.WebOriginMissing}},
		{"fcoa", "a cross-origin authentication (auth0.js, Lock on your own page) failed: it needs a third-party cookie", cookies},
		{"api_limit", "a rate limit refused a request", codes{diagnosis.RateLimited, diagnosis.RenewalStorm}},
		{"resource_cleanup", "a user had more refresh tokens than the limit, and the oldest were deleted",
			codes{diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenUnknown}},
		{"srrt", "a refresh token was revoked; the next exchange of it fails", codes{diagnosis.RefreshTokenRevoked}},
		{"actions_execution_failed", "an Action threw or took too long", codes{diagnosis.ActionDenied, diagnosis.ServerError}},
		{"fpar", "a pushed authorization request was refused", codes{diagnosis.RequestInvalid, diagnosis.ClientSecretDemanded}},
		{"universal_logout_succeeded", "the identity provider ended all sessions and refresh tokens of a user",
			codes{diagnosis.SessionEnded, diagnosis.RefreshTokenRevoked}},
	}
}

// eventsWithoutRenewal are the other types: nothing that they tell of makes a renewal fail.
const eventsWithoutRenewal = `
acls_summary a summary of the network access lists
acul_sdk_notice a notice of the SDK for custom login pages
api_limit_warning a rate limit is almost reached: nothing was refused yet
appi higher limits for peak performance began
appliance_configuration_api_read the appliance's configuration was read
appliance_configuration_api_status the appliance's configuration was checked
appliance_configuration_api_write the appliance's configuration was written
admin_update_launch an update of Auth0 began
ciba_exchange_failed a back-channel authentication (CIBA) gave no token
ciba_exchange_succeeded a back-channel authentication (CIBA) gave a token
ciba_start_failed a back-channel authentication (CIBA) could not begin
ciba_start_succeeded a back-channel authentication (CIBA) began
cls a code or link for a login without password was sent
connected_accounts_connection_failed a person could not connect another account
connected_accounts_connection_succeeded a person connected another account
connected_accounts_delete_failed a connected account could not be removed
connected_accounts_delete_succeeded a connected account was removed
coff the connector of a directory went offline
con the connector of a directory came online
cs a code for a login without password was sent
custom_domain_verification_failed a custom domain could not be verified
depnote something that is in use goes away
directory_sync_completed a directory was synchronized
directory_sync_failed a directory could not be synchronized
directory_sync_started the synchronization of a directory began
du a user was deleted
f a login failed; the description says why
failed_on_behalf_of_token_exchange a token exchange on behalf of somebody failed
fapi an operation of the Management API failed
fc a login by a directory connector failed
fce a user's e-mail address could not be changed
fcp a password could not be changed
fcph the hook after a change of the password failed
fcpn a phone number could not be changed
fcpr a request to change the password failed
fcpro a directory connector could not be set up
fcu a username could not be changed
fd a delegation (an old token exchange) failed
fdeac a device could not be activated
fdeaz a device's authorization request failed
fdecc a person did not confirm a device
fdu a user could not be deleted
feccft a token by client credentials was refused, for a machine
fecte a custom token exchange failed
fede a device's code gave no token
federated_logout_failed the logout at the identity provider failed
fens a native social login failed
feoobft a login with a second factor out of band failed
feotpft a login with a one-time password as second factor failed
fepft a login by password at the token endpoint failed
fepotpft a login by a passwordless code failed
fercft a login with a recovery code failed
feta a token exchange at the Token Vault failed
fi an invitation could not be accepted
flo a logout failed
flows_execution_completed a flow ran
flows_execution_failed a flow failed
fn a notification could not be sent
forms_submission_failed a form could not be submitted
forms_submission_succeeded a form was submitted
fp a login failed: the password is wrong
fpurh the hook after a registration failed
fs a sign-up failed
fu a login failed: there is no such user
fui an import of users failed
fv an e-mail address could not be verified
fvr a request to verify an e-mail address failed
gd_auth_email_verification an e-mail factor was verified
gd_auth_fail_email_verification an e-mail factor could not be verified
gd_auth_failed a second factor was wrong
gd_auth_rejected a person refused the push notification of a second factor
gd_auth_succeed a second factor was right
gd_enrollment_complete a person enrolled a second factor
gd_module_switch the module for second factors was switched
gd_otp_rate_limit_exceed too many codes of a second factor were asked for
gd_recovery_failed a recovery code was wrong
gd_recovery_rate_limit_exceed too many recovery codes were wrong
gd_recovery_succeed a recovery code was right
gd_send_email an e-mail with a second factor was sent
gd_send_email_verification an e-mail to verify a factor was sent
gd_send_email_verification_failure an e-mail to verify a factor could not be sent
gd_send_pn a push notification for a second factor was sent
gd_send_pn_failure a push notification for a second factor could not be sent
gd_send_sms an SMS with a second factor was sent
gd_send_sms_failure an SMS with a second factor could not be sent
gd_send_voice a call with a second factor was made
gd_send_voice_failure a call with a second factor failed
gd_start_auth a second factor was asked for
gd_start_enroll the enrolment of a second factor began
gd_start_enroll_failed the enrolment of a second factor could not begin
gd_tenant_update the settings of second factors changed
gd_unenroll a device of a second factor was removed
gd_update_device_account a device of a second factor was updated
gd_user_delete a user's second factors were deleted
gd_webauthn_challenge_failed a WebAuthn factor failed in the browser
gd_webauthn_enrollment_failed a WebAuthn factor could not be enrolled
idjag_exchange_failed an identity assertion gave no token
idjag_exchange_succeeded an identity assertion gave a token
jwt_bearer_exchange_failed a JWT bearer assertion gave no token
kms_key_management_failure an operation on the tenant's encryption keys failed
kms_key_management_success an operation on the tenant's encryption keys was done
kms_key_state_changed the state of an encryption key changed
limit_delegation too many calls to the old /delegation
limit_mu an IP address is blocked after too many failed logins; logins stop, renewals go on
limit_sul a user logged in too often from one address and is held back; logins stop, renewals go on
limit_ui too many calls to /userinfo
limit_wc an account is blocked for an IP address after too many wrong passwords; logins stop, renewals go on
mfar a second factor was asked for, in a login by password at the token endpoint
mgmt_api_read the Management API handed out secrets
my_account_authentication_method_failed a person could not change a factor of their own
my_account_authentication_method_succeeded a person changed a factor of their own
oidc_backchannel_logout_failed an application could not be told of a logout
oidc_backchannel_logout_succeeded an application was told of a logout
organization_member_added a user became a member of an organization
passkey_challenge_failed a passkey challenge failed
passkey_challenge_started a passkey challenge began
pla the risk of a login was judged before it
pwd_leak a login with a leaked password was stopped
reset_pwd_leak a new password that had leaked was refused
rich_consents_access_error a detailed consent could not be read
s a login
sapi an operation of the Management API
sce a user's e-mail address was changed
scim_token_issued a token for SCIM was issued
scoa a cross-origin authentication
scp a changed password
scph the hook after a change of the password ran
scpn a phone number was changed
scpr a request to change the password
scu a username was changed
scv credentials were checked
sd a delegation (an old token exchange)
sdu a user was deleted
seacft the exchange of a code
seccft a token by client credentials
secte a custom token exchange
sede the exchange of a device's code
sens a native social login
seoobft a login with a second factor out of band
seotpft a login with a one-time password as second factor
sepft a token by password
sepkoobft a login by passkey and a second factor out of band
sepkotpft a login by passkey and a one-time password
sepkrcft a login by passkey and a recovery code
sercft a login with a recovery code
sertft the exchange of a refresh token
seta a token exchange at the Token Vault
si an invitation was accepted
signup_pwd_leak a sign-up with a leaked password was stopped
slo a logout
ss a sign-up
ss_sso_failure an operation of self-service single sign-on failed
ss_sso_info an event of self-service single sign-on
ss_sso_success an operation of self-service single sign-on was done
ssa a silent authentication
sscim an operation of SCIM
success_on_behalf_of_token_exchange a token exchange on behalf of somebody
sui an import of users
sv an e-mail address was verified
svr a request to verify an e-mail address
too_many_records a user has the most factors that are allowed
ublkdu the block of a user after suspicious logins ended
universal_logout_failed the identity provider's order to log a user out failed
w a warning during a login; the description says of what, and the login went on
wn a warning while a notification was sent
wum a warning of the management of users
`

// byLogCode answers for a code of the log alone.
func byLogCode(asked string) (answer, bool) {
	for _, known := range logCodes() {
		if known.code != asked {
			continue
		}
		a := answer{meaning: "A type of Auth0's log: " + known.what + ".", causes: known.causes}
		if len(known.causes) == 0 {
			a.meaning += " It is of no renewal that failed."
		}
		return a, true
	}
	return answer{}, false
}

// recordType is the type of a record of the log that was pasted.
var recordType = pattern.Lazy(`"type" ?: ?"([a-z_]{1,60})"|\blog (?:code|type|event)[: ]+"?([a-z_]{1,60})\b|` +
	`\btype[:=] ?"?([a-z_]{1,60})\b|\bevent code[: ]+"?([a-z_]{1,60})\b`)

// byLogRecord answers for a record of the log in which nothing else says more.
func byLogRecord(r reading) (answer, bool) {
	for _, m := range recordType().FindAllStringSubmatch(r.text, -1) {
		if a, ok := byLogCode(strings.Join(m[1:], "")); ok {
			return a, true
		}
	}
	return answer{}, false
}
