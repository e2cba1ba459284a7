package reconstruct

import (
	"os"
	"slices"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/recording"
)

// TestALoginAtTheCustomDomainIsNoSessionAtTheOther: no remedy is given that is done already, such as a custom domain.
func TestALoginAtTheCustomDomainIsNoSessionAtTheOther(t *testing.T) {
	in, err := os.Open("testdata/two-domains.har")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rec, err := har.Read(in, recording.NewRedactor(), har.Options{Domains: []string{"login.acme.example", "acme.eu.auth0.com"}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Analyse(rec, "it", stock(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := first(a); !slices.Equal(got, []string{"entry 5: session_at_other_domain"}) {
		t.Fatalf("diagnosed %q", got)
	}
	if c := a.Failures[0].Diagnosis.Causes[0]; c.Confidence != diagnosis.Certain {
		t.Errorf("a recording is of one browser, and yet it is only %s", c.Confidence)
	}
}
