package fault

import (
	"net/http"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

// effect is the acting form of an Effect: it implements the interface of its seam.
func (e Effect) effect() any {
	switch {
	case e.Error != "":
		return resultError{code: e.Error, description: e.description()}
	case e.Latency != 0:
		return latency{time.Duration(e.Latency)}
	case e.Hang:
		return hang{}
	default:
		return status{e.Status}
	}
}

// description is the text given, or Auth0's own for the code (auth0-protocol.md §1.4).
func (e Effect) description() string {
	if e.ErrorDescription != "" {
		return e.ErrorDescription
	}
	switch e.Error {
	case "login_required":
		return "Login required"
	case "consent_required":
		return "Consent required"
	case "invalid_grant":
		return "Unknown or invalid refresh token."
	case "unauthorized":
		return "user is blocked"
	}
	return ""
}

// resultError acts at the Result seam.
type resultError struct{ code, description string }

func (e resultError) ChangeResponse(r *respond.Response) {
	r.Err = &oauth.Error{Code: e.code, Description: e.description}
}

// latency, hang and status act at the HTTP seam.
type latency struct{ d time.Duration }

func (e latency) BeforeCommit(x *httpx.Exchange) (*httpx.Result, error) {
	return nil, x.Clock.Wait(x.Context(), x.Now().Add(e.d), "latency of "+x.Facts.Endpoint)
}

type hang struct{}

func (hang) BeforeCommit(x *httpx.Exchange) (*httpx.Result, error) {
	return nil, x.Clock.Wait(x.Context(), time.Time{}, "hang of "+x.Facts.Endpoint)
}

type status struct{ code int }

func (e status) BeforeCommit(*httpx.Exchange) (*httpx.Result, error) {
	return httpx.Text(e.code, http.StatusText(e.code)), nil
}
