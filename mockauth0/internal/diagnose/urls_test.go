package diagnose

import "testing"

// A browser leaves the default port out of an origin, and writes hosts in lower case; what an app asks for may have both otherwise.
func TestOriginsAreThoseOfABrowser(t *testing.T) {
	for address, want := range map[string]string{
		"https://App.acme.test:443/callback?a=b": "https://app.acme.test",
		"http://localhost:80/":                   "http://localhost",
		"http://localhost:3000/callback":         "http://localhost:3000",
		"capacitor://localhost/callback":         "capacitor://localhost",
		"com.acme.app:/callback":                 "",
		"":                                       "",
	} {
		if got := origin(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
