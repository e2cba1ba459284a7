// Package hostile_test holds the tenant to the hostile input below. It is a room of its own because attackers do not
// care for subjects: each table goes to every endpoint that takes such input.
//
//	open redirects          TestHostileRedirects, TestHostileErrorPage, TestNoPageLeadsAway     redirect_test.go
//	script from input       TestHostileMarkup, TestHostileTenantData                            markup_test.go
//	header injection        TestHostileHeaders, TestForwardedHostsAreIgnored                    request_test.go
//	duplicated parameters   TestHostileDuplicates                                               request_test.go
//	oversized, not UTF-8    TestHostileBytes (and TestSizeLimits)                               request_test.go
//	forged JWTs             TestHostileJWTs                                                     jwt_test.go
//	replay                  TestHostileReplays (and TestACodeWorksOnce, TestRotation)           replay_test.go
//	PKCE downgrade          TestHostilePKCE (and TestACodeIsBound)                              replay_test.go
//	cross-origin logins     TestHostileCrossOrigin… (and the rows of the other tables)          crossorigin_test.go
//	timing                  TestTextIsComparedByEqualAlone                                      internal/secret
//
// Each table says what an attacker sends; what must hold is said once, beside it.
package hostile_test
