// Package routes is the one table of a tenant's endpoints. Discovery is derived from it.
package routes

import (
	"net/http"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/classic"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/database"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/lock"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/logout"
	"renewal.example/mockauth0/internal/mail"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/userinfo"
	"renewal.example/mockauth0/tenant"
)

// Endpoints are the services that the table mounts.
type Endpoints struct {
	Authorize *authorize.Service
	Login     *login.Service
	Database  *database.Service
	Logout    *logout.Service
	UserInfo  *userinfo.Service
	Grant     *grant.Service
	Classic   *classic.Service
	Lock      *lock.Service
	Control   *control.Service
	Ring      func() *keys.Ring
	Tenant    func() *tenant.Config
	// Unexpected hears of requests to paths that no endpoint has.
	Unexpected func(r *http.Request)
}

type entry struct {
	httpx.Route
	methods  []string
	path     string
	endpoint httpx.Endpoint
	member   string // of discovery, where the endpoint is advertised
}

// table is the list of everything that a tenant answers.
func (e *Endpoints) table() []entry {
	get, post, both, put, patch, del := []string{"GET"}, []string{"POST"}, []string{"GET", "POST"}, []string{"PUT"}, []string{"PATCH"}, []string{"DELETE"}
	page := func(name string) httpx.Route { return httpx.Route{Name: name} }
	api := func(name string) httpx.Route {
		return httpx.Route{Name: name, Errors: httpx.ErrorJSON, CORS: httpx.CORSOrigins}
	}
	mock := func(name string) httpx.Route {
		return httpx.Route{Name: name, Errors: httpx.ErrorJSON, CORS: httpx.CORSControl, Quiet: true}
	}
	g := e.Control.Guard
	t := []entry{
		{page("authorize"), both, "/authorize", e.Authorize.Authorize, "authorization_endpoint"},
		{page("authorize.resume"), get, login.ResumePage, e.Authorize.Resume, ""},
		{page("login"), get, login.LoginPage, e.Login.Show, ""},
		{page("login"), post, login.LoginPage, e.Login.Submit, ""},
		{page("login"), get, login.ClassicPage, e.Login.Show, ""},
		{page("login.identifier"), get, login.IdentifierPage, e.Login.ShowIdentifier, ""},
		{page("login.identifier"), post, login.IdentifierPage, e.Login.SubmitIdentifier, ""},
		{page("login.password"), get, login.PasswordPage, e.Login.ShowPassword, ""},
		{page("login.password"), post, login.PasswordPage, e.Login.SubmitPassword, ""},
		{page("account"), get, login.AccountPage, e.Login.ShowAccount, ""},
		{page("account"), post, login.AccountPage, e.Login.SubmitAccount, ""},
		{page("continue"), both, "/continue", e.Authorize.Continue, ""},
		{page("factor"), get, login.FactorPage, e.Authorize.ShowFactor, ""},
		{page("factor"), post, login.FactorPage, e.Authorize.SubmitFactor, ""},
		{page("organization"), get, login.OrganizationPage, e.Authorize.ShowOrganization, ""},
		{page("organization"), post, login.OrganizationPage, e.Authorize.SubmitOrganization, ""},
		{page("consent"), get, login.ConsentPage, e.Authorize.ShowConsent, ""},
		{page("consent"), post, login.ConsentPage, e.Authorize.SubmitConsent, ""},
		{page("confirmation"), get, login.ConfirmationPage, e.Authorize.ShowConfirmation, ""},
		{page("confirmation"), post, login.ConfirmationPage, e.Authorize.SubmitConfirmation, ""},
		{httpx.Route{Name: "co.authenticate", Errors: httpx.ErrorJSON, CORS: httpx.CORSCredentials}, post, "/co/authenticate", e.Login.CrossOrigin, ""},
		{page("co.verify"), post, login.VerifyPage, e.Authorize.Verify, ""},
		{page("idp"), get, login.ProviderPage + "{connection}", e.Authorize.ShowProvider, ""},
		{page("idp"), post, login.ProviderPage + "{connection}", e.Authorize.SubmitProvider, ""},
		{page("logout"), get, "/v2/logout", e.Logout.Logout, ""},
		{page("oidc.logout"), both, "/oidc/logout", e.Logout.OIDCLogout, "end_session_endpoint"},
		{page("logout.prompt"), get, "/u/logout", e.Logout.ShowLogout, ""},
		{page("logout.prompt"), post, "/u/logout", e.Logout.SubmitLogout, ""},
		{page("signup.page"), get, login.SignUpPage, e.Database.ShowSignUp, ""},
		{page("signup.page"), post, login.SignUpPage, e.Database.SubmitSignUp, ""},
		{page("reset.request"), get, login.ResetRequestPage, e.Database.ShowResetRequest, ""},
		{page("reset.request"), post, login.ResetRequestPage, e.Database.SubmitResetRequest, ""},
		{page("reset"), get, mail.ResetPage, e.Database.ShowReset, ""},
		{page("reset"), post, mail.ResetPage, e.Database.SubmitReset, ""},
		{page("unblock"), get, mail.UnblockPage, e.Database.ShowUnblock, ""},
		{page("unblock"), post, mail.UnblockPage, e.Database.SubmitUnblock, ""},
		{httpx.Route{Name: "signup", Errors: httpx.ErrorJSON, CORS: httpx.CORSOrigins}, post, "/dbconnections/signup", e.Database.SignUp, ""},
		{httpx.Route{Name: "change_password", Errors: httpx.ErrorJSON, CORS: httpx.CORSOrigins}, post, "/dbconnections/change_password", e.Database.ChangePassword, ""},
		{httpx.Route{Name: "userinfo", Errors: httpx.ErrorPlain, CORS: httpx.CORSOrigins}, both, "/userinfo", e.UserInfo.UserInfo, "userinfo_endpoint"},
		{httpx.Route{Name: "token", Errors: httpx.ErrorToken, CORS: httpx.CORSOrigins}, post, "/oauth/token", e.Grant.Token, "token_endpoint"},
		{httpx.Route{Name: "revoke", Errors: httpx.ErrorToken, CORS: httpx.CORSOrigins}, post, "/oauth/revoke", e.Grant.Revoke, "revocation_endpoint"},
		{httpx.Route{Name: "par", Errors: httpx.ErrorJSON, CORS: httpx.CORSOrigins}, post, "/oauth/par", e.Authorize.Push, "pushed_authorization_request_endpoint"},
		{httpx.Route{Name: "jwks", Errors: httpx.ErrorJSON, CORS: httpx.CORSAny}, get, "/.well-known/jwks.json", e.jwks, "jwks_uri"},
		{httpx.Route{Name: "discovery", Errors: httpx.ErrorJSON, CORS: httpx.CORSAny}, get, "/.well-known/openid-configuration", e.discovery, ""},
		{httpx.Route{Name: "discovery", Errors: httpx.ErrorJSON, CORS: httpx.CORSAny}, get, "/.well-known/oauth-authorization-server", e.discovery, ""},
		{page("certificate"), get, "/pem", e.certificate(pemForm), ""},
		{page("certificate"), get, "/rawpem", e.certificate(rawPEMForm), ""},
		{page("certificate"), get, "/cer", e.certificate(derForm), ""},
		{page("certificate"), get, "/pb7", e.certificate(pkcs7Form), ""},
		{page("certificate"), get, "/fingerprint", e.certificate(fingerprintForm), ""},
		{api("classic.login"), post, "/usernamepassword/login", e.Classic.UsernamePassword, ""},
		{api("classic.challenge"), post, "/usernamepassword/challenge", e.Classic.Challenge, ""},
		{page("classic.callback"), post, classic.CallbackPath, e.Classic.Callback, ""},
		{httpx.Route{Name: "ssodata", Errors: httpx.ErrorJSON, CORS: httpx.CORSCredentials}, get, "/user/ssodata", e.Classic.SSOData, ""},
		{httpx.Route{Name: "ssodata", Errors: httpx.ErrorJSON, CORS: httpx.CORSCredentials}, get, "/user/ssodata/", e.Classic.SSOData, ""}, // as auth0.js 8 writes it
		{page("lock"), get, lock.ClientPath, e.Lock.Client, ""},
		{page("lock"), get, lock.TenantPath, e.Lock.TenantInfo, ""},
		// Browsers ask for it on their own; it has nothing to do with a test.
		{httpx.Route{Name: "favicon", Quiet: true}, get, "/favicon.ico", none, ""},

		{mock("mock.faults"), get, control.Prefix + "/faults", g(e.Control.Faults), ""},
		{mock("mock.faults"), post, control.Prefix + "/faults", g(e.Control.Arm), ""},
		{mock("mock.faults"), del, control.Prefix + "/faults", g(e.Control.Disarm), ""},
		{mock("mock.faults"), del, control.Prefix + "/faults/{id}", g(e.Control.Disarm), ""},
		{mock("mock.clock"), get, control.Prefix + "/clock", g(e.Control.ShowClock), ""},
		{mock("mock.clock"), post, control.Prefix + "/clock", g(e.Control.MoveClock), ""},
		{mock("mock.keys"), get, control.Prefix + "/keys", g(e.Control.Keys), ""},
		{mock("mock.keys"), post, control.Prefix + "/keys/rotate", g(e.Control.RotateKey), ""},
		{mock("mock.keys"), put, control.Prefix + "/keys/{kid}/revoke", g(e.Control.RevokeKey), ""},
		{mock("mock.reset"), post, control.Prefix + "/reset", g(e.Control.ResetAll), ""},
		{mock("mock.events"), get, control.Prefix + "/events", g(e.Control.ShowEvents, "after", "request", "kind"), ""},
		{mock("mock.diagnoses"), get, control.Prefix + "/diagnoses", g(e.Control.ShowDiagnoses, "after", "request"), ""},
		{mock("mock.expectations"), post, control.Prefix + "/expectations", g(e.Control.ExpectRenewal), ""},
		{mock("mock.expectations"), del, control.Prefix + "/expectations", g(e.Control.StopExpecting, "client"), ""},
		{mock("mock.sessions"), get, control.Prefix + "/sessions", g(e.Control.Sessions), ""},
		{mock("mock.sessions"), del, control.Prefix + "/sessions", g(e.Control.DropSessions, "user"), ""},
		{mock("mock.grants"), get, control.Prefix + "/grants", g(e.Control.Grants), ""},
		{mock("mock.grants"), del, control.Prefix + "/grants", g(e.Control.DropGrants, "user", "client"), ""},
		{mock("mock.users"), get, control.Prefix + "/users", g(e.Control.Users), ""},
		{mock("mock.users"), patch, control.Prefix + "/users/{user}", g(e.Control.ChangeUser), ""},
		{mock("mock.users"), del, control.Prefix + "/users/{user}", g(e.Control.RemoveUser), ""},
		{mock("mock.refresh_tokens"), get, control.Prefix + "/refresh-tokens", g(e.Control.RefreshTokens), ""},
		{mock("mock.refresh_tokens"), del, control.Prefix + "/refresh-tokens", g(e.Control.DropRefreshTokens, "user", "client"), ""},
	}
	return append(t, notYet()...)
}

