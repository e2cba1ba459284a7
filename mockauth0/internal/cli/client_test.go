package cli

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// trusting is a client that trusts the CA of a file, and no other.
func trusting(t *testing.T, caFile string) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", caFile)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// waitForHold returns when a request is held by a fault.
func waitForHold(t *testing.T, client *http.Client, control string) {
	t.Helper()
	for deadline := clock.Wall().Add(patience); clock.Wall().Before(deadline); <-clock.WallAfter(5 * time.Millisecond) {
		response, err := client.Get(control + "/clock")
		if err != nil {
			t.Fatal(err)
		}
		var said struct{ Holds []json.RawMessage }
		err = json.NewDecoder(response.Body).Decode(&said)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(said.Holds) > 0 {
			return
		}
	}
	t.Fatal("no request was held")
}
