package tenant

import (
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// CheckDomain says why a domain given by hand cannot be the issuer's host[:port], by the rules of mock.yaml, but that
// capital letters are taken; nil: it can.
func CheckDomain(domain string) error {
	if fault := domainFault(strings.ToLower(domain)); fault != "" {
		return fmt.Errorf("%s, which %s", strict.Quoted(domain), fault)
	}
	return nil
}
