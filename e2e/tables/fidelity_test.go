package tables

import (
	"strings"
	"testing"
)

func TestFidelity(t *testing.T) {
	const sections = `
sections:
  "4": {title: Tokens, sources: [https://www.example.test/tokens]}
  "1.2": {title: Errors, sources: [https://example.test/a, auth0/auth0.js#520]}
later: {mfa: "The MFA API."}
`
	const facts = `
facts:
  - {id: 4-form, fact: "A form. <b> and client_id", tag: ~, scope: in, tests: [x]}
  - {id: 4-mfa, fact: Never shown, tag: D, scope: later, reason: mfa}
  - {id: 1.2-page, fact: "400 ` + "`a|b_c`" + `", tag: M/C, source: auth0/lock#1672, scope: in, tests: [x]}
`
	got, err := Fidelity([]byte(sections + strings.ReplaceAll(facts, "tag: ~", `tag: "~"`)))
	const head = "| id | what Auth0 does | how sure |\n|---|---|---|\n"
	want := "\nThe tenant keeps to 2 facts, 1 of which are assumptions. 1 more are known and not served.\n" +
		"\n## 1.2 Errors\n\nSources: [example.test/a](https://example.test/a) · " +
		"[auth0/auth0.js#520](https://github.com/auth0/auth0.js/issues/520)\n\n" + head +
		"| 1.2-page | 400 `a\\|b_c` | measured, quoted: [auth0/lock#1672](https://github.com/auth0/lock/issues/1672) |\n" +
		"\n## 4 Tokens\n\nSources: [example.test/tokens](https://www.example.test/tokens)\n\n" + head +
		"| 4-form | A form. &lt;b> and client\\_id | assumed |\n" +
		"\n## What is not served\n\nThe tenant answers 501 and names what is missing, leaves it out of discovery, or writes a warning to its " +
		"log.\n\n- The " +
		"MFA API. (4-mfa)\n\n"
	if err != nil || got != want {
		t.Errorf("error %v\n%s\nwant\n%s", err, got, want)
	}
	if _, err := Fidelity([]byte("facts: [{id: 9-a, fact: x, tag: M, scope: in}]")); err == nil ||
		!strings.Contains(err.Error(), "no section 9") {
		t.Errorf("a fact without a section: %v", err)
	}
}
