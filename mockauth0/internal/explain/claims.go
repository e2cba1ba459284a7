package explain

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
)

// verdict is what a library says of a claim.
type verdict int

const (
	wrong   verdict = iota // it is not the expected one
	missing                // it is not there
	over                   // its time has passed
	early                  // its time has not come
)

// claim is a part of a token that libraries check, with the names that they call it.
type claim struct {
	names  []string // words in a row
	causes map[verdict]answer
}

// said is one answer for a claim that is wrong, and one for a claim that is not there.
func said(what string, causes ...diagnosis.Code) map[verdict]answer {
	return map[verdict]answer{
		wrong:   {meaning: what, causes: causes},
		missing: {meaning: "The token lacks a claim that the library demands.", causes: codes{diagnosis.ClaimsMissing, diagnosis.TokenUnusable}},
	}
}

// The answers about a token's times.
var (
	tokenOver = answer{meaning: "The token has expired by the clock of whoever checks it.", causes: codes{diagnosis.TokenExpiredOnArrival,
		diagnosis.AppClockWrong}}
	tokenEarly = answer{meaning: "The token is not valid yet by the clock of whoever checks it.",
		causes: codes{diagnosis.TokenFromTheFuture, diagnosis.AppClockWrong}}
)

// claims are what libraries check, the most particular first: a text about nonce, aud and iss at once is about the nonce.
var claims = []claim{
	{[]string{"nonce"}, map[verdict]answer{
		wrong: {meaning: "The ID token's nonce is not the one that was sent.",
			causes: codes{diagnosis.NonceWrong, diagnosis.AppRejectedTheAnswer, diagnosis.TwoSDKs}},
		missing: {meaning: "The ID token has no nonce, or the page has none to compare it with.",
			causes: codes{diagnosis.NonceWrong, diagnosis.AppRejectedTheAnswer, diagnosis.ClaimsMissing}},
	}},
	{[]string{"at_hash"}, said("The ID token does not belong to the access token.", diagnosis.AtHashWrong)},
	{[]string{"auth_time", "max_age"}, map[verdict]answer{
		over:  {meaning: "The person's last login is longer ago than max_age allows.", causes: codes{diagnosis.SessionTooOld}},
		wrong: {meaning: "The person's last login is not as the app expects it.", causes: codes{diagnosis.SessionTooOld}},
		missing: {meaning: "The app asked with max_age, and the ID token does not say when the login was.",
			causes: codes{diagnosis.ClaimsMissing}},
	}},
	{[]string{"org_id", "org_name", "organization id", "organization name"},
		said("The token's organization is not the one that was asked for.", diagnosis.OrganizationWrong, diagnosis.OrganizationRefused)},
	{[]string{"azp", "authorized party"}, said("The token was issued to another application.", diagnosis.AudienceWrong)},
	{[]string{"aud", "audience", "audiences"}, map[verdict]answer{
		wrong: {meaning: "The token is for somebody else: another application, or another API.", causes: codes{diagnosis.AudienceWrong}},
		missing: {meaning: "The token does not name the audience that is demanded, or none.",
			causes: codes{diagnosis.AudienceWrong, diagnosis.ClaimsMissing}},
	}},
	{[]string{"iss", "issuer"}, said("The token is of another issuer than the one that is configured.", diagnosis.IssuerWrong,
		diagnosis.DiscoveryWrong)},
	{[]string{"exp", "expiration time", "expiration"}, map[verdict]answer{
		wrong: tokenOver, over: tokenOver, missing: said("", diagnosis.ClaimsMissing)[missing]}},
	{[]string{"iat", "nbf", "issued at", "not before"}, map[verdict]answer{
		wrong: tokenEarly, early: tokenEarly, over: tokenOver, missing: said("", diagnosis.ClaimsMissing)[missing]}},
	{[]string{"sub", "subject"}, said("The token is about somebody else.", diagnosis.SubjectWrong, diagnosis.AnotherUsersSession)},
	{[]string{"alg", "algorithm", "algorithms"}, said("The token is signed by an algorithm that the library does not accept.",
		diagnosis.HS256IDToken, diagnosis.SignatureWrong)},
	{[]string{"kid", "key id"}, map[verdict]answer{
		wrong: noKey, missing: noKey,
	}},
}

// noKey is for a token that no published key fits.
var noKey = answer{meaning: "No published key fits the token.", causes: codes{diagnosis.KeyUnknown, diagnosis.JWKSBroken,
	diagnosis.IssuerWrong}}

// verdicts are the words in which libraries pronounce them, the most particular first.
var verdicts = []struct {
	verdict
	words []string
}{
	{early, []string{"in the future", "before issued at", "not active yet", "not yet valid", "be used just yet", "be used yet", "is before"}},
	{over, []string{"expired", "has passed", "in the past", "timestamp check failed", "after expiration", "too much time", "too old",
		"is after"}},
	{missing, []string{"must be present", "present in the id token", "missing required", "is missing", "missing", "is required",
		"required claim",
		"not present", "must be a string", "must be a number", "absent"}},
	{wrong, []string{"mismatch", "mismatched", "does not match", "do not match", "doesn t match", "did not match", "not match", "invalid",
		"unexpected",
		"not valid", "not allowed", "not supported", "unsupported", "incorrect", "wrong", "validation failed",
		"check failed", "verification failed", "unable to validate", "claim value", "expected", "not accepted", "not trusted",
		"is not registered", "was not one of", "does not contain", "doesn t contain", "claim error", "not included", "no match", "disallowed",
		"differs", "got"}},
}

// How many words may stand between a claim and what is said of it, before its name and after it.
const (
	before = 9
	after  = 18
)

// aboutTokens are words that are in a text about a token, or about a claim of one.
var aboutTokens = []string{
	"token", "tokens", "jwt", "jws", "jose", "claim", "claims", "id_token", "access_token", "bearer", "value", "mismatch", "iss", "aud",
	"nonce",
	"at_hash", "azp", "kid", "auth_time", "org_id", "validationparameters", "jwterror", "jsonwebtokenerror", "unauthorizederror",
}

// byClaim answers for a library that refuses a token for one of its claims.
func byClaim(r reading) (answer, bool) {
	const short = 6 // words: "Invalid issuer" is about nothing else
	if !r.has(aboutTokens...) && len(r.bare) > short {
		return answer{}, false
	}
	apart := wordsOf(strings.ReplaceAll(strings.Join(r.words, " "), "_", " ")) // invalid_nonce_in_state speaks of a nonce
	for _, c := range claims {
		for _, name := range c.names {
			for _, words := range [...][]string{r.words, apart} {
				if a, ok := c.refused(words, wordsOf(name)); ok {
					return a, true
				}
			}
		}
	}
	return answer{}, false
}

// refused gives the answer for a claim if something is said of it within a few words of its name.
func (c claim) refused(words, name []string) (answer, bool) {
	for i := 0; i+len(name) <= len(words); i++ {
		if !slices.Equal(words[i:i+len(name)], name) {
			continue
		}
		if a, known := c.causes[missing]; known && i > 0 && words[i-1] == "no" {
			return a, true
		}
		around := reading{words: words[max(0, i-before):min(len(words), i+len(name)+after)]}
		for _, v := range verdicts {
			if a, known := c.causes[v.verdict]; known && around.says(v.words...) {
				return a, true
			}
		}
	}
	return answer{}, false
}
