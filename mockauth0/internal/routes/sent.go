package routes

import (
	"encoding/json"

	"renewal.example/mockauth0/internal/event"
)

// sentKeys and sentDiscovery tell the log what these documents say as they are sent: a client can do no better with them
// than the log.
func sentKeys(body []byte) event.Later { return keysDocument(body) }

func sentDiscovery(expected string) func([]byte) event.Later {
	return func(body []byte) event.Later { return discoveryDocument{expected, body} }
}

type keysDocument []byte

// Details are the kids of the keys.
func (b keysDocument) Details() map[string]any {
	var set struct{ Keys []struct{ Kid string } }
	if json.Unmarshal(b, &set) != nil {
		return map[string]any{"readable": false}
	}
	kids := []string{}
	for _, k := range set.Keys {
		kids = append(kids, k.Kid)
	}
	return map[string]any{"kids": kids}
}

type discoveryDocument struct {
	expected string // issuer: of the address that was asked
	body     []byte
}

// Details are the members by which a client finds out whom it speaks to and with which keys.
func (b discoveryDocument) Details() map[string]any {
	var doc map[string]any
	if json.Unmarshal(b.body, &doc) != nil {
		return map[string]any{"readable": false}
	}
	d := map[string]any{"expected_issuer": b.expected}
	for _, name := range []string{"issuer", "jwks_uri", "authorization_endpoint", "token_endpoint"} {
		if v, ok := doc[name]; ok {
			d[name] = v
		}
	}
	return d
}
