package directory

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	u := &tenant.User{Email: "ada.lovelace@example.test", GivenName: "Ada", Nickname: "al"}
	policy := func(strength string) tenant.PasswordPolicy { return tenant.PasswordPolicy{Strength: strength} }
	for _, tc := range []struct {
		name     string
		policy   tenant.PasswordPolicy
		password string
		want     string // name of the error and the codes of the rules that are not met; "": it will do
	}{
		{"none", policy("none"), "x", ""},
		{"none, empty", policy("none"), "", "PasswordStrengthError lengthAtLeast"},
		{"low", policy("low"), "aaaaaa", ""},
		{"low, too short", policy("low"), "aaaaa", "PasswordStrengthError lengthAtLeast"},
		{"length counts characters", policy("low"), "äöüäöü", ""},
		{"fair", policy("fair"), "Abcdefg1", ""},
		{"fair, no number", policy("fair"), "Abcdefgh", "PasswordStrengthError shouldContain"},
		{"fair, special characters are no help", policy("fair"), "abcdef1!", "PasswordStrengthError shouldContain"},
		{"good, three kinds", policy("good"), "abcdef1!", ""},
		{"good, two kinds", policy("good"), "abcdefg1", "PasswordStrengthError containsAtLeast"},
		{"good allows three in a row", policy("good"), "Aaaabcd1", ""},
		{"excellent", policy("excellent"), "Aabbccdd11", ""},
		{"excellent, three in a row", policy("excellent"), "Aabbbccdd1", "PasswordStrengthError identicalChars"},
		{"excellent, nothing is met", policy("excellent"), "aaa", "PasswordStrengthError lengthAtLeast containsAtLeast identicalChars"},
		{"a length of its own, shorter", tenant.PasswordPolicy{Strength: "excellent", MinLength: 4}, "Abc1", ""},
		{"a length of its own, longer", tenant.PasswordPolicy{Strength: "none", MinLength: 4}, "abc", "PasswordStrengthError lengthAtLeast"},
		{"72 bytes", policy("none"), strings.Repeat("a", 72), ""},
		{"73 bytes", policy("none"), strings.Repeat("a", 73), "PasswordStrengthError"},
		{"personal", tenant.PasswordPolicy{Strength: "none", NoPersonalInfo: true}, "xADA.LOVELACEx", "PasswordNoUserInfoError"},
		{"personal, a name", tenant.PasswordPolicy{Strength: "none", NoPersonalInfo: true}, "1ada1", "PasswordNoUserInfoError"},
		{"two letters are not personal", tenant.PasswordPolicy{Strength: "none", NoPersonalInfo: true}, "royal", ""},
		{"common", tenant.PasswordPolicy{Strength: "none", NoCommon: true}, "PassWord", "PasswordDictionaryError"},
		{"common here", tenant.PasswordPolicy{Strength: "none", NoCommon: true, Dictionary: []string{"Acme"}}, "acme", "PasswordDictionaryError"},
		{"common, not asked", policy("none"), "password", ""},
	} {
		got := ""
		if w := CheckPassword(&tenant.Connection{Passwords: tc.policy}, u, tc.password); w != nil {
			got = w.Name
			if w.Report != nil {
				for _, r := range w.Report.Rules {
					if !r.Verified {
						got += " " + r.Code
					}
				}
			}
		}
		if got != tc.want {
			t.Errorf("%s: %q gives %q, want %q", tc.name, tc.password, got, tc.want)
		}
	}
}
