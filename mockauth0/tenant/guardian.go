package tenant

import (
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

// guardian reads when Auth0 demands a second factor, as the deploy CLI exports it
// (https://auth0.com/docs/secure/multi-factor-authentication/enable-mfa). Which factor it is does not matter here: the
// mock's is a code by mail.
func (r *reading) guardian(s *Settings, top *strict.Object) {
	anyFactor, listed := r.factors(top)
	o := readSection(top, "guardianPolicies", "tenant.guardianPolicies")
	if o == nil {
		return
	}
	var policies []string
	o.Texts("policies", &policies)
	if o.Get("policies") != nil {
		s.MFAForAll = false
	}
	o.Finish("guardianPolicies", "", false)
	for i, policy := range policies {
		among(o, "policies["+strconv.Itoa(i)+"]", policy, mfaPolicies)
		switch policy {
		case "all-applications":
			s.MFAForAll = true
		case "confidence-score":
			o.Found.Warn(o.Places[o.Path+".policies["+strconv.Itoa(i)+"]"],
				"the policy confidence-score (adaptive MFA) asks nobody here; expected all-applications to have everybody asked")
		}
	}
	if s.MFAForAll && listed && !anyFactor {
		o.Found.Warn(r.At(o.Node),
			"guardianPolicies demands a second factor and guardianFactors enables none; expected one, such as {name: email, enabled: true}")
	}
}

// factors reports whether guardianFactors enables one, and whether it is there at all.
func (r *reading) factors(top *strict.Object) (enabled, listed bool) {
	for i, n := range top.List("guardianFactors") {
		listed = true
		o := r.Object(n, "tenant.guardianFactors["+strconv.Itoa(i)+"]", "an entry of guardianFactors")
		if o == nil {
			continue
		}
		var name string
		on := false
		o.Required("name", "a factor", &name)
		o.Flag("enabled", &on)
		o.Finish("a factor", "trial_expired", false)
		enabled = enabled || on
	}
	return enabled, listed
}
