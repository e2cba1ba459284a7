package reconstruct

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/recording"
)

// exchanged is an entry of a HAR.
func exchanged(at, address string, status int, location, body string) map[string]any {
	content := map[string]any{"size": len(body), "mimeType": "text/html"}
	if body != "" {
		content["text"] = body
	}
	headers := []any{}
	if location != "" {
		headers = append(headers, map[string]any{"name": "Location", "value": location})
	}
	dest := "document"
	if strings.Contains(address, "prompt=none") {
		dest = "iframe"
	}
	return map[string]any{"startedDateTime": "2026-11-20T" + at + "Z", "time": 50,
		"request": map[string]any{
			"method": "GET", "url": address, "headers": []any{map[string]any{"name": "Sec-Fetch-Dest", "value": dest}}, "cookies": []any{},
		},
		"response": map[string]any{"status": status, "headers": headers, "cookies": []any{}, "content": content, "redirectURL": location}}
}

// hosted is an error page as Auth0 shows it, without the part that names the code.
func hosted(words string) string {
	return "<!doctype html><html><head><style>.a{}</style><script>var registered = 'origin'</script></head><body><h3>Acme</h3><h3>Oops!, " +
		"something went wrong</h3><p>" + words + "</p></body></html>"
}

// An error page in the frame is known by its words, or by its status where a recorder kept none of them.
func TestAnErrorPageInTheFrameIsTold(t *testing.T) {
	const (
		// Chrome's own page, shown in its place
		refused = "<html><title>acme.eu.auth0.com</title><body>acme.eu.auth0.com refused to connect.</body></html>"
		ask     = "https://acme.eu.auth0.com/authorize?client_id=AcmeSpa&response_type=code" +
			"&redirect_uri=https%3A%2F%2Fapp.acme.example%2Fcb&state=c3RhdGU%3D&prompt=none"
		framed = ask + "&response_mode=web_message"
	)
	login := []map[string]any{
		exchanged("08:00:00.000", strings.Replace(ask, "&prompt=none", "", 1), 302, "/u/login?state=hKFo2SAxyz", ""),
		exchanged("08:00:09.000", "https://acme.eu.auth0.com/authorize/resume?state=hKFo2SAxyz", 302,
			"https://app.acme.example/cb?code=ThisIsTheCode01&state=c3RhdGU%3D", ""),
	}
	renewed := exchanged("08:05:00.000", framed, 200, "", `<html><script>var targetOrigin = "https://app.acme.example"; var authorizationResponse = {type: "authorization_response", response: {"code":"ThisIsTheCode02","state":"c3RhdGU="}}</script></html>`)
	for _, tc := range []struct {
		name    string
		before  []map[string]any
		address string
		status  int
		page    string
		want    []string
	}{
		{"the page's words", login, framed, 400, hosted("<b>invalid_request</b>: The specified redirect_uri 'https://app.acme.example/cb' does not have a registered origin."), []string{"web_origin_missing certain"}},
		{"shorter words", login, framed, 400, "<html>The specified redirect_uri does not have a registered origin.</html>", []string{"web_origin_missing certain"}},
		{"words over several elements", nil, framed, 400, hosted("The specified redirect_uri <code>&#39;https://app.acme.example/cb&#39;</code>\n does not have a\n registered origin."), []string{"web_origin_missing certain"}},
		{"a callback", nil, framed, 403, hosted("Callback URL mismatch.</p><p>The provided redirect_uri is not in the list of allowed callback URLs."), []string{"callback_mismatch certain"}},
		{"a callback in other words", nil, framed, 403, hosted("The provided redirect_uri is not in the list of allowed callback URLs."), []string{"callback_mismatch certain"}},
		{"a client", nil, framed, 400, hosted("Unknown client: AcmeSpa"), []string{"client_unknown certain"}},
		{"a user", nil, framed, 500, hosted("Unable to construct sso user."), []string{"user_deleted certain"}},
		{"no words", nil, framed, 400, "", []string{"web_origin_missing likely", "callback_mismatch possible", "error_page_in_frame possible"}},
		{"the browser's words", nil, framed, 400, refused, []string{"web_origin_missing likely", "callback_mismatch possible", "error_page_in_frame possible"}},
		{"no words, the callback is good", login, framed, 400, "", []string{"web_origin_missing likely", "error_page_in_frame possible"}},
		{"no words, the origin is good", append(slices.Clone(login), renewed), framed, 400, "", []string{"error_page_in_frame likely"}},
		{"no words, no message", nil, ask, 400, "", []string{"error_page_in_frame likely", "callback_mismatch possible"}},
		{"no words, 403", nil, framed, 403, "", []string{"callback_mismatch likely", "error_page_in_frame possible"}},
		{"no words, 403, the callback is good", login, framed, 403, "", []string{"error_page_in_frame likely"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, err := json.Marshal(map[string]any{"log": map[string]any{
				"version": "1.2", "entries": append(slices.Clone(tc.before), exchanged("08:10:00.000", tc.address, tc.status, "", tc.page)),
			}})
			if err != nil {
				t.Fatal(err)
			}
			rec, err := har.Read(strings.NewReader(string(text)), recording.NewRedactor(), har.Options{})
			if err != nil {
				t.Fatal(err)
			}
			a, err := Analyse(rec, "it", stock(t))
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Failures) != 1 {
				t.Fatalf("failures: %q", first(a))
			}
			var got []string
			for _, c := range a.Failures[0].Diagnosis.Causes {
				got = append(got, string(c.Code)+" "+string(c.Confidence))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("causes %q, want %q (%s)", got, tc.want, a.Failures[0].Outcome)
			}
			if a.Failures[0].Diagnosis.Causes[0].Code == diagnosis.ErrorPageInFrame {
				if file := string(a.Files[len(a.Files)-1].Text); !strings.Contains(file, fmt.Sprintf("status: %d", tc.status)) {
					t.Errorf("the scenario does not answer as it was seen:\n%s", file)
				}
			}
			if a.Failures[0].Diagnosis.Causes[0].Code == diagnosis.WebOriginMissing {
				if a.Failures[0].Scenario != "imported-web-origin-missing" {
					t.Errorf("scenario %q", a.Failures[0].Scenario)
				}
				if origins := a.Tenant.Clients[0].Origins; len(origins) != 0 {
					t.Errorf("the tenant lists %q", origins)
				}
			}
		})
	}
}
