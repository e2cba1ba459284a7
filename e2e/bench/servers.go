package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/tenant"
)

// beServer serves until stdin closes.
func beServer(name string) error {
	var line string
	var stop func() error
	var err error
	switch name {
	case "tenant":
		line, stop, err = serveTenant()
	case "bare":
		line, stop, err = serveBare()
	default:
		return fmt.Errorf("there is no server %q", name)
	}
	if err != nil {
		return err
	}
	fmt.Println(line)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return stop()
}

func serveTenant() (string, func() error, error) {
	s, err := mockauth0.New(mockauth0.Options{Tenant: tenant.Minimal()})
	if err != nil {
		return "", nil, err
	}
	cookie, path, err := logIn(s)
	if err != nil {
		return "", nil, errors.Join(err, s.Close())
	}
	return strings.Join([]string{s.Addr(), s.Domain(), path, cookie}, "\t"), s.Close, nil
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// logIn goes through the hosted page; it returns the session's cookie and a silent request.
func logIn(s *mockauth0.Server) (cookie, path string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", "", err
	}
	c := *s.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	tn := s.Snapshot()
	q := url.Values{"client_id": {tn.Clients[0].ClientID}, "redirect_uri": {tn.Clients[0].Callbacks[0]}, "response_type": {"token id_token"},
		"scope": {"openid profile email"}, "audience": {tn.ResourceServers[0].Identifier}, "nonce": {"n"}, "state": {"s"}}
	res, err := c.Get(s.URL() + "/authorize?" + q.Encode())
	if err != nil {
		return "", "", err
	}
	_ = res.Body.Close()
	if res, err = c.Get(s.URL() + res.Header.Get("Location")); err != nil {
		return "", "", err
	}
	page, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return "", "", err
	}
	field := stateField.FindSubmatch(page)
	if field == nil {
		return "", "", fmt.Errorf("no login page: %s", res.Status)
	}
	res, err = c.PostForm(s.URL()+"/u/login", url.Values{"state": {string(field[1])}, "username": {tn.Users[0].Email}, "password": {tn.Users[0].Password}, "action": {"default"}})
	if err != nil {
		return "", "", err
	}
	_ = res.Body.Close()
	q.Set("prompt", "none")
	for _, ck := range res.Cookies() {
		if ck.Name == "auth0" {
			return "auth0=" + ck.Value, "/authorize?" + q.Encode(), nil
		}
	}
	return "", "", fmt.Errorf("the login set no session cookie: %s", res.Status)
}

// serveBare is the peer: TLS, a redirect, and two RSA-2048 signatures over tokens of the same size.
func serveBare() (string, func() error, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", nil, err
	}
	ca, err := mockauth0.TemporaryCA()
	if err != nil {
		return "", nil, err
	}
	claims := strings.Repeat("x", 560)
	token := func() (string, error) {
		signed := "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjAxMjM0NTY3ODkwMTIzNDU2Nzg5MCJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		sum := sha256.Sum256([]byte(signed))
		sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		return signed + "." + base64.RawURLEncoding.EncodeToString(sig), err
	}
	handler := func(w http.ResponseWriter, _ *http.Request) {
		access, err := token()
		if err == nil {
			var id string
			if id, err = token(); err == nil {
				w.Header().Set("Location", "http://localhost:3000#access_token="+access+"&id_token="+id)
				w.WriteHeader(http.StatusFound)
				return
			}
		}
		w.WriteHeader(http.StatusInternalServerError)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: http.HandlerFunc(handler), TLSConfig: &tls.Config{GetCertificate: ca.GetCertificate}}
	go func() {
		if err := srv.ServeTLS(ln, "", ""); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "bench: the bare server stopped:", err)
		}
	}()
	return strings.Join([]string{ln.Addr().String(), "bare.test", "/", "x=1"}, "\t"), func() error { return srv.Shutdown(context.Background()) }, nil
}
