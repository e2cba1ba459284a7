package cli

import (
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/fault"
)

// Somebody who armed a fault and forgot it would look for the cause in their app.
func TestTheLogRemindsOfFaultsThatFired(t *testing.T) {
	server, err := mockauth0.New(mockauth0.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	f, err := server.Arm(fault.Fault{When: fault.Match{Prompt: "none"}, Times: 1, Do: fault.Effect{Error: "consent_required"}})
	if err != nil {
		t.Fatal(err)
	}
	client := server.Snapshot().Clients[0]
	for range 2 {
		res, err := server.Client().
			Get(server.URL() + "/authorize?prompt=none&response_mode=web_message&response_type=token&scope=openid&state=s&client_id=" +
				client.ClientID + "&redirect_uri=" + client.Callbacks[0])
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	all := server.Diagnoses()
	if len(all) == 0 {
		t.Fatal("nothing is diagnosed")
	}
	if said := armed(server.Tenant, all[0]); !strings.Contains(said, "fired on this request: "+f.ID) {
		t.Errorf("it says %q of the request with the fault", said)
	}
	for _, d := range append(all[1:], diagnosis.Diagnosis{}) {
		if said := armed(server.Tenant, d); said != "" {
			t.Errorf("it says %q of a request without one", said)
		}
	}
}
