package cli

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"renewal.example/mockauth0/browser"
)

// pageByHTTP is an app with auth0-spa-js whose tenant is by plain http.
const pageByHTTP = `<!doctype html><title>Own app</title><link rel="icon" href="data:,"><button>Log in</button><script src="/sdk.js"></script>
<script>
(async () => {
  const client = await auth0.createAuth0Client({ domain: 'http://localhost:4480', clientId: 'MyOwnClient',
    authorizationParams: { redirect_uri: location.origin + '/', audience: 'https://mine.example/' } });
  document.querySelector('button').onclick = () => client.loginWithRedirect();
  if (location.search.includes('state=')) {
    await client.handleRedirectCallback();
    history.replaceState(null, '', '/');
  }
  await client.getTokenSilently().then(() => { document.querySelector('button').textContent = 'Log out' },
    (error) => console.log('no token: ' + error.message));
})();
</script>`

// TestReproduceByPlainHTTP: an app that was built with http://localhost:PORT meets its tenant there.
func TestReproduceByPlainHTTP(t *testing.T) {
	t.Parallel()
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	sdk, err := os.ReadFile(filepath.FromSlash("../../../web/node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js"))
	if err != nil {
		t.Skip(err)
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sdk.js" {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write(sdk)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(pageByHTTP))
	}))
	defer app.Close()
	address := strings.Replace(app.URL, "127.0.0.1", "localhost", 1) + "/"
	var out, said bytes.Buffer
	code := Run(context.Background(), []string{"reproduce", "session-idle-expired", "--app", address, "--domain", "http://localhost:4480",
		"--evidence", t.TempDir()},
		Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}, Stdio{strings.NewReader(""), &out, &said})
	if code != 0 || !strings.Contains(out.String(), "session_idle_expired") {
		t.Errorf("exit code %d, and it said %s\n%s", code, said.String(), out.String())
	}
}

// TestFaultsOfTLSNeedIt: what a tenant by plain http cannot do is refused before anything starts.
func TestFaultsOfTLSNeedIt(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"reproduce", "tls-fails", "--app", "http://localhost:1/", "--domain", "http://localhost:4480"},
		{"serve", "--scenario", "tls-fails", "--http", "--listen", "127.0.0.1:0"},
	} {
		var out, said bytes.Buffer
		args = append(args, "--data-dir", t.TempDir())
		code := Run(t.Context(), args, Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"},
			Stdio{strings.NewReader(""), &out, &said})
		if code != exitRefused || !strings.Contains(said.String(), "the scenario tls-fails is a failure of the TLS handshake") {
			t.Errorf("%v: exit code %d, and it said %s", args, code, said.String())
		}
	}
}
