package routes

import (
	"net/http"
	"slices"

	"renewal.example/mockauth0/internal/console"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
)

// entry is one row: what answers some methods at a path.
type entry struct {
	httpx.Route
	methods  []string
	path     string // pattern of net/http
	endpoint httpx.Endpoint
}

var (
	get   = []string{"GET"}
	post  = []string{"POST"}
	both  = []string{"GET", "POST"}
	put   = []string{"PUT"}
	patch = []string{"PATCH"}
	del   = []string{"DELETE"}
)

// table is the list of everything that a tenant answers. Names and paths are those of the registry, internal/names.
func (e *Endpoints) table() []entry {
	return slices.Concat(e.protocol(), e.loginPages(), e.accounts(), e.classic(), e.control(), e.console(), e.others())
}

// page is a route for browsers: refusals are pages.
func page(name string) httpx.Route { return httpx.Route{Name: name} }

// api is a route for scripts of the applications.
func api(name string) httpx.Route {
	return httpx.Route{Name: name, Errors: httpx.ErrorJSON, CORS: httpx.CORSOrigins}
}

// withCookies is an api that browsers send their cookies to.
func withCookies(name string) httpx.Route {
	return httpx.Route{Name: name, Errors: httpx.ErrorJSON, CORS: httpx.CORSCredentials}
}

// public is a document that anybody may read.
func public(name string) httpx.Route {
	return httpx.Route{Name: name, Errors: httpx.ErrorJSON, CORS: httpx.CORSAny}
}

// exchange is a route of the token endpoint's kind.
func exchange(name string) httpx.Route {
	return httpx.Route{Name: name, Errors: httpx.ErrorToken, CORS: httpx.CORSOrigins}
}

// protocol is OAuth 2.0 and OpenID Connect.
func (e *Endpoints) protocol() []entry {
	userInfo := httpx.Route{Name: names.UserInfo, Errors: httpx.ErrorPlain, CORS: httpx.CORSOrigins}
	return []entry{
		{page(names.Authorize), both, names.AuthorizePath, e.Authorize.Authorize},
		{page(names.Resume), get, names.ResumePath, e.Authorize.Resume},
		{api(names.Push), post, names.PushPath, e.Authorize.Push},
		{exchange(names.Token), post, names.TokenPath, e.Grant.Token},
		{exchange(names.Revoke), post, names.RevokePath, e.Grant.Revoke},
		{userInfo, both, names.UserInfoPath, e.UserInfo.UserInfo},
		{public(names.JWKS), get, names.JWKSPath, e.jwks},
		{public(names.Discovery), get, names.DiscoveryPath, e.discovery},
		{public(names.Discovery), get, names.MetadataPath, e.discovery},
		{page(names.Certificate), get, names.PEMPath, e.certificate(pemForm)},
		{page(names.Certificate), get, names.RawPEMPath, e.certificate(rawPEMForm)},
		{page(names.Certificate), get, names.DERPath, e.certificate(derForm)},
		{page(names.Certificate), get, names.PKCS7Path, e.certificate(pkcs7Form)},
		{page(names.Certificate), get, names.FingerprintPath, e.certificate(fingerprintForm)},
		{page(names.Logout), get, names.LogoutPath, e.Logout.Logout},
		{page(names.OIDCLogout), both, names.OIDCLogoutPath, e.Logout.OIDCLogout},
		{page(names.LogoutPrompt), get, names.LogoutPromptPath, e.Logout.ShowLogout},
		{page(names.LogoutPrompt), post, names.LogoutPromptPath, e.Logout.SubmitLogout},
	}
}

// loginPages are the pages by which people log in, and what applications' own forms need for it.
func (e *Endpoints) loginPages() []entry {
	return []entry{
		{page(names.Login), get, names.LoginPath, e.Login.Show},
		{page(names.Login), post, names.LoginPath, e.Login.Submit},
		{page(names.Login), get, names.ClassicLoginPath, e.Login.Show},
		{page(names.LoginIdentifier), get, names.IdentifierPath, e.Login.ShowIdentifier},
		{page(names.LoginIdentifier), post, names.IdentifierPath, e.Login.SubmitIdentifier},
		{page(names.LoginPassword), get, names.PasswordPath, e.Login.ShowPassword},
		{page(names.LoginPassword), post, names.PasswordPath, e.Login.SubmitPassword},
		{page(names.Account), get, names.AccountPath, e.Login.ShowAccount},
		{page(names.Account), post, names.AccountPath, e.Login.SubmitAccount},
		{page(names.Continue), both, names.ContinuePath, e.Authorize.Continue},
		{page(names.Factor), get, names.FactorPath, e.Authorize.ShowFactor},
		{page(names.Factor), post, names.FactorPath, e.Authorize.SubmitFactor},
		{page(names.Organization), get, names.OrganizationPath, e.Authorize.ShowOrganization},
		{page(names.Organization), post, names.OrganizationPath, e.Authorize.SubmitOrganization},
		{page(names.Consent), get, names.ConsentPath, e.Authorize.ShowConsent},
		{page(names.Consent), post, names.ConsentPath, e.Authorize.SubmitConsent},
		{page(names.Confirmation), get, names.ConfirmationPath, e.Authorize.ShowConfirmation},
		{page(names.Confirmation), post, names.ConfirmationPath, e.Authorize.SubmitConfirmation},
		{page(names.Provider), get, names.ProviderPath + "{connection}", e.Authorize.ShowProvider},
		{page(names.Provider), post, names.ProviderPath + "{connection}", e.Authorize.SubmitProvider},
		{withCookies(names.CrossOrigin), post, names.CrossOriginPath, e.Login.CrossOrigin},
		{page(names.CrossOriginProof), post, names.CrossOriginProofPath, e.Authorize.Verify},
	}
}

