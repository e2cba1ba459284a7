// Package control is the /__mock API: the tenant's clock, faults, events and sessions over plain JSON. It is
// for tests, never for pages of other sites: it takes JSON only, and answers no Origin but the tenant's own
// and those that mock.yaml lists.
package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// Service answers the control API of one tenant. Each noun of the API is an interface of this package.
type Service struct {
	Tenant        Tenant
	Clock         Clock
	Followers     Followers
	Events        Events
	Faults        Faults
	Sessions      Sessions
	Logins        Logins
	Health        Health
	Scenarios     Scenarios
	Grants        Grants
	RefreshTokens RefreshTokens
	Users         Users
	Keys          Keys
	Diagnoses     Diagnoses
	Tenants       Tenants
	Snapshots     Snapshots
}

// Tenant is the tenant as a whole.
type Tenant interface {
	// Snapshot is the configuration in force.
	Snapshot() *tenant.Config
	// Reset puts the tenant back to its start.
	Reset()
}

// ResetAll is POST /reset: sessions, transactions, tokens, faults, events and the clock go back to the start.
func (s *Service) ResetAll(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if err := nothing(r); err != nil {
		return nil, err
	}
	s.Tenant.Reset()
	giveBack()
	return httpx.JSON(http.StatusOK, map[string]bool{"reset": true}), nil
}

func bad(err error) error {
	return &oauth.Error{Code: "invalid_request", Status: http.StatusBadRequest, Description: err.Error(), Cause: err}
}

// body reads a request's JSON object strictly into v.
func body(r *http.Request, v any) error {
	var text json.RawMessage
	d := json.NewDecoder(r.Body)
	err := d.Decode(&text)
	switch {
	case errors.Is(err, io.EOF):
		return bad(errors.New("the body is empty: send a JSON object"))
	case httpx.Unsent(err):
		return err
	case err == nil && string(text) == "null": // encoding/json takes it for any object: an order that nobody gave
		return bad(errors.New("the body is null: send a JSON object"))
	case err == nil:
		strict := json.NewDecoder(bytes.NewReader(text))
		strict.DisallowUnknownFields()
		err = strict.Decode(v)
	}
	if err != nil {
		return bad(fmt.Errorf("the body is not the JSON expected: %s", strings.TrimPrefix(err.Error(), "json: ")+fields(err, v)))
	}
	if d.More() {
		return bad(errors.New("there is more after the first JSON value"))
	}
	return nil
}

// fields ends a message about a field that v does not have: with those that it has.
func fields(err error, v any) string {
	if !strings.HasPrefix(err.Error(), "json: unknown field") { // there is no type for it
		return ""
	}
	var names []string
	for f := range reflect.TypeOf(v).Elem().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	if len(names) == 0 {
		return "; it takes none"
	}
	return "; it takes " + strings.Join(names, ", ")
}

// nothing holds a request to a body that is empty or {}.
func nothing(r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	return body(r, &struct{}{})
}

// onlyParameters refuses query parameters that an endpoint does not have, or twice.
func onlyParameters(r *http.Request, known []string) error {
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return bad(fmt.Errorf("the query string cannot be read: %w", err))
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch {
		case !slices.Contains(known, name) && len(known) == 0:
			return bad(fmt.Errorf("there is no query parameter %q: %s %s takes none", name, r.Method, r.URL.Path))
		case !slices.Contains(known, name):
			return bad(fmt.Errorf("there is no query parameter %q: %s %s takes %s", name, r.Method, r.URL.Path, strings.Join(known, " and ")))
		case len(given[name]) > 1:
			return bad(fmt.Errorf("the query parameter %s is there %d times: give it once", name, len(given[name])))
		}
	}
	return nil
}
