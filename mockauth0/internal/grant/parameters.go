package grant

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

// once are the parameters that may be given only once (RFC 6749 §3.2).
var once = [...]string{"grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "audience",
	"username", "password", "realm", "organization", "client_assertion", "client_assertion_type", "token"}

// Parameters reads a form or a JSON object: SDKs send both (clients.md §0.15). Unknown parameters are ignored.
func Parameters(r *http.Request) (url.Values, error) {
	mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mt != "application/json" {
		return httpx.Params(r, once[:]...)
	}
	d := json.NewDecoder(r.Body)
	d.UseNumber()
	var body map[string]any
	err := d.Decode(&body)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("there is more after the first value")
		}
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, err
	}
	if err != nil {
		return nil, &oauth.Error{Code: "invalid_request", Description: "The body is not a JSON object.", Cause: err}
	}
	v := url.Values{}
	for name, value := range body {
		switch value := value.(type) {
		case nil:
		case string:
			v.Set(name, value)
		case bool, json.Number:
			v.Set(name, fmt.Sprint(value))
		default:
			if slices.Contains(once[:], name) {
				return nil, oauth.Errorf("invalid_request", "Invalid parameter: %s must be a string", name)
			}
		}
	}
	return v, httpx.Single(v, once[:]...)
}
