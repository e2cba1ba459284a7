package directory

import (
	"fmt"

	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/tenant"
)

// NoClient is the error about a name that no client of a tenant has. It names the nearest, or those there are.
func NoClient(tn *tenant.Config, name string) error {
	var known []string
	for _, c := range tn.Clients {
		known = append(known, c.Name)
	}
	return fmt.Errorf("this tenant has no client with the id or the name %s%s", strict.Quoted(name), absent(name, "client", known))
}

// NoConnection is NoClient for connections.
func NoConnection(tn *tenant.Config, name string) error {
	var known []string
	for _, c := range tn.Connections {
		known = append(known, c.Name)
	}
	return fmt.Errorf("this tenant has no connection %s%s", strict.Quoted(name), absent(name, "connection", known))
}

// NoAPI is NoClient for APIs, by their identifiers.
func NoAPI(tn *tenant.Config, audience string) error {
	return fmt.Errorf("this tenant has no API with the identifier %s%s", strict.Quoted(audience), LikeAPI(tn, audience))
}

// LikeAPI ends the message about an API that is not there, as Like does of a user.
func LikeAPI(tn *tenant.Config, audience string) string {
	var known []string
	for _, api := range tn.ResourceServers {
		known = append(known, api.Identifier)
	}
	return absent(audience, "API", known)
}

// NoUser is NoClient for users.
func NoUser(tn *tenant.Config, name string) error {
	return fmt.Errorf("this tenant has no user %s%s", strict.Quoted(name), Like(tn, name))
}

// Like ends the message about a user who is not there: with the one whose name is nearest, or with those there are.
func Like(tn *tenant.Config, name string) string {
	var known []string
	for _, u := range tn.Users {
		for _, one := range []string{u.Email, u.Username, u.ID} {
			if one != "" {
				known = append(known, one)
				break
			}
		}
	}
	return absent(name, "user", known)
}

func absent(name, what string, known []string) string {
	if len(known) == 0 {
		return "; it has no " + what + " at all"
	}
	return strict.DidYouMean(name, known)
}
