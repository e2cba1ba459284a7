package tenant

import (
	"slices"
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

// defaultAttempts is after how many wrong passwords Auth0 blocks a user who has no figure set.
const defaultAttempts = 10

// bruteForceShields are what brute-force protection can do; one that is misspelt would leave people unprotected, unnoticed.
const bruteForceShields = `block user_notification`

// readAttackProtection reads brute-force protection, the one of Auth0's protections that needs no knowledge of the world.
func readAttackProtection(o *strict.Object, into *int) {
	if brute := o.Child("bruteForceProtection"); brute != nil {
		on, attempts, shields := true, defaultAttempts, []string{"block"}
		brute.Flag("enabled", &on)
		brute.Number("max_attempts", &attempts)
		brute.Texts("shields", &shields)
		if n := brute.Get("max_attempts"); n != nil && n.Kind == strict.KindInteger && (attempts < 1 || attempts > 100) {
			brute.Wrong(n, "max_attempts", "1 to 100")
		}
		for i, shield := range shields {
			among(brute, "shields["+strconv.Itoa(i)+"]", shield, bruteForceShields)
		}
		brute.Finish("bruteForceProtection", "allowlist mode", false)
		if *into = 0; on && slices.Contains(shields, "block") {
			*into = attempts
		}
	}
	o.Finish("attackProtection", "breachedPasswordDetection suspiciousIpThrottling botDetection captcha", false)
}
