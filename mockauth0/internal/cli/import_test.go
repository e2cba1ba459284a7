package cli

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/reconstruct"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// imported is a HAR, the tenant that was made of it, running, and its scenarios.
type imported struct {
	server    *mockauth0.Server
	rec       *recording.Recording
	scenarios map[string]*scenario.Scenario
	failures  []*reconstruct.Failed
}

func importHAR(t *testing.T, name string) *imported {
	t.Helper()
	in, err := os.Open(filepath.Join("../har/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rec, err := har.Read(in, recording.NewRedactor(), har.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stock, err := scenarioStock()
	if err != nil {
		t.Fatal(err)
	}
	found, err := reconstruct.Analyse(rec, name, stock)
	if err != nil {
		t.Fatal(err)
	}
	directory, files := fstest.MapFS{}, fstest.MapFS{}
	for _, f := range found.Files {
		if id, ok := strings.CutPrefix(f.Name, "scenarios/"); ok {
			files[id] = &fstest.MapFile{Data: f.Text}
		} else {
			directory[f.Name] = &fstest.MapFile{Data: f.Text}
		}
	}
	out := &imported{rec: rec, failures: found.Failures, scenarios: map[string]*scenario.Scenario{}}
	all, err := scenario.Source{Files: files, Base: stock.Base}.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		out.scenarios[s.ID] = s
	}
	loaded, err := tenant.Load(directory, "imported", tenant.LoadOptions{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if out.server, err = mockauth0.New(mockauth0.Options{Tenant: loaded}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.server.Close() })
	return out
}

// TestTheReplicaAnswersAsTheTenantDid: what a recorded request was answered, the same request is answered by the tenant that
// was made of the recording, with the faults of the failure's scenario.
func TestTheReplicaAnswersAsTheTenantDid(t *testing.T) {
	for _, tc := range []struct {
		har, failure string // the place of the failure
		want         []string
	}{
		{"chrome-cookies-blocked.har", "entry 6", []string{"200", `"error":"login_required"`, `"error_description":"Login required"`, `targetOrigin="https://app.acme.example"`}},
		{"chrome-sanitized-web-origin.har", "entry 2", []string{"400", "invalid_request", "The specified redirect_uri", "does not have a registered origin."}},
		{"playwright-custom-domain.har", "entry 3", []string{"302", "https://app.acme.example/silent.html#error=consent_required&error_description=Consent%20required&state="}},
	} {
		t.Run(tc.har, func(t *testing.T) {
			in := importHAR(t, tc.har)
			for _, f := range in.failures {
				if f.Place == tc.failure {
					for _, one := range in.scenarios[f.Scenario].Faults {
						if _, err := in.server.Arm(one); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			said := in.ask(t, tc.failure)
			for _, want := range tc.want {
				if !strings.Contains(said, want) {
					t.Errorf("the answer has no %s:\n%s", want, said)
				}
			}
		})
	}
}

// TestTheReplicaLogsItsPeopleIn: the app's client, callback, API and a person of the recording work together.
func TestTheReplicaLogsItsPeopleIn(t *testing.T) {
	in := importHAR(t, "chrome-cookies-blocked.har")
	token, err := in.server.MintToken(mockauth0.TokenRequest{
		Client: "AcmeSpaClient0000000000000000001", User: "auth0|person-1", Audience: "https://api.acme.example/", Scope: "openid",
	})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token.AccessToken, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Exp, Iat int64 }
	if err := json.Unmarshal(payload, &claims); err != nil || claims.Exp-claims.Iat != 7200 {
		t.Errorf("%v: tokens live %d s, and lived 7200 s in the recording", err, claims.Exp-claims.Iat)
	}
}

// ask sends the request of a place of the recording again, and gives status, header and body of the answer.
func (in *imported) ask(t *testing.T, place string) string {
	t.Helper()
	var e *recording.Exchange
	for _, one := range in.rec.Exchanges {
		if strings.Replace(in.rec.Place(one), "-", " ", 1) == place {
			e = one
		}
	}
	if e == nil {
		t.Fatalf("%s is not there", place)
	}
	params := url.Values{}
	for name, value := range e.Request.Params {
		params.Set(name, value)
	}
	method, address, body := e.Method, in.server.URL()+e.Path+"?"+params.Encode(), io.Reader(nil)
	if method == http.MethodPost {
		address, body = in.server.URL()+e.Path, strings.NewReader(params.Encode())
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", e.Request.Origin)
	}
	client := *in.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var head strings.Builder
	if err := response.Header.Write(&head); err != nil {
		t.Fatal(err)
	}
	return response.Status + "\n" + head.String() + string(text)
}
