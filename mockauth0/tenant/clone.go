package tenant

import (
	"maps"
	"slices"
)

// Clone gives a copy that shares nothing with t. Change it as you like and Validate it before a server gets it.
func (t *Config) Clone() *Config {
	c := *t
	c.index = nil
	c.Settings.AllowedLogoutURLs = slices.Clone(t.Settings.AllowedLogoutURLs)
	c.Mock.RateLimits = maps.Clone(t.Mock.RateLimits)
	c.Mock.ControlOrigins = slices.Clone(t.Mock.ControlOrigins)
	c.Mock.Actions = cloneAll(t.Mock.Actions, func(x *Action) {
		x.At = slices.Clone(x.At)
		if x.Redirect != nil {
			redirect := *x.Redirect
			x.Redirect = &redirect
		}
		if x.MFA != nil {
			mfa := *x.MFA
			x.MFA = &mfa
		}
	})
	c.Warnings = slices.Clone(t.Warnings)
	c.Clients = cloneAll(t.Clients, func(x *Client) {
		x.Callbacks = slices.Clone(x.Callbacks)
		x.WebOrigins = slices.Clone(x.WebOrigins)
		x.AllowedOrigins = slices.Clone(x.AllowedOrigins)
		x.AllowedLogoutURLs = slices.Clone(x.AllowedLogoutURLs)
		x.GrantTypes = slices.Clone(x.GrantTypes)
		x.PublicKeys = slices.Clone(x.PublicKeys)
		x.RefreshPolicies = clonePolicies(x.RefreshPolicies)
		x.IDTokenClaims, x.AccessTokenClaims = cloneClaims(x.IDTokenClaims), cloneClaims(x.AccessTokenClaims)
		if x.SkipConfirmation != nil {
			skip := *x.SkipConfirmation
			x.SkipConfirmation = &skip
		}
		x.BackchannelLogout.URLs = slices.Clone(x.BackchannelLogout.URLs)
		x.BackchannelLogout.Initiators = slices.Clone(x.BackchannelLogout.Initiators)
	})
	c.Connections = cloneAll(t.Connections, func(x *Connection) {
		x.EnabledClients = slices.Clone(x.EnabledClients)
		x.Passwords.Dictionary = slices.Clone(x.Passwords.Dictionary)
	})
	c.ResourceServers = cloneAll(t.ResourceServers, func(x *ResourceServer) { x.Scopes = slices.Clone(x.Scopes) })
	c.ClientGrants = cloneAll(t.ClientGrants, func(x *ClientGrant) { x.Scopes = slices.Clone(x.Scopes) })
	c.Organizations = cloneAll(t.Organizations, func(x *Organization) {
		x.Members, x.Grants, x.Connections = slices.Clone(x.Members), slices.Clone(x.Grants), slices.Clone(x.Connections)
	})
	c.CustomDomains = cloneAll(t.CustomDomains, func(x *CustomDomain) { x.Metadata = maps.Clone(x.Metadata) })
	c.Roles = cloneAll(t.Roles, func(x *Role) { x.Permissions = slices.Clone(x.Permissions) })
	c.Users = cloneAll(t.Users, func(x *User) {
		x.Roles, x.Permissions = slices.Clone(x.Roles), slices.Clone(x.Permissions)
		x.IDTokenClaims, x.AccessTokenClaims = cloneClaims(x.IDTokenClaims), cloneClaims(x.AccessTokenClaims)
		x.UserMetadata = cloneObject(x.UserMetadata)
		x.AppMetadata = cloneObject(x.AppMetadata)
	})
	return &c
}

func cloneAll[T any](list []*T, deepen func(*T)) []*T {
	if list == nil {
		return nil
	}
	clones := make([]*T, len(list))
	for i, one := range list {
		if one == nil {
			continue
		}
		clone := *one
		deepen(&clone)
		clones[i] = &clone
	}
	return clones
}

func clonePolicies(list []RefreshPolicy) []RefreshPolicy {
	clone := slices.Clone(list)
	for i := range clone {
		clone[i].Scopes = slices.Clone(clone[i].Scopes)
	}
	return clone
}

func cloneClaims(list []Claim) []Claim {
	clone := slices.Clone(list)
	for i := range clone {
		clone[i].Value = cloneValue(clone[i].Value)
	}
	return clone
}

func cloneObject(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	clone := make(map[string]any, len(object))
	for key, value := range object {
		clone[key] = cloneValue(value)
	}
	return clone
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return cloneObject(v)
	case []any:
		clone := make([]any, len(v))
		for i, item := range v {
			clone[i] = cloneValue(item)
		}
		return clone
	}
	return value
}
