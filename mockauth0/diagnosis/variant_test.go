package diagnosis_test

import (
	"regexp"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
)

// claims are words that say more than that a cause is this one, and what somebody must have seen to use them. A sentence with such a
// word stands in words that rest on its fact, or the test fails. What is only advised ("give the tenant a custom domain") or only
// supposed ("a proxy, a gateway") claims nothing.
var claims = []struct {
	words *regexp.Regexp
	rests diagnosis.Facts // any of these
}{
	{regexp.MustCompile(`(?i)(hidden|in a|in its|in the|from this) frame\b|frame belongs to another site`), diagnosis.InFrame},
	{regexp.MustCompile(`(?i)waits for its timeout`), diagnosis.InFrame},
	{regexp.MustCompile(`(?i)whole window|the person sees it`), diagnosis.InWindow},
	{regexp.MustCompile(`(?i)token endpoint (answered|refuses)`), diagnosis.TokenCall | diagnosis.OfRefreshToken},
	{regexp.MustCompile(`(?i)exchange of a refresh token took effect|the refresh token's user`), diagnosis.OfRefreshToken},
	{regexp.MustCompile(`(?i)exchange of a code took effect`), diagnosis.OfCode},
	{regexp.MustCompile(`(?i)a page in a browser has no secret`), diagnosis.FromPage},
	{regexp.MustCompile(`(?i)callback is on the person's own machine|host name other than localhost`), diagnosis.LocalCallback},
	{regexp.MustCompile(`(?i)request names an organization`), diagnosis.NamesOrganization},
	{regexp.MustCompile(`(?i)the request names none`), diagnosis.NamesNone},
	{regexp.MustCompile(`(?i)session is (still )?alive`), diagnosis.SessionAlive},
	{regexp.MustCompile(`(?i)the browser of the login`), diagnosis.DeviceKnown},
	{regexp.MustCompile(`(?i)without an expiry`), diagnosis.NotPersistent},
	{regexp.MustCompile(`(?i)app and tenant are of one site|domain for the tenant changes nothing`), diagnosis.EmbeddedApp},
	{regexp.MustCompile(`(?i)the tenant has a custom domain`), diagnosis.CustomDomainUnused},
	{regexp.MustCompile(`(?i)login brought a refresh token`),
		diagnosis.HasRefreshToken | diagnosis.LoginBroughtOne | diagnosis.OfAnotherAudience | diagnosis.OfAnotherScope},
	{regexp.MustCompile(`(?i)does not have it any more\.`), diagnosis.LoginBroughtOne},
	{regexp.MustCompile(`(?i)for another audience`), diagnosis.OfAnotherAudience},
	{regexp.MustCompile(`(?i)a scope that the login did not`), diagnosis.OfAnotherScope},
	{regexp.MustCompile(`(?i)scope of the login has no offline_access|issued no refresh token`), diagnosis.OfflineNotAsked},
	{regexp.MustCompile(`(?i)API does not have Allow Offline Access`), diagnosis.OfflineNotAllowed},
	{regexp.MustCompile(`(?i)lacks the grant type`), diagnosis.RefreshGrantOff},
	{regexp.MustCompile(`(?i)brought no other`), diagnosis.ExchangeBroughtNone},
	{regexp.MustCompile(`(?i)and sent none\.`), diagnosis.TokenNotSent},
	{regexp.MustCompile(`(?i)was answered with an error`), diagnosis.RequestFailedSince},
	{regexp.MustCompile(`(?i)logged in again`), diagnosis.ReplacedByLogin},
	{regexp.MustCompile(`(?i)password was changed`), diagnosis.PasswordHasChanged},
	{regexp.MustCompile(`(?i)was revoked over`), diagnosis.RevokedByAdmin},
	{regexp.MustCompile(`(?i)id_token_hint names`), diagnosis.HintNamesAnother},
	{regexp.MustCompile(`(?i)kept the refresh token of that login`), diagnosis.AfterExchange},
	{regexp.MustCompile(`(?i)does not list the page's origin`), diagnosis.OriginNotListed},
	{regexp.MustCompile(`(?i)the tenant lists the page's origin`), diagnosis.HeaderRemoved},
	{regexp.MustCompile(`(?i)names another origin`), diagnosis.AnotherOrigin},
	{regexp.MustCompile(`(?i)the API exists`), diagnosis.APINotAuthorized},
	{regexp.MustCompile(`(?i)nothing that was seen says why`), diagnosis.StatusOnly},
}

