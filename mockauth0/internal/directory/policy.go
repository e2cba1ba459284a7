package directory

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"renewal.example/mockauth0/tenant"
)

// Weakness is why a password is refused, as the sign-up endpoint says it (fact 5-signup-weak-password).
type Weakness struct {
	Name    string // PasswordStrengthError, …
	Message string
	Report  *Report // of PasswordStrengthError: what was asked, and what was met; nil for the others
	Policy  string  // the rules in words, for people
}

// Report is the description of a PasswordStrengthError.
type Report struct {
	Rules    []Rule `json:"rules"`
	Verified bool   `json:"verified"`
}

// Rule is one rule of a policy. Message is in printf's form, Format its values.
type Rule struct {
	Message  string `json:"message"`
	Format   []any  `json:"format,omitempty"`
	Code     string `json:"code"`
	Items    []Rule `json:"items,omitempty"`
	Verified bool   `json:"verified"`
}

// maxBytes is the longest password that Auth0 keeps (bcrypt).
const maxBytes = 72

// CheckPassword judges a new password by the database's policy; nil: it will do. u is who will have it: as far as known.
func CheckPassword(c *tenant.Connection, u *tenant.User, password string) *Weakness {
	rules := rulesOf(c.Passwords, password)
	if slices.ContainsFunc(rules, func(r Rule) bool { return !r.Verified }) {
		return &Weakness{Name: "PasswordStrengthError", Message: "Password is too weak", Report: &Report{Rules: rules}, Policy: inWords(rules)}
	}
	switch {
	case len(password) > maxBytes:
		return &Weakness{Name: "PasswordStrengthError", Message: fmt.Sprintf("Password is too long: %d bytes at most", maxBytes)}
	case c.Passwords.NoPersonalInfo && personal(u, password):
		return &Weakness{Name: "PasswordNoUserInfoError", Message: "Password contains user information"}
	case c.Passwords.NoCommon && common(c.Passwords.Dictionary, password):
		return &Weakness{Name: "PasswordDictionaryError", Message: "Password is too common"}
	}
	return nil
}

// Described is a rule for people.
type Described struct {
	Text  string
	Items []string
}

// Describe gives the rules of a database's policy, for the pages on which a password is chosen.
func Describe(c *tenant.Connection) []Described {
	var out []Described
	for _, r := range rulesOf(c.Passwords, "") {
		one := Described{Text: fmt.Sprintf(r.Message, r.Format...)}
		for _, i := range r.Items {
			one.Items = append(one.Items, i.Message)
		}
		out = append(out, one)
	}
	return out
}

// rulesOf are the rules of Auth0's five strengths (https://auth0.com/docs/authenticate/database-connections/password-strength).
func rulesOf(p tenant.PasswordPolicy, password string) []Rule {
	least := map[string]int{"none": 1, "low": 6, "fair": 8, "good": 8, "excellent": 10}[p.Strength]
	if p.MinLength > 0 {
		least = p.MinLength
	}
	rules := []Rule{{
		Message: "At least %d characters in length", Format: []any{least}, Code: "lengthAtLeast",
		Verified: utf8.RuneCountInString(password) >= least,
	}}
	kinds := kindsOf(password)
	met := 0
	for _, k := range kinds {
		if k.Verified {
			met++
		}
	}
	switch p.Strength {
	case "fair":
		kinds = kinds[:3]
		rules = append(rules, Rule{
			Message: "Should contain:", Code: "shouldContain", Items: kinds,
			Verified: !slices.ContainsFunc(kinds, func(r Rule) bool { return !r.Verified }),
		})
	case "good", "excellent":
		rules = append(rules, Rule{
			Message: "Contain at least %d of the following %d types of characters:", Format: []any{3, 4}, Code: "containsAtLeast", Items: kinds,
			Verified: met >= 3,
		})
	}
	if p.Strength == "excellent" {
		rules = append(rules, Rule{
			Message: `No more than %d identical characters in a row (e.g., "%s" not allowed)`, Format: []any{2, "aaa"}, Code: "identicalChars",
			Verified: !thrice(password),
		})
	}
	return rules
}

func kindsOf(password string) []Rule {
	has := func(set func(rune) bool) bool { return strings.ContainsFunc(password, set) }
	between := func(from, to rune) func(rune) bool { return func(r rune) bool { return r >= from && r <= to } }
	return []Rule{
		{Message: "lower case letters (a-z)", Code: "lowerCase", Verified: has(between('a', 'z'))},
		{Message: "upper case letters (A-Z)", Code: "upperCase", Verified: has(between('A', 'Z'))},
		{Message: "numbers (i.e. 0-9)", Code: "numbers", Verified: has(between('0', '9'))},
		{Message: "special characters (e.g. !@#$%^&*)", Code: "specialCharacters", Verified: strings.ContainsAny(password, ` !"#$%&'()*+,-./:;<=>?@[\]^_{|}~`+"`")},
	}
}

// thrice tells whether a character stands three times in a row.
func thrice(s string) bool {
	var last rune
	n := 0
	for _, r := range s {
		if n++; r != last {
			last, n = r, 1
		}
		if n == 3 {
			return true
		}
	}
	return false
}

// inWords writes rules as Auth0's `policy` member does.
func inWords(rules []Rule) string {
	var lines []string
	for _, r := range rules {
		lines = append(lines, "* "+fmt.Sprintf(r.Message, r.Format...))
		for _, i := range r.Items {
			lines = append(lines, " * "+i.Message)
		}
	}
	return strings.Join(lines, "\n")
}

// personal tells whether a text holds a name of the user, or the local part of the address.
func personal(u *tenant.User, text string) bool {
	local, _, _ := strings.Cut(u.Email, "@")
	text = strings.ToLower(text)
	for _, info := range []string{u.Name, u.Username, u.Nickname, u.GivenName, u.FamilyName, local} {
		if len(info) >= 3 && strings.Contains(text, strings.ToLower(info)) {
			return true
		}
	}
	return false
}

// common tells whether a text is in a list. Auth0's own has ten thousand entries; the worst of them are enough for a mock,
// and `dictionary` adds what a test needs.
func common(words []string, text string) bool {
	worst := []string{
		"123456", "12345678", "123456789", "password", "password1", "passw0rd", "qwerty", "qwerty123", "abc123", "111111", "letmein", "iloveyou",
		"admin", "welcome", "monkey", "dragon",
	}
	return slices.ContainsFunc(slices.Concat(words, worst), func(w string) bool { return strings.EqualFold(w, text) })
}