// accounts are sign-up, passwords and the end of a block.
func (e *Endpoints) accounts() []entry {
	return []entry{
		{api(names.SignUp), post, names.SignUpPath, e.Database.SignUp},
		{page(names.SignUpForm), get, names.SignUpFormPath, e.Database.ShowSignUp},
		{page(names.SignUpForm), post, names.SignUpFormPath, e.Database.SubmitSignUp},
		{api(names.ChangePassword), post, names.ChangePasswordPath, e.Database.ChangePassword},
		{page(names.ResetRequest), get, names.ResetRequestPath, e.Database.ShowResetRequest},
		{page(names.ResetRequest), post, names.ResetRequestPath, e.Database.SubmitResetRequest},
		{page(names.Reset), get, names.ResetPath, e.Database.ShowReset},
		{page(names.Reset), post, names.ResetPath, e.Database.SubmitReset},
		{page(names.Unblock), get, names.UnblockPath, e.Database.ShowUnblock},
		{page(names.Unblock), post, names.UnblockPath, e.Database.SubmitUnblock},
	}
}

// classic is what Lock and auth0.js ask beside the protocol.
func (e *Endpoints) classic() []entry {
	return []entry{
		{api(names.ClassicLogin), post, names.FormLoginPath, e.Classic.UsernamePassword},
		{api(names.ClassicChallenge), post, names.FormChallengePath, e.Classic.Challenge},
		{page(names.ClassicCallback), post, names.FormCallbackPath, e.Classic.Callback},
		{withCookies(names.SSOData), get, names.SSODataPath, e.Classic.SSOData},
		{withCookies(names.SSOData), get, names.SSODataSlashPath, e.Classic.SSOData},
		{page(names.Lock), get, names.LockClientPath, e.Lock.Client},
		{page(names.Lock), get, names.LockTenantPath, e.Lock.TenantInfo},
	}
}

// control is the control API. It is quiet: a fault must not lock a test out of its own controls.
func (e *Endpoints) control() []entry {
	return slices.Concat(e.controlOfPeople(), e.controlOfTenant(), []entry{
		{quiet(names.ControlHealth), get, names.LivezPath, e.Control.Livez},
		{quiet(names.ControlHealth), get, names.ReadyzPath, e.Control.Readyz},
		{quiet(names.ControlMetrics), get, names.MetricsPath, e.Control.Guard(e.Control.ShowMetrics)},
	})
}

// quiet is a route that leaves no events and that no page of another origin may read.
func quiet(name string) httpx.Route {
	return httpx.Route{Name: name, Errors: httpx.ErrorJSON, Quiet: true}
}

// controlRow is a row below names.ControlPath.
func (e *Endpoints) controlRow(name string, methods []string, path string, endpoint httpx.Endpoint, parameters ...string) entry {
	route := quiet(name)
	route.CORS = httpx.CORSControl
	return entry{route, methods, names.ControlPath + path, e.Control.Guard(endpoint, parameters...)}
}

// controlOfPeople is the part about people: who they are, what they have, what they are sent.
func (e *Endpoints) controlOfPeople() []entry {
	c, row := e.Control, e.controlRow
	return []entry{
		row(names.ControlMails, get, "/mails", c.ListMails, "to", "after"),
		row(names.ControlMails, get, "/mails/wait", c.WaitForMail, "to", "after", "timeout"),
		row(names.ControlSessions, get, "/sessions", c.ListSessions),
		row(names.ControlSessions, post, "/sessions", c.LogIn),
		row(names.ControlSessions, del, "/sessions", c.DropSessions, "user"),
		row(names.ControlSessions, del, "/sessions/{id}", c.DropSession),
		row(names.ControlSessions, post, "/sessions/{id}/expire", c.ExpireSession),
		row(names.ControlTokens, post, "/tokens", c.IssueTokens),
		row(names.ControlGrants, get, "/grants", c.ListGrants),
		row(names.ControlGrants, del, "/grants", c.DropGrants, "user", "client"),
		row(names.ControlUsers, get, "/users", c.ListUsers),
		row(names.ControlUsers, post, "/users", c.AddUser),
		row(names.ControlUsers, put, "/users/{user}", c.SetUser),
		row(names.ControlUsers, patch, "/users/{user}", c.ChangeUser),
		row(names.ControlUsers, del, "/users/{user}", c.RemoveUser),
		row(names.ControlRefreshTokens, get, "/refresh-tokens", c.ListRefreshTokens),
		row(names.ControlRefreshTokens, del, "/refresh-tokens", c.DropRefreshTokens, "user", "client"),
		row(names.ControlRefreshTokens, del, "/refresh-tokens/{id}", c.DropRefreshToken),
		row(names.ControlRefreshTokens, post, "/refresh-tokens/{id}/expire", c.ExpireRefreshToken),
	}
}

