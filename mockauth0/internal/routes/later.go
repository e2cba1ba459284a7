package routes

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// notYet are the rows of what Auth0 has and this version does not serve: any method, and an answer that pages of the apps may
// read.
func notYet() []entry {
	any := []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	later, _ := names.EndpointOf(names.Later)
	var t []entry
	for _, path := range later.Paths {
		t = append(t, entry{api(names.Later), any, path, notServed})
	}
	return t
}

// notServed answers for all of them.
func notServed(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	return nil, &oauth.Error{Code: "not_implemented", Status: http.StatusNotImplemented,
		Description: "mockauth0 does not serve " + r.URL.Path + " yet. Auth0 does: your request may be right."}
}
