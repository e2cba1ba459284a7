package faults

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/tenant"
)

// Check tells why a fault can never act in a tenant with this configuration at this domain: it names somebody who is not there, or a
// TLS handshake that does not happen. nil: it can.
func Check(f fault.Fault, tn *tenant.Config, at domain.Domain) error {
	if c := f.When.Client; c != "" && tn.ClientByID(c) == nil && tn.ClientByName(c) == nil {
		return fmt.Errorf("when.client: %w", directory.NoClient(tn, c))
	}
	if c := f.When.Connection; c != "" && !slices.ContainsFunc(tn.Connections, func(known *tenant.Connection) bool {
		return strings.EqualFold(known.Name, c)
	}) {
		return fmt.Errorf("when.connection: %w", directory.NoConnection(tn, c))
	}
	if who := f.Do.Session; who != "" && who != "lost" && directory.FindUser(tn, who) == nil {
		return fmt.Errorf("do.session: this tenant has no user with the id or the e-mail address %q%s; for no "+
			"session at all write lost", who, directory.Like(tn, who))
	}
	if f.Do.Connection == "tls" && at.Plain {
		return fmt.Errorf("do.connection: %s is by plain http, so there is no TLS handshake that could fail; serve the tenant by "+
			"https, or let connection: reset break the connection off", at)
	}
	if host := at.Name(); f.Do.Connection == "tls" && net.ParseIP(host) != nil {
		return fmt.Errorf("do.connection: clients that reach the tenant by the address %s name nobody in the TLS handshake, and "+
			"those are left alone; give the tenant a domain", host)
	}
	return nil
}
