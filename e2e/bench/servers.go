package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/tenant"
)

// beServer serves until stdin closes.
func beServer(name string) error {
	var said ready
	var stop func() error
	var err error
	switch name {
	case "tenant":
		said, stop, err = serveTenant()
	case "bare":
		said, stop, err = serveBare()
	default:
		return fmt.Errorf("there is no server %q", name)
	}
	if err != nil {
		return err
	}
	line, err := json.Marshal(said)
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return stop()
}

// loaded is the tenant under load: a single-page app with rotating refresh tokens, and a machine.
func loaded() *tenant.Tenant {
	tn := tenant.Minimal()
	tn.Clients[0].RefreshToken.Rotating = true
	machine := tenant.NewClient("Machine")
	machine.AppType = "non_interactive"
	tn.Clients = append(tn.Clients, machine)
	tn.ClientGrants = []*tenant.ClientGrant{{Client: machine.Name, Audience: tn.ResourceServers[0].Identifier}}
	return tn
}

func serveTenant() (ready, func() error, error) {
	s, err := mockauth0.New(mockauth0.Options{Tenant: loaded()})
	if err != nil {
		return ready{}, nil, err
	}
	tn := s.Snapshot()
	said := ready{Addr: s.Addr(), Host: s.Domain(), ClientID: tn.Clients[0].ClientID, RedirectURI: tn.Clients[0].Callbacks[0], Audience: tn.ResourceServers[0].Identifier,
		Machine: tn.Clients[1].ClientID, MachineSecret: tn.Clients[1].ClientSecret}
	said.Cookie, err = logIn(s)
	for err == nil && len(said.RefreshTokens) < connections {
		var token string
		token, err = refreshToken(s, said)
		said.RefreshTokens = append(said.RefreshTokens, token)
	}
	if err != nil {
		return ready{}, nil, errors.Join(err, s.Close())
	}
	return said, s.Close, nil
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// logIn goes through the hosted page; it returns the session's cookie.
func logIn(s *mockauth0.Server) (cookie string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	c := *s.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	tn := s.Snapshot()
	q := url.Values{"client_id": {tn.Clients[0].ClientID}, "redirect_uri": {tn.Clients[0].Callbacks[0]}, "response_type": {"token id_token"},
		"scope": {"openid profile email"}, "audience": {tn.ResourceServers[0].Identifier}, "nonce": {"n"}, "state": {"s"}}
	res, err := c.Get(s.URL() + "/authorize?" + q.Encode())
	if err != nil {
		return "", err
	}
	_ = res.Body.Close()
	if res, err = c.Get(s.URL() + res.Header.Get("Location")); err != nil {
		return "", err
	}
	page, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return "", err
	}
	field := stateField.FindSubmatch(page)
	if field == nil {
		return "", fmt.Errorf("no login page: %s", res.Status)
	}
	res, err = c.PostForm(s.URL()+"/u/login", url.Values{"state": {string(field[1])}, "username": {tn.Users[0].Email}, "password": {tn.Users[0].Password}, "action": {"default"}})
	if err != nil {
		return "", err
	}
	_ = res.Body.Close()
	for _, ck := range res.Cookies() {
		if ck.Name == "auth0" {
			return "auth0=" + ck.Value, nil
		}
	}
	return "", fmt.Errorf("the login set no session cookie: %s", res.Status)
}

// refreshToken lets the person who is logged in have a refresh token.
func refreshToken(s *mockauth0.Server, said ready) (string, error) {
	c := *s.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequest(http.MethodGet, s.URL()+"/authorize?"+url.Values{"client_id": {said.ClientID}, "redirect_uri": {said.RedirectURI}, "audience": {said.Audience},
		"response_type": {"code"}, "scope": {"openid profile email offline_access"}, "prompt": {"none"}, "code_challenge": {verifier}}.Encode(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Cookie", said.Cookie)
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	_ = res.Body.Close()
	location, err := res.Location()
	if err != nil {
		return "", err
	}
	res, err = c.PostForm(s.URL()+"/oauth/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {said.ClientID}, "code": {location.Query().Get("code")},
		"redirect_uri": {said.RedirectURI}, "code_verifier": {verifier}})
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct {
		RefreshToken string `json:"refresh_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.RefreshToken == "" {
		return "", fmt.Errorf("no refresh token: %s (%w)", res.Status, err)
	}
	return answer.RefreshToken, nil
}

// serveBare is the peer: TLS, and for each answer as many RSA-2048 signatures as it is asked for, over tokens of the size
// that the tenant's have.
func serveBare() (ready, func() error, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return ready{}, nil, err
	}
	ca, err := mockauth0.TemporaryCA()
	if err != nil {
		return ready{}, nil, err
	}
	claims := strings.Repeat("x", 560)
	token := func() (string, error) {
		signed := "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjAxMjM0NTY3ODkwMTIzNDU2Nzg5MCJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		sum := sha256.Sum256([]byte(signed))
		sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		return signed + "." + base64.RawURLEncoding.EncodeToString(sig), err
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		status, err1 := strconv.Atoi(q.Get("status"))
		signatures, err2 := strconv.Atoi(q.Get("signatures"))
		if errors.Join(err1, err2) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answer := "code=0123456789012345678901234567890123456789012"
		for range signatures {
			t, err := token()
			if err != nil {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			answer += "&token=" + t
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "http://localhost:3000#"+answer)
			answer = ""
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer) // a failed write means that the reader went away
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return ready{}, nil, err
	}
	srv := &http.Server{Handler: http.HandlerFunc(handler), TLSConfig: &tls.Config{GetCertificate: ca.GetCertificate}}
	go func() {
		if err := srv.ServeTLS(ln, "", ""); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "bench: the bare server stopped:", err)
		}
	}()
	return ready{Addr: ln.Addr().String(), Host: "bare.test"}, func() error { return srv.Shutdown(context.Background()) }, nil
}
