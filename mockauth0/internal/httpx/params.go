package httpx

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/oauth"
)

// Params are the parameters of a request: the query of a GET, the form body of a POST. Those named in single
// may be there once only (RFC 6749 §3.1) and must be text that can safely be shown and sent back.
func Params(r *http.Request, single ...string) (url.Values, error) {
	v, err := read(r)
	if err != nil {
		return nil, err
	}
	return v, Single(v, single...)
}

// Single holds the named parameters to Params' rule, wherever they came from.
func Single(v url.Values, names ...string) error {
	for _, name := range names {
		if len(v[name]) > 1 {
			return &oauth.Error{
				Code: "invalid_request", Reason: event.ParameterInvalid,
				Description: fmt.Sprintf("Invalid parameter: %s must be a string", name), Hint: "Send " + name + " once.",
			}
		}
		if !validText(v.Get(name)) {
			return &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
				Description: fmt.Sprintf("Invalid parameter: %s must be valid UTF-8 text", name),
				Hint:        "Encode the parameter as UTF-8, without control characters."}
		}
	}
	return nil
}

func read(r *http.Request) (url.Values, error) {
	if r.Method == http.MethodPost {
		err := r.ParseForm()
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return nil, err
		case err != nil:
			return nil, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid, Description: "The form could not be read.",
				Hint: "Send application/x-www-form-urlencoded, as a browser's form does.", Cause: err}
		}
		return r.PostForm, nil
	}
	v, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
			Description: "The query string could not be read: " + err.Error() + ".",
			Hint:        "Encode every parameter with encodeURIComponent or URLSearchParams.", Cause: err}
	}
	return v, nil
}

func validText(s string) bool {
	for _, c := range []byte(s) {
		if c < 0x20 || c == 0x7f { // in UTF-8 no other character has such a byte
			return false
		}
	}
	return utf8.ValidString(s)
}
