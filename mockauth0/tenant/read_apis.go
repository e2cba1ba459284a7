package tenant

import (
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

func (r *reading) resourceServer(t *Config, n *strict.Node) {
	identifier, name := named(n, "identifier"), named(n, "name")
	s, place := entry(r, t.ResourceServers, func(s *ResourceServer) bool {
		return identifier != "" && s.Identifier == identifier || identifier == "" && name != "" && s.Name == name
	}, &ResourceServer{})
	o := r.Object(n, "resourceServers["+strconv.Itoa(place)+"]", "an entry of resourceServers")
	if o == nil {
		return
	}
	o.Text("name", &s.Name)
	if s.Identifier == "" || identifier != "" {
		o.Required("identifier", "an API", &s.Identifier)
	}
	o.Text("signing_alg", &s.SigningAlg)
	o.Text("signing_secret", &s.SigningSecret)
	o.Seconds("token_lifetime", maxTokenSeconds, &s.TokenLifetime)
	o.Seconds("token_lifetime_for_web", maxTokenSeconds, &s.TokenLifetimeForWeb)
	if r.over && o.Get("token_lifetime_for_web") == nil && s.TokenLifetimeForWeb > s.TokenLifetime {
		s.TokenLifetimeForWeb = 0 // the default of the new one
	}
	o.Flag("allow_offline_access", &s.AllowOfflineAccess)
	o.Flag("allow_online_access", &s.AllowOnlineAccess)
	readProofOfPossession(o, &s.ProofOfPossession)
	o.Flag("skip_consent_for_verifiable_first_party_clients", &s.SkipConsent)
	o.Flag("enforce_policies", &s.EnforcePolicies)
	o.Text("token_dialect", &s.TokenDialect)
	if subjects := o.Child("subject_type_authorization"); subjects != nil {
		if user := subjects.Child("user"); user != nil {
			user.Text("policy", &s.UserPolicy)
			user.Finish("user", "", false)
		}
		subjects.Finish("subject_type_authorization", "client", false)
	}
	if o.Get("scopes") != nil {
		s.Scopes = nil
	}
	for i, item := range o.List("scopes") {
		scope := r.Object(item, o.Path+".scopes["+strconv.Itoa(i)+"]", "an entry of scopes")
		if scope == nil {
			continue
		}
		var one Scope
		scope.Required("value", "a scope", &one.Value)
		scope.Text("description", &one.Description)
		scope.Finish("a scope", "id", false)
		s.Scopes = append(s.Scopes, one)
	}
	o.Finish("API "+strict.Quoted(s.Identifier), resourceServerKeys, false)
	put(&t.ResourceServers, s, place)
}

func (r *reading) clientGrant(t *Config, n *strict.Node) {
	o := r.Object(n, "clientGrants["+strconv.Itoa(len(t.ClientGrants))+"]", "an entry of clientGrants")
	if o == nil {
		return
	}
	g := &ClientGrant{}
	// A default grant for a group of clients names no client; it is not modelled.
	byDefault := o.Get("default_for") != nil
	if !byDefault {
		o.Required("client_id", "a client grant", &g.Client)
	}
	o.Required("audience", "a client grant", &g.Audience)
	o.Texts("scope", &g.Scopes)
	o.Text("subject_type", &g.SubjectType)
	o.Text("organization_usage", &g.OrganizationUsage)
	o.Flag("allow_any_organization", &g.AllowAnyOrganization)
	o.Finish("a client grant", clientGrantKeys+" client_id", false)
	if !byDefault {
		t.ClientGrants = append(t.ClientGrants, g)
	}
}
