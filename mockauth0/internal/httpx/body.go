package httpx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/oauth"
)

// Body reads the parameters of a POST from a form or from a JSON object: SDKs send both (fact 4-bodies). Those named in
// single are held to Params' rule. What JSON nests is in nested.
func Body(r *http.Request, single ...string) (v url.Values, nested map[string]any, err error) {
	mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mt != "application/json" {
		v, err = Params(r, single...)
		return v, nil, err
	}
	body, err := object(r.Body)
	if err != nil {
		return nil, nil, err
	}
	v, nested = url.Values{}, map[string]any{}
	for name, value := range body {
		switch value := value.(type) {
		case nil:
		case string:
			v.Set(name, value)
		case bool, json.Number:
			v.Set(name, fmt.Sprint(value))
		default:
			if slices.Contains(single, name) {
				return nil, nil, oauth.Errorf("invalid_request", "Invalid parameter: %s must be a string", name).
					Because(event.ParameterInvalid)
			}
			nested[name] = value
		}
	}
	return v, nested, Single(v, single...)
}

// object reads one JSON object and nothing after it.
func object(body io.Reader) (map[string]any, error) {
	d := json.NewDecoder(body)
	d.UseNumber()
	var out map[string]any
	err := d.Decode(&out)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("there is more after the first value")
		}
	}
	if Unsent(err) {
		return nil, err
	}
	if err != nil {
		return nil, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
			Description: "The body is not a JSON object.", Cause: err}
	}
	return out, nil
}
