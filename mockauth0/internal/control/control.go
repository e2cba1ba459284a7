// Package control is the /__mock API: the tenant's clock, faults, events and sessions over plain JSON. It is
// for tests, never for pages of other sites: it takes JSON only, and answers no Origin but the tenant's own
// and those that mock.yaml lists.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"mime"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Service answers the control API of one tenant.
type Service struct {
	Tenant func() *tenant.Config
	Clock  *clock.Clock
	Events *event.Log
	Plan   *fault.Plan
	Store  state.Store
	Reset  func()
	// ArmFault checks a fault against the tenant and arms it.
	ArmFault func(fault.Fault) (fault.Fault, error)
	// EndSessions ends the sessions of a user id ("" : all) and tells how many there were.
	EndSessions func(userID string) int
	ListKeys    func() ([]keys.Info, error)
	Rotate      func() (kid string, err error)
	Revoke      func(kid string) error
	// WithdrawGrants withdraws the grants of a user id and a client ("": all) and tells how many there were.
	WithdrawGrants func(userID, client string) int
	// BlockUser, UnblockUser and DeleteUser take a user's id, e-mail address or user name.
	BlockUser, UnblockUser, DeleteUser func(user string) error
	// RevokeTokens revokes the refresh tokens of a user and a client ("": any) and tells how many there were.
	RevokeTokens func(user, client string) int
	// Diagnoses are why renewals failed, those with a number above after.
	Diagnoses func(after uint64) []diagnosis.Diagnosis
	// Expect says that a page of a client is open (until: by when its renewal has to come; zero: at its token's expiry).
	Expect func(client string, by time.Time) error
	// Unexpect takes that back.
	Unexpect func(client string)
	// Moved hears that the clock was moved.
	Moved func()
}

// Guard wraps an endpoint of the API with the checks that keep other sites out, and holds it to the query parameters that it
// has: a misspelt one must not be taken for none.
func (s *Service) Guard(e httpx.Endpoint, parameters ...string) httpx.Endpoint {
	return func(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		// A name that somebody made lead to this machine (DNS rebinding) would look like the tenant's own pages to a browser.
		if !s.trustedHost(x, r.Host) {
			return nil, &oauth.Error{Code: "forbidden_host", Status: http.StatusForbidden,
				Description: fmt.Sprintf("The control API answers at %s and at loopback addresses only, not as %q.", x.Origin, clip(r.Host))}
		}
		origin := r.Header.Get("Origin")
		if origin != "" && origin != x.Origin && !slices.Contains(s.Tenant().Mock.ControlOrigins, origin) {
			return nil, &oauth.Error{Code: "forbidden_origin", Status: http.StatusForbidden,
				Description: fmt.Sprintf("The control API does not answer pages of %q. List the origin under control_origins in mock.yaml, or call from outside a browser.", origin)}
		}
		// A browser sends no Origin on a same-site GET, but says where the request comes from.
		if site := r.Header.Get("Sec-Fetch-Site"); origin == "" && site != "" && site != "same-origin" && site != "none" && !opened(r) {
			return nil, &oauth.Error{Code: "forbidden_origin", Status: http.StatusForbidden, Description: "The control API does not answer requests that another site's page makes."}
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
			if mt != "application/json" && !takesYAML(x, mt) && (r.Method != http.MethodDelete || r.ContentLength != 0) {
				return nil, wrongType(x, mt)
			}
		}
		if err := onlyParameters(r, parameters); err != nil {
			return nil, err
		}
		if r.Method == http.MethodDelete {
			if err := nothing(r); err != nil {
				return nil, err
			}
		}
		res, err := e(x, r)
		if res != nil {
			res.Set("Cache-Control", "no-store")
			if res.Body != nil {
				res.Body = append(res.Body, '\n') // for people with curl
			}
		}
		return res, err
	}
}