var sentenceEnd = regexp.MustCompile(`\.(?:\s|$)`)

// sentences are those of a text, each with its stop.
func sentences(text string) (out []string) {
	for _, s := range sentenceEnd.Split(text, -1) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s+".")
		}
	}
	return out
}

// unfounded are the words of a sentence that claim more than some facts show.
func unfounded(sentence string, shown diagnosis.Facts) (out []string) {
	for _, c := range claims {
		if said := c.words.FindString(sentence); said != "" && shown&c.rests == 0 {
			out = append(out, said)
		}
	}
	return out
}

// TestWordsNameOnlyWhatTheirEvidenceShows: the cause's own words rest on what its evidence always shows, those of a variant on what
// chooses the variant, and each of its sentences names what it rests on.
func TestWordsNameOnlyWhatTheirEvidenceShows(t *testing.T) {
	for _, k := range diagnosis.All() {
		for _, s := range sentences(k.Title + ". " + k.Why + " " + k.Remedy) {
			for _, said := range unfounded(s, k.Shown) {
				t.Errorf("%s: %q is said of every such failure, and not every one shows it: %s", k.Code, said, s)
			}
		}
		for _, v := range k.Variants {
			shown := v.Shown | k.Shown
			for _, s := range sentences(v.Title) {
				for _, said := range unfounded(s, shown) {
					t.Errorf("%s, %s: the title says %q, which nothing shows", k.Code, v.Name, said)
				}
			}
			for _, s := range append(append([]diagnosis.Sentence{}, v.Why...), v.Remedy...) {
				if !shown.Has(s.Rests) {
					t.Errorf("%s, %s: a sentence rests on facts that do not choose the variant: %s", k.Code, v.Name, s.Text)
				}
				for _, one := range sentences(s.Text) {
					for _, said := range unfounded(one, s.Rests|k.Shown) {
						t.Errorf("%s, %s: a sentence says %q and does not name the fact that it rests on: %s", k.Code, v.Name, said, one)
					}
				}
				if !strings.HasSuffix(s.Text, ".") {
					t.Errorf("%s, %s: no sentence: %q", k.Code, v.Name, s.Text)
				}
			}
		}
	}
}

// TestEveryVariantCanBeChosen: a variant that asks for less than one before it would never be.
func TestEveryVariantCanBeChosen(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for _, k := range diagnosis.All() {
		seen := map[string]bool{}
		for _, v := range k.Variants {
			if !name.MatchString(v.Name) || seen[v.Name] || v.Shown == 0 || len(v.Why)+len(v.Remedy) == 0 {
				t.Errorf("%s, %q: a variant has a name of its own, facts that choose it, and words", k.Code, v.Name)
			}
			seen[v.Name] = true
			words, chosen := k.In(v.Shown | k.Shown)
			if chosen != v.Name {
				t.Errorf("%s: what shows %s chooses %q", k.Code, v.Name, chosen)
			}
			if words.Why == "" || words.Remedy == "" || words.Title == "" || words.Sign == "" || words.Read == "" {
				t.Errorf("%s, %s: words are missing: %+v", k.Code, v.Name, words)
			}
		}
	}
}

// TestNoSentenceStandsWithoutItsFacts: whatever is shown, the words that a cause gets rest on it.
func TestNoSentenceStandsWithoutItsFacts(t *testing.T) {
	for _, k := range diagnosis.All() {
		for _, v := range k.Variants {
			for _, missing := range v.Shown.One() {
				c := k.Cause(diagnosis.Certain, (v.Shown|k.Shown)&^missing)
				if c.Variant == v.Name {
					t.Errorf("%s: %s is chosen without all of its facts", k.Code, v.Name)
				}
			}
			c := k.Cause(diagnosis.Likely, 0, diagnosis.Evidence{Text: "seen", Shows: v.Shown})
			if c.Variant != v.Name || len(v.Why) > 0 && !strings.Contains(c.Why, v.Why[0].Text) {
				t.Errorf("%s: evidence that shows what %s rests on gets other words: %+v", k.Code, v.Name, c)
			}
		}
	}
}
