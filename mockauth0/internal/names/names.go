// Package names is the one registry of names that packages share: a tenant's endpoints with their addresses, and its grants
// with their codes in Auth0's log. The route table, faults, rate limits, the validation of tenants and the readers of
// recordings and logs all take them from here.
package names
