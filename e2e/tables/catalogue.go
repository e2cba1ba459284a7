package tables

import (
	"fmt"
	"slices"
	"strings"

	"renewal.example/mockauth0/scenario"
)

// causes groups the scenarios: by what is wrong, with the codes of the diagnoses that name it.
var causes = [...]struct {
	title string
	codes []string
}{
	{"Cookies and the browser", []string{"third_party_cookies_blocked", "no_session", "session_cookie_not_set", "session_cookie_invalid",
		"cross_origin_isolated", "app_clock_wrong"}},
	{"The session at the tenant", []string{"session_idle_expired", "session_absolute_expired", "session_ended", "session_lost",
		"session_other_connection", "session_too_old", "another_users_session", "dev_keys"}},
	{"Settings of the application and the tenant", []string{"web_origin_missing", "callback_mismatch", "audience_unknown", "client_unknown",
		"client_secret_demanded", "grant_type_disabled", "connection_unusable", "request_invalid"}},
	{"What the tenant demands of the user", []string{"mfa_demanded", "consent_missing", "consent_withdrawn", "confirmation_needed",
		"user_blocked", "user_deleted", "action_denied", "action_redirects", "organization_refused"}},
	{"Refresh tokens and codes", []string{"refresh_token_expired", "refresh_token_missing", "refresh_token_reused", "refresh_token_revoked",
		"refresh_token_unknown", "answer_lost", "code_expired", "code_refused"}},
	{"The network and the tenant's servers", []string{"request_never_came", "connection_cut", "tls_failed", "server_error", "rate_limited",
		"answer_late", "answer_unusable", "cors_missing"}},
	{"The hidden frame and its messages", []string{"framing_refused", "error_page_in_frame", "message_never_posted", "message_posted_twice",
		"foreign_message", "target_origin_wrong", "response_mode_wrong", "state_wrong"}},
	{"Tokens and keys", []string{"signature_wrong", "key_unknown", "jwks_broken", "hs256_id_token", "issuer_wrong", "audience_wrong",
		"nonce_wrong", "at_hash_wrong", "subject_wrong", "organization_wrong", "claims_missing", "token_unusable",
		"token_expired_on_arrival", "token_from_the_future"}},
	{"The app itself", []string{"app_rejected_the_answer", "renewal_after_logout", "renewal_storm", "lifetime_overflows_timer", "two_sdks"}},
}

// Catalogue writes one table of scenarios for each group of causes.
func Catalogue(all []*scenario.Scenario) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d scenarios, played with %d combinations of scenario and SDK.\n", len(all), combinations(all))
	grouped := 0
	for _, cause := range causes {
		rows := 0
		for _, s := range all {
			if !slices.Contains(cause.codes, s.Diagnosis) {
				continue
			}
			if rows++; rows == 1 {
				fmt.Fprintf(&b, "\n### %s\n\n| scenario | what is wrong | what the SDKs report | diagnosis |\n|---|---|---|---|\n", cause.title)
			}
			fmt.Fprintf(&b, "| [%s](%s.yaml) | %s | %s | `%s` |\n", s.ID, s.ID, cell(s.Title), cell(reported(s)), s.Diagnosis)
		}
		grouped += rows
	}
	if grouped != len(all) {
		return "", fmt.Errorf("%d scenarios are in %d rows: put each diagnosis into one group of causes in e2e/tables/catalogue.go", len(all), grouped)
	}
	return b.String() + "\n", nil
}

func combinations(all []*scenario.Scenario) (n int) {
	for _, s := range all {
		n += len(s.SDKs())
	}
	return n
}

// cell keeps a text from ending its cell.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(text)
}

// reported sums up what the SDKs report: each outcome with those that report it.
func reported(s *scenario.Scenario) string {
	var outcomes []string
	by := map[string][]string{}
	for _, e := range s.Expect {
		outcome := outcomeOf(e)
		if by[outcome] == nil {
			outcomes = append(outcomes, outcome)
		}
		by[outcome] = append(by[outcome], e.SDKs...)
	}
	if len(outcomes) == 1 {
		return outcomes[0] + ": " + named(by[outcomes[0]])
	}
	for i, outcome := range outcomes {
		outcomes[i] = outcome + ": " + named(by[outcome])
	}
	return strings.Join(outcomes, "; ")
}

func outcomeOf(e scenario.Expectation) string {
	words := "a result that is no token"
	switch {
	case e.Error != "":
		words = "`" + e.Error + "`"
	case e.Renews:
		words = "renews"
	case e.Hangs:
		words = "hangs"
	}
	if e.After > 0 {
		words += fmt.Sprintf(" after %g s", e.After.Seconds())
	}
	return words
}

// named is a list of SDKs, those of one kind by the kind.
func named(sdks []string) string {
	kinds := []struct {
		name string
		sdks []string
	}{
		{"hidden frames", []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10", "spa-js-1", "spa-js-2", "react-2"}},
		{"auth0-spa-js and auth0-react with a frame", []string{"spa-js-1", "spa-js-2", "react-2"}},
		{"auth0.js", []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10"}},
		{"refresh tokens", []string{"spa-js-1-refresh", "spa-js-2-refresh", "react-2-refresh"}},
	}
	rest := slices.Clone(sdks)
	var words []string
	for _, kind := range kinds {
		has := func(sdk string) bool { return slices.Contains(rest, sdk) }
		if !slices.ContainsFunc(kind.sdks, func(sdk string) bool { return !has(sdk) }) {
			words = append(words, kind.name)
			rest = slices.DeleteFunc(rest, func(sdk string) bool { return slices.Contains(kind.sdks, sdk) })
		}
	}
	return strings.Join(append(words, rest...), ", ")
}
