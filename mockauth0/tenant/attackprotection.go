package tenant

import (
	"slices"
	"strconv"
)

// defaultAttempts is after how many wrong passwords Auth0 blocks a user who has no figure set.
const defaultAttempts = 10

// bruteForceShields are what brute-force protection can do; one that is misspelt would leave people unprotected, unnoticed.
const bruteForceShields = `block user_notification`

// attackProtection reads brute-force protection, the one of Auth0's protections that needs no knowledge of the world.
func (o *object) attackProtection(into *int) {
	if brute := o.child("bruteForceProtection"); brute != nil {
		on, attempts, shields := true, defaultAttempts, []string{"block"}
		brute.flag("enabled", &on)
		brute.number("max_attempts", &attempts)
		brute.texts("shields", &shields)
		if n := brute.get("max_attempts"); n != nil && n.kind == kindInteger && (attempts < 1 || attempts > 100) {
			brute.wrong(n, "max_attempts", "1 to 100")
		}
		for i, shield := range shields {
			brute.among("shields["+strconv.Itoa(i)+"]", shield, bruteForceShields)
		}
		brute.finish("bruteForceProtection", "allowlist mode", false)
		if on && slices.Contains(shields, "block") {
			*into = attempts
		}
	}
	o.finish("attackProtection", "breachedPasswordDetection suspiciousIpThrottling botDetection captcha", false)
}