// opened tells whether a person follows a link to read: a page of its own shows the answer, which the page with the link
// cannot read.
func opened(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// trustedHost tells whether a Host is the tenant's domain or a loopback address, with any port.
func (s *Service) trustedHost(x *httpx.Exchange, host string) bool {
	if "https://"+strings.TrimSuffix(strings.ToLower(host), ":443") == x.Origin {
		return true
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

// clip keeps short what is echoed.
func clip(host string) string { return host[:min(len(host), 100)] }

func bad(err error) error {
	return &oauth.Error{Code: "invalid_request", Status: http.StatusBadRequest, Description: err.Error(), Cause: err}
}

// body reads a request's JSON strictly into v.
func body(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if errors.Is(err, io.EOF) {
			return bad(errors.New("the body is empty: send a JSON object"))
		}
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
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

// Faults is GET /faults.
func (s *Service) Faults(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"faults": s.Plan.Faults()}), nil
}

const yamlType = "application/yaml"

// takesYAML tells whether a body may be YAML (RFC 9512): faults are written so in scenarios. No page of another site can
// send that type unasked, as it cannot JSON.
func takesYAML(x *httpx.Exchange, mediaType string) bool {
	return mediaType == yamlType && x.Facts.Endpoint == names.ControlFaults
}

// wrongType says what an endpoint takes instead of a media type: curl -d, for one, sends a form's.
func wrongType(x *httpx.Exchange, mediaType string) error {
	takes := "JSON only: send Content-Type: application/json"
	if takesYAML(x, yamlType) {
		takes = "JSON or YAML here: send Content-Type: application/json or Content-Type: " + yamlType
	}
	e := &oauth.Error{Code: "unsupported_media_type", Status: http.StatusUnsupportedMediaType, Description: "The control API takes " + takes + "."}
	if mediaType != "" {
		e.Description = fmt.Sprintf("The control API takes %s, not %s.", takes, clip(mediaType))
	}
	return e
}

// Arm is POST /faults: one fault.
func (s *Service) Arm(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	decode := fault.Decode
	if mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); takesYAML(x, mt) {
		decode = fault.DecodeYAML
	}
	f, err := decode(raw)
	if err != nil {
		return nil, bad(err)
	}
	if f, err = s.ArmFault(f); err != nil {
		return nil, bad(err)
	}
	return httpx.JSON(http.StatusCreated, f), nil
}

// Disarm is DELETE /faults and DELETE /faults/{id}.
func (s *Service) Disarm(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	id := r.PathValue("id")
	n := s.Plan.Disarm(id)
	if id != "" && n == 0 {
		return nil, &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: fmt.Sprintf("No fault with the id %q is armed; GET %s/faults lists them.", id, names.ControlPath)}
	}
	return httpx.JSON(http.StatusOK, map[string]int{"removed": n}), nil
}

type clockView struct {
	Now      time.Time    `json:"now"`
	OffsetMS int64        `json:"offset_ms"`
	Frozen   bool         `json:"frozen"`
	Holds    []clock.Hold `json:"holds"`
}

func (s *Service) clockView() *httpx.Result {
	return httpx.JSON(http.StatusOK, clockView{s.Clock.Now(), s.Clock.Offset().Milliseconds(), s.Clock.Frozen(), s.Clock.Holds()})
}

// ShowClock is GET /clock.
func (s *Service) ShowClock(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return s.clockView(), nil
}