// controlOfTenant is the part about the tenant: its time, what goes wrong, what happened.
func (e *Endpoints) controlOfTenant() []entry {
	c, row := e.Control, e.controlRow
	return []entry{
		row(names.ControlDocument, get, "/openapi.json", c.Describe),
		row(names.ControlFaults, get, "/faults", c.ListFaults),
		row(names.ControlFaults, post, "/faults", c.Arm),
		row(names.ControlFaults, del, "/faults", c.Disarm),
		row(names.ControlFaults, put, "/faults/{id}", c.SetFault),
		row(names.ControlFaults, del, "/faults/{id}", c.Disarm),
		row(names.ControlClock, get, "/clock", c.ShowClock),
		row(names.ControlClock, post, "/clock", c.MoveClock),
		row(names.ControlClock, get, "/clock/follow", c.FollowClock, "name"),
		row(names.ControlClock, post, "/clock/followed", c.ClockFollowed),
		row(names.ControlClock, get, "/clock/followers", c.ListFollowers),
		row(names.ControlKeys, get, "/keys", c.ListKeys),
		row(names.ControlKeys, post, "/keys/rotate", c.RotateKey),
		row(names.ControlKeys, put, "/keys/{kid}/revoke", c.RevokeKey),
		row(names.ControlReset, post, "/reset", c.ResetAll),
		row(names.ControlEvents, get, "/events", c.ShowEvents, "after", "request", "kind", "client", "user"),
		row(names.ControlEvents, get, "/events/wait", c.WaitForEvent, "after", "request", "kind", "client", "user", "timeout"),
		row(names.ControlHAR, get, "/har", c.ShowHAR),
		row(names.ControlDiagnoses, get, "/diagnoses", c.ShowDiagnoses, "after", "request"),
		row(names.ControlExpectations, post, "/expectations", c.ExpectRenewal),
		row(names.ControlExpectations, get, "/expectations", c.ListExpectations, "client"),
		row(names.ControlExpectations, post, "/expectations/settle", c.SettleExpectations, "client"),
		row(names.ControlExpectations, del, "/expectations", c.StopExpecting, "client"),
		row(names.ControlScenarios, get, "/scenarios", c.ListScenarios),
		row(names.ControlScenarios, del, "/scenarios", c.DisarmScenario),
		row(names.ControlScenarios, get, "/scenario", c.ShowObservedScenario),
		row(names.ControlScenarios, put, "/scenarios/{id}", c.ArmScenario),
		row(names.ControlScenarios, del, "/scenarios/{id}", c.DisarmScenario),
		row(names.ControlSnapshot, get, "/snapshot", c.ShowSnapshot),
		withBody(row(names.ControlSnapshot, put, "/snapshot", c.Restore), maxSnapshot),
		row(names.ControlSnapshot, post, "/snapshot/save", c.Keep),
		row(names.ControlTenants, get, "/tenants", c.ListTenants),
		row(names.ControlTenants, post, "/tenants", c.MakeTenant),
		row(names.ControlTenants, get, "/tenants/{name}", c.ShowTenant),
		row(names.ControlTenants, del, "/tenants/{name}", c.EndTenant),
	}
}

// console is the live page and its files. They are quiet, as all of the control API.
func (e *Endpoints) console() []entry {
	return []entry{
		{consoleRoute(), get, names.ConsolePath + "{$}", console.Page},
		{consoleRoute(), get, names.ConsoleFiles + "{file}", console.File},
	}
}

func consoleRoute() httpx.Route {
	return httpx.Route{Name: names.Console, Errors: httpx.ErrorJSON, Quiet: true}
}

// maxSnapshot is how many bytes a snapshot has at most: more than all that a tenant keeps of logins that nobody finished.
const maxSnapshot = 128 << 20

// withBody is a row whose requests have larger bodies than others.
func withBody(e entry, most int64) entry {
	e.MaxBody = most
	return e
}

// others are the favicon, which browsers ask for on their own and which has nothing to do with a test, and what this version
// does not serve.
func (e *Endpoints) others() []entry {
	none := func(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
		return &httpx.Result{Status: http.StatusNoContent}, nil
	}
	return append(notYet(), entry{httpx.Route{Name: names.Favicon, Quiet: true}, get, names.FaviconPath, none})
}
