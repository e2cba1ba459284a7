package httpx

import "net/http"

// fields sets header fields of one value, many of which every answer has: the values of all lie in one array, where
// http.Header.Set makes one for each.
type fields struct {
	http.Header
	values []string
}

// set is Header.Set for a name in its canonical form.
func (f *fields) set(name, value string) {
	if f.values == nil {
		f.values = make([]string, 0, 8)
	}
	f.values = append(f.values, value)
	n := len(f.values)
	f.Header[name] = f.values[n-1 : n : n] // another value of the same field is appended elsewhere
}
