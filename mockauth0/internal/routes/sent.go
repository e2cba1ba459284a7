package routes

import (
	"encoding/json"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
)

// sentKeys and sentDiscovery give what these documents say as they are sent: a client can do no better with them than the log.
func sentKeys(body []byte) httpx.Carried { return keysDocument(body) }

func sentDiscovery(expected string) func([]byte) httpx.Carried {
	return func(body []byte) httpx.Carried { return discoveryDocument{expected, body} }
}

type keysDocument []byte

// Describe writes down the kids of the keys.
func (b keysDocument) Describe(r *event.Response) {
	var set struct{ Keys []struct{ Kid string } }
	if json.Unmarshal(b, &set) != nil {
		r.Unreadable = true
		return
	}
	r.KeyIDs = []string{}
	for _, k := range set.Keys {
		r.KeyIDs = append(r.KeyIDs, k.Kid)
	}
}

type discoveryDocument struct {
	expected string // issuer: of the address that was asked
	body     []byte
}

// Describe writes down the members by which a client finds out whom it speaks to and with which keys.
func (b discoveryDocument) Describe(r *event.Response) {
	var doc map[string]any
	if json.Unmarshal(b.body, &doc) != nil {
		r.Unreadable = true
		return
	}
	said := event.Members(doc)
	r.ExpectedIssuer, r.Issuer, r.JWKSURI = b.expected, said.Text("issuer"), said.Text("jwks_uri")
	r.AuthorizeURL, r.TokenURL = said.Text("authorization_endpoint"), said.Text("token_endpoint")
}