func none(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return &httpx.Result{Status: http.StatusNoContent}, nil
}

func (e *Endpoints) jwks(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	body, err := e.Ring().JWKS(!e.Tenant().Settings.RemoveAlgFromJWKS)
	if err != nil {
		return nil, err
	}
	for _, effect := range httpx.Effects[keys.Effect](x, httpx.SeamKeys, nil) {
		body = effect.ChangeJWKS(e.Ring().Current().KID, body)
	}
	return (&httpx.Result{Body: body, Sent: sentKeys}).Set("Content-Type", "application/json; charset=utf-8").
		Set("Cache-Control", "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"), nil
}

// Mount puts the table on a mux. Whatever is not in it is answered by the hosted 404 page.
func (e *Endpoints) Mount(f *httpx.Frame) http.Handler {
	mux := http.NewServeMux()
	methods := map[string]string{}
	routes := map[string]httpx.Route{}
	for _, t := range e.table() {
		for _, m := range t.methods {
			mux.Handle(m+" "+t.path, f.Handler(t.Route, t.endpoint))
			if methods[t.path] != "" {
				methods[t.path] += ", "
			}
			methods[t.path] += m
		}
		routes[t.path] = t.Route
	}
	for path, allowed := range methods {
		rt := routes[path]
		if rt.CORS != httpx.CORSNone {
			mux.Handle("OPTIONS "+path, f.Preflight(rt, allowed))
		}
		wrong := f.Exempt(rt, wrongMethod(allowed))
		mux.Handle(path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", allowed) // RFC 9110 §15.5.6
			wrong.ServeHTTP(w, r)
		}))
	}
	mux.Handle("/__mock/", f.Exempt(httpx.Route{Name: "unknown", Errors: httpx.ErrorJSON}, func(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		e.Unexpected(r)
		return nil, &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: "The control API has no " + r.URL.Path + "; it has " + strings.Join(controlPaths(methods), ", ") + "."}
	}))
	mux.Handle("/", f.Exempt(httpx.Route{Name: "unknown"}, func(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		e.Unexpected(r)
		hint := "See the endpoints in /.well-known/openid-configuration."
		if r.URL.Path == "/" { // which people open first, to see whether the tenant runs
			hint = "Nothing: the tenant runs, and has no page here. Configure an app with this domain, and open that. The endpoints are in /.well-known/openid-configuration, and what happened so far in /__mock/v1/events."
		}
		return nil, &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: "No endpoint of a tenant has this path.", Hint: hint}
	}))
	return mux
}

// controlPaths are the paths of the control API, with their methods.
func controlPaths(methods map[string]string) []string {
	var out []string
	for path, allowed := range methods {
		if strings.HasPrefix(path, control.Prefix) {
			out = append(out, path+" ("+allowed+")")
		}
	}
	slices.Sort(out)
	return out
}

func wrongMethod(allowed string) httpx.Endpoint {
	return func(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		return nil, &oauth.Error{Code: "method_not_allowed", Status: http.StatusMethodNotAllowed, Description: r.URL.Path + " takes " + allowed + ", not " + r.Method + "."}
	}
}
