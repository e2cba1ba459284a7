// Package routes is the one table of a tenant's endpoints. Discovery is derived from it.
package routes

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/classic"
	"renewal.example/mockauth0/internal/console"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/database"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/lock"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/logout"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ratelimit"
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
	Limits    *ratelimit.Limits // counts of mock.yaml's rate_limits
	// Unexpected hears of requests to paths that no endpoint has.
	Unexpected func(r *http.Request)

	documents documents // of discovery
}

func (e *Endpoints) jwks(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	body, err := e.Ring().JWKS(!e.Tenant().Settings.RemoveAlgFromJWKS)
	if err != nil {
		return nil, err
	}
	for _, effect := range httpx.Effects[keys.Effect](x, httpx.SeamKeys, nil) {
		body = effect.ChangeJWKS(e.Ring().Current().KID, body)
	}
	return (&httpx.Result{Body: body, Carries: sentKeys}).Set("Content-Type", "application/json; charset=utf-8").
		Set("Cache-Control", "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"), nil
}

// Mount gives the handler of a tenant, by the mux that it shares with others. Whatever is not in the table is answered by the
// hosted 404 page. It completes the frame: which origins may read answers, and how many requests there may be.
func (e *Endpoints) Mount(mux *Mux, f *httpx.Frame) http.Handler {
	f.AllowedOrigin, f.ControlOrigin, f.Limiter, f.Unlimited = e.allowedOrigin, e.controlOrigin, e.limit, unlimited
	return &mounted{mux: mux, make: func(i int) http.Handler { return e.patterns(f)[i].handler }}
}

// pattern is what a pattern of net/http leads to.
type pattern struct {
	text    string
	handler http.Handler
}

// patterns are those of the table and of all else that a tenant answers, always in the same order.
func (e *Endpoints) patterns(f *httpx.Frame) (out []pattern) {
	methods := map[string]string{}
	routes := map[string]httpx.Route{}
	for _, t := range e.table() {
		for _, m := range t.methods {
			out = append(out, pattern{m + " " + t.path, f.Handler(t.Route, t.endpoint)})
			if methods[t.path] != "" {
				methods[t.path] += ", "
			}
			methods[t.path] += m
		}
		routes[t.path] = t.Route
	}
	for _, path := range slices.Sorted(maps.Keys(methods)) {
		allowed, rt := methods[path], routes[path]
		if rt.CORS != httpx.CORSNone {
			out = append(out, pattern{"OPTIONS " + path, f.Preflight(rt, allowed)})
		}
		wrong := f.Exempt(rt, wrongMethod(allowed))
		out = append(out, pattern{path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", allowed) // RFC 9110 §15.5.6
			wrong.ServeHTTP(w, r)
		})})
	}
	return append(out, pattern{names.ControlRoot, e.unknownControl(f, methods)}, pattern{"/", e.unknown(f)})
}

// unknownControl answers below the root of the control API what is not of it.
func (e *Endpoints) unknownControl(f *httpx.Frame, methods map[string]string) http.Handler {
	return f.Exempt(httpx.Route{
		Name: "unknown", Errors: httpx.ErrorJSON,
	}, func(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		e.Unexpected(r)
		return nil, &oauth.Error{
			Code: "not_found", Status: http.StatusNotFound,
			Description: "The control API has no " + r.URL.Path + "; it has " + strings.Join(controlPaths(methods), ", ") + ".",
		}
	})
}

// unknown answers the paths that no endpoint has: whoever opens the tenant's address in a browser sees the console, everybody else the
// hosted 404 page that a real tenant has there.
func (e *Endpoints) unknown(f *httpx.Frame) http.Handler {
	live := f.Handler(consoleRoute(), console.Page)
	none := f.Exempt(httpx.Route{Name: "unknown"}, func(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		e.Unexpected(r)
		hint := "See the endpoints in /.well-known/openid-configuration."
		if r.URL.Path == "/" { // which people open first, to see whether the tenant runs
			hint = "Nothing: the tenant runs, and has no page here. Configure an app with this domain, and open that. The endpoints are in " +
				"/.well-known/openid-configuration, and what happened so far is at " + names.ConsolePath + "."
		}
		return nil, &oauth.Error{
			Code: "not_found", Status: http.StatusNotFound, Description: "No endpoint of a tenant has this path.", Hint: hint,
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && console.Opened(r) {
			live.ServeHTTP(w, r)
			return
		}
		none.ServeHTTP(w, r)
	})
}

// controlPaths are the paths of the control API, with their methods.
func controlPaths(methods map[string]string) []string {
	var out []string
	for path, allowed := range methods {
		if strings.HasPrefix(path, names.ControlPath) || slices.Contains([]string{names.LivezPath, names.ReadyzPath, names.MetricsPath}, path) {
			out = append(out, path+" ("+allowed+")")
		}
	}
	slices.Sort(out)
	return out
}

func wrongMethod(allowed string) httpx.Endpoint {
	return func(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		return nil, &oauth.Error{
			Code: "method_not_allowed", Status: http.StatusMethodNotAllowed,
			Description: r.URL.Path + " takes " + allowed + ", not " + r.Method + ".",
		}
	}
}
