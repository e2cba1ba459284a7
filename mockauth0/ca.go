package mockauth0

import (
	"crypto/tls"
	"crypto/x509"

	"renewal.example/mockauth0/internal/localca"
)

// CA is a local certificate authority that signs the server's certificates. OpenCA and TemporaryCA make one.
type CA interface {
	// Certificate is the authority's own certificate.
	Certificate() *x509.Certificate
	// PEM is the authority's certificate as PEM, without its key.
	PEM() []byte
	// File is the path of the authority's certificate (PEM, no key), for a person or a program to trust; "" for a temporary one.
	File() string
	// SPKI is the base64 SHA-256 of the authority's SubjectPublicKeyInfo, as Chromium's --ignore-certificate-errors-spki-list
	// takes it.
	SPKI() string
	// Pool is a new pool that holds the authority alone, for tls.Config.RootCAs.
	Pool() *x509.CertPool
	// Warning tells what a person should know about how the authority was opened, such as that an expired one was replaced and has
	// to be trusted anew; nil: nothing.
	Warning() error
	// GetCertificate is for tls.Config.GetCertificate: a certificate for the name that the client asks for, with the authority's
	// own in the chain.
	GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
}

// OpenCA opens the name-constrained CA kept in dir for a person to trust, or makes it. domains are allowed
// besides localhost, *.localhost, *.test and loopback addresses.
func OpenCA(dir string, domains []string) (CA, error) {
	a, err := localca.Open(dir, domains)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// TemporaryCA makes a CA that lives in memory and may sign any name: for harnesses that trust it by its SPKI.
func TemporaryCA() (CA, error) {
	a, err := localca.Temporary()
	if err != nil {
		return nil, err
	}
	return a, nil
}
