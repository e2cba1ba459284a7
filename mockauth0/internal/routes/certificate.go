package routes

import (
	"crypto/x509"
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
)

// form is a way to write the certificate of the key that signs, for software that is set up with a file instead of
// the JWKS (https://auth0.com/docs/get-started/tenant-settings/signing-keys/view-signing-certificates).
type form func(c *x509.Certificate, i keys.Info) (contentType string, body []byte)

func pemForm(_ *x509.Certificate, i keys.Info) (string, []byte) {
	return "application/x-pem-file", []byte(i.Cert)
}

func rawPEMForm(_ *x509.Certificate, i keys.Info) (string, []byte) {
	return "text/plain; charset=utf-8", []byte(i.Cert)
}

func derForm(c *x509.Certificate, _ keys.Info) (string, []byte) {
	return "application/pkix-cert", c.Raw
}

func pkcs7Form(_ *x509.Certificate, i keys.Info) (string, []byte) {
	return "application/x-pkcs7-certificates", []byte(i.PKCS7)
}

func fingerprintForm(_ *x509.Certificate, i keys.Info) (string, []byte) {
	return "text/plain; charset=utf-8", []byte(i.Fingerprint)
}

// certificate answers the current key's certificate in one form.
func (e *Endpoints) certificate(write form) httpx.Endpoint {
	return func(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
		k := e.Ring().Current()
		info, err := k.Info()
		if err != nil {
			return nil, err
		}
		certificate, err := k.Certificate()
		if err != nil {
			return nil, err
		}
		contentType, body := write(certificate, info)
		return (&httpx.Result{Body: body}).Set("Content-Type", contentType).Set("Cache-Control", "no-store"), nil
	}
}
