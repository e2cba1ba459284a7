package grant_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// FuzzToken: whatever the body, the token endpoint answers JSON with a documented status, never panics and gives tokens
// to nobody who has no code, no refresh token and no secret.
func FuzzToken(f *testing.F) {
	s, err := mockauth0.New(mockauth0.Options{Tenant: tenant.Minimal(), Keys: tenanttest.Keys()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	const formType, jsonType = "application/x-www-form-urlencoded", "application/json"
	id := s.Snapshot().Clients[0].ClientID
	for _, seed := range [][2]string{
		{formType, ""}, {jsonType, ""}, {"", "grant_type=password"}, {jsonType + "; charset=utf-8", `{"grant_type":"refresh_token","client_id":"` + id + `","refresh_token":"x"}`},
		{formType, "grant_type=authorization_code&client_id=" + id + "&code=x&code_verifier=y"}, {formType, "grant_type=client_credentials&client_id=" + id},
		{formType, "grant_type=refresh_token&client_id=" + id + "&refresh_token=" + strings.Repeat("A", 52)}, {formType, "grant_type=a&grant_type=b"}, {formType, "%"}, {formType, "a;b"},
		{jsonType, "null"}, {jsonType, "[]"}, {jsonType, `{"grant_type":{}}`}, {jsonType, `{"grant_type":1e999}`}, {jsonType, strings.Repeat("[", 20000)}, {jsonType, `{"code":"\ud800"}`},
		{formType, "grant_type=password&client_assertion=a.b.c&client_assertion_type=urn"}, {"multipart/form-data; boundary=x", "--x\r\n"}, {"application/json;=", "{}"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequest(http.MethodPost, s.URL()+"/oauth/token", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if !slices.Contains([]int{400, 401, 403, 413}, w.Code) {
			t.Errorf("%q %q: status %d", contentType, body, w.Code)
		}
		var answer struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Error == "" || answer.Description == "" ||
			w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%q %q: %s %v", contentType, body, w.Body, w.Header())
		}
	})
}
