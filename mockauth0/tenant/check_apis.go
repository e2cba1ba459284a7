package tenant

import (
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/strict"
)

func (c *checker) resourceServers() {
	identifiers, names := map[string]string{}, map[string]string{}
	for i, s := range c.ResourceServers {
		path := "resourceServers[" + strconv.Itoa(i) + "]"
		if s.Identifier == "" && c.builtInGo(path) {
			c.refuse(path, "has no identifier; expected the audience, such as https://api.example.com/")
		}
		c.once(identifiers, s.Identifier, path+".identifier", "the API identifier "+strict.Quoted(s.Identifier))
		if first, twice := names[s.Name]; twice {
			c.warn(path+".name", "the API name %s is used twice, first at %v; people will confuse them", strict.Quoted(s.Name), c.at(first))
		}
		names[s.Name] = path + ".name"
		c.among(path+".signing_alg", "signing_alg", s.SigningAlg, signingAlgs)
		c.among(path+".token_dialect", "token_dialect", s.TokenDialect, tokenDialects)
		c.among(path+".subject_type_authorization.user.policy", "policy", s.UserPolicy, userPolicies)
		c.lifetime(path, "token_lifetime", s.TokenLifetime, maxTokenSeconds*time.Second)
		c.lifetime(path, "token_lifetime_for_web", s.TokenLifetimeForWeb, maxTokenSeconds*time.Second)
		if s.TokenLifetimeForWeb > s.TokenLifetime {
			c.refuse(path+".token_lifetime_for_web", "token_lifetime_for_web is %d, more than token_lifetime, which is %d; Auth0 refuses that",
				int64(s.TokenLifetimeForWeb/time.Second), int64(s.TokenLifetime/time.Second))
		}
		c.scopes(path, s.Scopes)
		c.among(path+".proof_of_possession.mechanism", "mechanism", s.ProofOfPossession.Mechanism, mechanisms)
		c.pss(path+".signing_alg", "access tokens of the API "+strict.Quoted(s.Name), s.SigningAlg)
		if s.SigningAlg == "HS256" {
			c.hmacSecret(path+".signing_secret", "signing_secret of "+strict.Quoted(s.Name), s.SigningSecret)
		}
	}
}

// hmacSecret looks at the length of a secret that signs by HS256. Auth0 takes an API's from 16 bytes on; RFC 7518 §3.2
// demands 32, and go-jose, jose and PyJWT hold to it.
func (c *checker) hmacSecret(path, what, secret string) {
	if len(secret) < 32 {
		c.warn(path, "the %s has %d bytes; expected at least 32, or many JWT libraries refuse what it signs by HS256", what, len(secret))
	}
}

func (c *checker) scopes(path string, scopes []Scope) {
	seen := map[string]string{}
	for j, scope := range scopes {
		at := path + ".scopes[" + strconv.Itoa(j) + "].value"
		if strings.ContainsAny(scope.Value, " \t\r\n\"\\") {
			c.refuse(at, "the scope %s holds white space, a quote or a backslash; expected a word such as read:books", strict.Quoted(scope.Value))
		}
		c.once(seen, scope.Value, at, "the scope "+strict.Quoted(scope.Value))
	}
}

func (c *checker) clientGrants() {
	seen := map[string]string{}
	for i, g := range c.ClientGrants {
		path := "clientGrants[" + strconv.Itoa(i) + "]"
		if g.Client == "" || g.Audience == "" {
			if c.builtInGo(path) {
				c.refuse(path, "has no client or no audience; expected both")
			}
			continue
		}
		if c.ClientByName(g.Client) == nil && c.ClientByID(g.Client) == nil {
			c.refuse(path+".client_id", "there is no client %s%s", strict.Quoted(g.Client), strict.ExpectedOf("clients", g.Client, c.clientNames()))
		}
		c.among(path+".subject_type", "subject_type", g.SubjectType, subjectTypes)
		c.once(seen, g.Client+"\x00"+g.Audience+"\x00"+g.SubjectType, path,
			"the grant of "+strict.Quoted(g.Client)+" for "+strict.Quoted(g.Audience))
		if g.OrganizationUsage != "" {
			c.among(path+".organization_usage", "organization_usage", g.OrganizationUsage, orgUsages)
		}
		api := c.ResourceServer(g.Audience)
		if api == nil {
			if !IsManagementAPI(g.Audience) {
				c.refuse(path+".audience", "there is no API %s%s", strict.Quoted(g.Audience),
					strict.ExpectedOf("resourceServers", g.Audience, c.audiences()))
			}
			continue
		}
		for j, scope := range g.Scopes {
			if !api.HasScope(scope) {
				c.warn(path+".scope["+strconv.Itoa(j)+"]", "the API %s has no scope %s%s", strict.Quoted(api.Name), strict.Quoted(scope),
					strict.DidYouMean(scope, scopeValues(api)))
			}
		}
	}
}

func scopeValues(s *ResourceServer) []string {
	return namesOf(s.Scopes, func(scope Scope) string { return scope.Value })
}
