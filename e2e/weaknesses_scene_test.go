package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/tenant"
)

// ---- settings ------------------------------------------------------------------------------------------------------

func skewed(d time.Duration) browser.WorldOptions { return browser.WorldOptions{ClockSkew: d} }

func idTokensLive(d time.Duration) func(*tenant.Config) {
	return func(t *tenant.Config) { t.ClientByID(clientID).IDTokenLifetime = d }
}

// forgedName puts another name into the ID tokens of silent answers and leaves the signature as it was.
func forgedName(name string) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("prompt") != "none" {
				inner.ServeHTTP(w, r)
				return
			}
			inner.ServeHTTP(&forger{w, name}, r)
		})
	}
}

type forger struct {
	http.ResponseWriter
	name string
}

func (f *forger) WriteHeader(status int) {
	if u, err := url.Parse(f.Header().Get("Location")); err == nil {
		if answer, err := url.ParseQuery(u.EscapedFragment()); err == nil && answer.Has("id_token") {
			answer.Set("id_token", f.forge(answer.Get("id_token")))
			u.Fragment = ""
			f.Header().Set("Location", u.String()+"#"+answer.Encode())
		}
	}
	f.ResponseWriter.WriteHeader(status)
}

func (f *forger) forge(token string) string {
	parts := strings.Split(token, ".")
	var claims map[string]any
	if text, err := base64.RawURLEncoding.DecodeString(parts[1]); err != nil || json.Unmarshal(text, &claims) != nil {
		return token
	}
	claims["name"] = f.name
	text, err := json.Marshal(claims)
	if err != nil {
		return token
	}
	parts[1] = base64.RawURLEncoding.EncodeToString(text)
	return strings.Join(parts, ".")
}

// ---- observations --------------------------------------------------------------------------------------------------

// sessionShown is what the page says of the session: "signed in as Ada Lovelace", "signed out", "expired", "broken".
func (s *Scene) sessionShown() string {
	GinkgoHelper()
	var state string
	// The page draws four times a second; this draws now.
	Expect(s.App.Page.Eval(`(page.refresh(), document.body.dataset.state)`, &state)).To(Succeed())
	if state != "signed-in" {
		return strings.ReplaceAll(state, "-", " ")
	}
	user, err := s.App.User()
	Expect(err).NotTo(HaveOccurred())
	return "signed in as " + user
}

// renewed is what the page's log tells: "; 1 renewed, 1 failed: timeout".
func (s *Scene) renewed() string {
	GinkgoHelper()
	n, err := s.App.Renewals()
	Expect(err).NotTo(HaveOccurred())
	failures := s.failures()
	text := fmt.Sprintf("; %d renewed, %d failed", n, len(failures))
	if len(failures) > 0 {
		text += ": " + strings.Join(failures, ", ")
	}
	return text
}

// failures are the errors in the page's log, as "invalid_token (Expired token.)".
func (s *Scene) failures() (out []string) {
	GinkgoHelper()
	lines, err := s.App.Log()
	Expect(err).NotTo(HaveOccurred())
	for _, line := range lines {
		if _, what, ok := strings.Cut(line, " failed: "); ok {
			out = append(out, what)
		}
	}
	return out
}

// tokens is what the app keeps of a session.
func (s *Scene) tokens() string {
	GinkgoHelper()
	all, err := s.App.Page.Storage()
	Expect(err).NotTo(HaveOccurred())
	prefix := ""
	if s.Of == hardened {
		prefix = "hardened."
	}
	var out []string
	for _, key := range []string{"access_token", "id_token", "expires_at"} {
		if value, ok := all[prefix+key]; ok {
			out = append(out, fmt.Sprintf("%s=%q", key, value))
		}
	}
	if len(out) == 0 {
		return "nothing stored"
	}
	return strings.Join(out, " ")
}

// received are the messages that arrived and have a member of this name.
func (s *Scene) received(member string) (out []browser.Message) {
	for _, m := range s.Messages() {
		var content map[string]any
		if m.Delivered && json.Unmarshal(m.Data, &content) == nil && content[member] != nil {
			out = append(out, m)
		}
	}
	return out
}

// afterLogOut logs out in a tab, lets ten lives of a token pass, and tells what the tenant heard since and what the
// first tab then shows.
func (s *Scene) afterLogOut(tab *pages.App) string {
	GinkgoHelper()
	Expect(tab.LogOut()).To(Succeed())
	before := s.SilentRequests()
	s.Pass(10*tokenLife + minute)
	return fmt.Sprintf("%d requests in ten token lives after logout; %s", s.SilentRequests()-before, s.sessionShown())
}

// slowRenewals makes the tenant take its time, by its own clock, for each silent request.
func (s *Scene) slowRenewals(d time.Duration) {
	GinkgoHelper()
	_, err := s.Tenant.Arm(fault.Fault{When: fault.Match{Prompt: "none"}, Do: fault.Effect{Latency: fault.Duration(d)}})
	Expect(err).NotTo(HaveOccurred())
}

// count is "1 key", "2 keys".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
