package tenant

import "strconv"

// guardian reads when Auth0 demands a second factor, as the deploy CLI exports it
// (https://auth0.com/docs/secure/multi-factor-authentication/enable-mfa). Which factor it is does not matter here: the
// mock's is a code by mail.
func (r *reading) guardian(s *Settings, top *object) {
	anyFactor, listed := r.factors(top)
	o := top.section("guardianPolicies", "tenant.guardianPolicies")
	if o == nil {
		return
	}
	var policies []string
	o.texts("policies", &policies)
	o.finish("guardianPolicies", "", false)
	for i, policy := range policies {
		o.among("policies["+strconv.Itoa(i)+"]", policy, mfaPolicies)
		switch policy {
		case "all-applications":
			s.MFAForAll = true
		case "confidence-score":
			o.found.warn(o.places[o.path+".policies["+strconv.Itoa(i)+"]"], "the policy confidence-score (adaptive MFA) asks nobody here; expected all-applications to have everybody asked")
		}
	}
	if s.MFAForAll && listed && !anyFactor {
		o.found.warn(r.at(o.node), "guardianPolicies demands a second factor and guardianFactors enables none; expected one, such as {name: email, enabled: true}")
	}
}

// factors tells whether guardianFactors enables one, and whether it is there at all.
func (r *reading) factors(top *object) (enabled, listed bool) {
	for i, n := range top.list("guardianFactors") {
		listed = true
		o := r.object(n, "tenant.guardianFactors["+strconv.Itoa(i)+"]", "an entry of guardianFactors")
		if o == nil {
			continue
		}
		var name string
		on := false
		o.required("name", "a factor", &name)
		o.flag("enabled", &on)
		o.finish("a factor", "trial_expired", false)
		enabled = enabled || on
	}
	return enabled, listed
}
