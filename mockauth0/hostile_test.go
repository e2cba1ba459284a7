package mockauth0

// The hostile input that a tenant is held to, and where its cases are:
//
//	open redirects          TestHostileRedirects, TestHostileErrorPage, TestNoPageLeadsAway     hostile_redirect_test.go
//	script from input       TestHostileMarkup, TestHostileTenantData                            hostile_markup_test.go
//	header injection        TestHostileHeaders, TestForwardedHostsAreIgnored                    hostile_request_test.go
//	duplicated parameters   TestHostileDuplicates                                               hostile_request_test.go
//	oversized, not UTF-8    TestHostileBytes (and TestSizeLimits)                               hostile_request_test.go
//	forged JWTs             TestHostileJWTs                                                     hostile_jwt_test.go
//	replay                  TestHostileReplays (and TestACodeWorksOnce, TestRotation)           hostile_replay_test.go
//	PKCE downgrade          TestHostilePKCE (and TestACodeIsBound)                              hostile_replay_test.go
//	cross-origin logins     TestHostileCrossOrigin… (and the rows of the other tables)          hostile_crossorigin_test.go
//	timing                  TestHouseRules: secrets are compared in constant time               secrets_rule_test.go
//
// Each table says what an attacker sends; what must hold is said once, beside it.
