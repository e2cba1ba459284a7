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

// ownPage is an app as somebody might have it: another client id and API than the tutorial's, and it looks for a token when
// it is loaded.
const ownPage = `<!doctype html><title>Mine</title><link rel="icon" href="data:,"><script src="sdk.js"></script>
<button>Sign in</button>
<script>
(async () => {
  const client = await auth0.createAuth0Client({ domain: 'localhost:4443', clientId: 'MyOwnClient',
    authorizationParams: { redirect_uri: location.origin + '/', audience: 'https://mine.example/' } });
  document.querySelector('button').onclick = () => client.loginWithRedirect();
  if (location.search.includes('state=')) {
    await client.handleRedirectCallback();
    history.replaceState(null, '', '/');
  }
  await client.getTokenSilently().catch((error) => console.log('no token: ' + error.message));
})();
</script>`

func TestReproducePlaysAPersonsOwnApp(t *testing.T) {
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
		w.Write([]byte(ownPage))
	}))
	defer app.Close()
	var out, said bytes.Buffer
	code := Run(context.Background(), []string{"reproduce", "session-idle-expired", "--app", app.URL + "/", "--evidence", t.TempDir()},
		Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}, Stdio{strings.NewReader(""), &out, &said})
	if code != 0 || said.Len() > 0 {
		t.Errorf("exit code %d, and it said %s", code, said.String())
	}
	for _, part := range []string{
		"spec             reload", "no token: Login required",
		"→ The session ended because nobody used it for too long (session_idle_expired, certain)", "Screenshot ",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("without %q:\n%s", part, out.String())
		}
	}
}

func TestReproduceSaysThatNoAppAnswers(t *testing.T) {
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	var out, said bytes.Buffer
	code := Run(context.Background(), []string{"reproduce", "session-idle-expired", "--app", gone.URL + "/"},
		Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}, Stdio{strings.NewReader(""), &out, &said})
	if want := "no app answers at " + gone.URL + "/; start it first"; code != 1 || !strings.Contains(said.String(), want) {
		t.Errorf("exit code %d, and it said %s, want %s", code, said.String(), want)
	}
}
