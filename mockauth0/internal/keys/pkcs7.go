package keys

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
)

// signedData is PKCS #7 SignedData that signs nothing and only carries certificates (RFC 2315 §9.1).
type signedData struct {
	Version          int
	DigestAlgorithms []asn1.RawValue `asn1:"set"`
	Content          struct{ Type asn1.ObjectIdentifier }
	Certificates     asn1.RawValue
	Signers          []asn1.RawValue `asn1:"set"`
}

// pkcs7Of is a certificate in the form that some SAML software asks for, as text.
func pkcs7Of(certificate *x509.Certificate) ([]byte, error) {
	data := signedData{Version: 1}
	data.Content.Type = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	data.Certificates = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: certificate.Raw}
	der, err := asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content signedData `asn1:"explicit,tag:0"`
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, data})
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}), nil
}
