package routes

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
)

// form is a way to write the certificate of the key that signs, for software that is set up with a file instead of
// the JWKS (https://auth0.com/docs/get-started/tenant-settings/signing-keys/view-signing-certificates).
type form func(k *keys.Key, i keys.Info) (contentType string, body []byte)

func pemForm(_ *keys.Key, i keys.Info) (string, []byte) {
	return "application/x-pem-file", []byte(i.Cert)
}

func rawPEMForm(_ *keys.Key, i keys.Info) (string, []byte) {
	return "text/plain; charset=utf-8", []byte(i.Cert)
}

func derForm(k *keys.Key, _ keys.Info) (string, []byte) {
	return "application/pkix-cert", k.Certificate.Raw
}

func pkcs7Form(_ *keys.Key, i keys.Info) (string, []byte) {
	return "application/x-pkcs7-certificates", []byte(i.PKCS7)
}

func fingerprintForm(_ *keys.Key, i keys.Info) (string, []byte) {
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
		contentType, body := write(k, info)
		return (&httpx.Result{Body: body}).Set("Content-Type", contentType).Set("Cache-Control", "no-store"), nil
	}
}
