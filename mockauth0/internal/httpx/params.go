package httpx

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
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
		switch {
		case Unsent(err):
			return nil, err
		case err != nil:
			return nil, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid, Description: "The form could not be read.",
				Hint: "Send application/x-www-form-urlencoded, as a browser's form does.", Cause: err}
		}
		return own(r.PostForm, r.ContentLength), nil
	}
	v, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
			Description: "The query string could not be read: " + err.Error() + ".",
			Hint:        "Encode every parameter with encodeURIComponent or URLSearchParams.", Cause: err}
	}
	return own(v, int64(len(r.URL.RawQuery))), nil
}

// big is the number of bytes from which on a request is worth not keeping in memory for the sake of a part of it.
const big = 4 << 10

// own gives the parameters of a big request memory of their own: they are parts of what was sent, and one that is kept would
// keep all of it. sent is how many bytes came; negative: nobody knows.
func own(v url.Values, sent int64) url.Values {
	if sent >= 0 && sent <= big {
		return v
	}
	out := make(url.Values, len(v))
	for name, values := range v {
		list := make([]string, len(values))
		for i, value := range values {
			list[i] = strings.Clone(value)
		}
		out[strings.Clone(name)] = list
	}
	return out
}

// Unsent tells whether an error in reading a body is about how it was sent, and not what it says: it was too large or took too
// long. The adapter has answers to these.
func Unsent(err error) bool {
	var tooLarge *http.MaxBytesError
	return errors.As(err, &tooLarge) || errors.Is(err, os.ErrDeadlineExceeded)
}

func validText(s string) bool {
	for _, c := range []byte(s) {
		if c < 0x20 || c == 0x7f { // in UTF-8 no other character has such a byte
			return false
		}
	}
	return utf8.ValidString(s)
}