// MoveClock is POST /clock: exactly one of advance, offset_ms, set, frozen.
func (s *Service) MoveClock(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		Advance  *fault.Duration `json:"advance"`
		OffsetMS *int64          `json:"offset_ms"`
		Set      *time.Time      `json:"set"`
		Frozen   *bool           `json:"frozen"`
	}
	if err := body(r, &q); err != nil {
		return nil, err
	}
	given := 0
	for _, set := range []bool{q.Advance != nil, q.OffsetMS != nil, q.Set != nil, q.Frozen != nil} {
		if set {
			given++
		}
	}
	if given != 1 {
		return nil, bad(errors.New(`give exactly one of advance ("2h", "-10m"), offset_ms (a number), set (RFC 3339) and frozen (true or false)`))
	}
	now, wall := s.Clock.Now(), clock.Wall()
	to := now
	switch {
	case q.Advance != nil:
		to = now.Add(time.Duration(*q.Advance))
	case q.OffsetMS != nil:
		to = time.UnixMilli(wall.UnixMilli() + max(min(*q.OffsetMS, math.MaxInt64/4), math.MinInt64/4))
	case q.Set != nil:
		to = *q.Set
	}
	if to.After(wall.Add(clock.MaxOffset)) || to.Before(wall.Add(-clock.MaxOffset)) {
		return nil, bad(errors.New("the clock moves 200 years from real time at most"))
	}
	switch {
	case q.Advance != nil:
		s.Clock.Advance(time.Duration(*q.Advance))
	case q.OffsetMS != nil:
		s.Clock.SetOffset(time.Duration(*q.OffsetMS) * time.Millisecond)
	case q.Set != nil:
		s.Clock.Set(*q.Set)
	case *q.Frozen:
		s.Clock.Freeze()
	default:
		s.Clock.Thaw()
	}
	x.Emit(event.Event{Kind: event.KindClock, Description: "clock moved", Details: map[string]any{"offset_ms": s.Clock.Offset().Milliseconds(), "frozen": s.Clock.Frozen()}})
	s.Moved()
	return s.clockView(), nil
}

// ResetAll is POST /reset: sessions, transactions, tokens, faults, events and the clock go back to the start.
func (s *Service) ResetAll(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if err := nothing(r); err != nil {
		return nil, err
	}
	s.Reset()
	return httpx.JSON(http.StatusOK, map[string]bool{"reset": true}), nil
}

// Sessions is GET /sessions.
func (s *Service) Sessions(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"sessions": s.Store.Sessions()}), nil
}

// DropSessions is DELETE /sessions?user=…: all sessions, or those of one user (user_id, e-mail address or user name).
func (s *Service) DropSessions(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q := r.URL.Query()
	if err := s.narrowed(q); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]int{"ended": s.EndSessions(q.Get("user"))}), nil
}

// Grants is GET /grants.
func (s *Service) Grants(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"grants": s.Store.Grants()}), nil
}

// DropGrants is DELETE /grants?user=…&client=…: all grants, or those of one user, one client (id or name), or both.
func (s *Service) DropGrants(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q := r.URL.Query()
	if err := s.narrowed(q); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]int{"withdrawn": s.WithdrawGrants(q.Get("user"), q.Get("client"))}), nil
}

// ShowEvents is GET /events?after=N&request=ID&kind=KIND: JSON, or an event stream when Accept asks for one.
func (s *Service) ShowEvents(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	after, err := afterOf(r, r.Header.Get("Last-Event-ID"))
	if err != nil {
		return nil, err
	}
	if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		return (&httpx.Result{Stream: func(w http.ResponseWriter, r *http.Request) { s.stream(w, r, after) }}).Set("Content-Type", "text/event-stream"), nil
	}
	events, missed := s.Events.Since(after)
	if id := r.URL.Query().Get("request"); id != "" {
		events = slices.DeleteFunc(events, func(e event.Event) bool { return e.Request != id })
	}
	if kind := r.URL.Query().Get("kind"); kind != "" {
		events = slices.DeleteFunc(events, func(e event.Event) bool { return e.Kind != kind })
	}
	if events == nil {
		events = []event.Event{}
	}
	return httpx.JSON(http.StatusOK, map[string]any{"events": events, "missed": missed, "last": s.Events.Last()}), nil
}

// afterOf reads ?after=N, or what stands for it.
func afterOf(r *http.Request, otherwise string) (after uint64, err error) {
	raw := r.URL.Query().Get("after")
	if raw == "" {
		raw = otherwise
	}
	if raw == "" {
		return 0, nil
	}
	if after, err = strconv.ParseUint(raw, 10, 64); err != nil {
		return 0, bad(fmt.Errorf("after is %q: give the sequence number of the last one that you have", raw))
	}
	return after, nil
}

func (s *Service) stream(w http.ResponseWriter, r *http.Request, after uint64) {
	sub := s.Events.Subscribe(after, 0)
	defer sub.Close()
	rc := http.NewResponseController(w)
	for {
		if err := rc.Flush(); err != nil {
			return
		}
		select {
		case e := <-sub.C:
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Seq, httpx.Encode(e)); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}
