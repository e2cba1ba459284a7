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
	"time"

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

// loaded is the tenant under load: a single-page app with rotating refresh tokens, and a machine. Codes of silent requests
// are not exchanged here, as no app leaves them: they live for a moment only, or the collector would walk a hundred thousand.
func loaded() *tenant.Config {
	tn := tenant.Minimal()
	tn.Mock.CodeLifetime = 2 * time.Second
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
	said := ready{Addr: s.Addr(), Host: s.Domain(), ClientID: tn.Clients[0].ClientID, RedirectURI: tn.Clients[0].Callbacks[0],
		Audience: tn.ResourceServers[0].Identifier, Machine: tn.Clients[1].ClientID, MachineSecret: tn.Clients[1].ClientSecret}
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

// session is the cookie of a person who is logged in.
const session = "auth0"

// logIn goes through the hosted page; it returns the cookies that a browser sends from then on.
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
	res, err = c.PostForm(s.URL()+"/u/login", url.Values{
		"state": {string(field[1])}, "username": {tn.Users[0].Email}, "password": {tn.Users[0].Password}, "action": {"default"},
	})
	if err != nil {
		return "", err
	}
	_ = res.Body.Close()
	home, err := url.Parse(s.URL())
	if err != nil {
		return "", err
	}
	var cookies []string
	for _, ck := range jar.Cookies(home) {
		cookies = append(cookies, ck.Name+"="+ck.Value)
	}
	if cookie = strings.Join(cookies, "; "); !strings.Contains(cookie, session+"=") {
		return "", fmt.Errorf("the login set no session cookie: %s", res.Status)
	}
	return cookie, nil
}

// refreshToken lets the person who is logged in have a refresh token.
func refreshToken(s *mockauth0.Server, said ready) (string, error) {
	c := *s.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequest(http.MethodGet, s.URL()+"/authorize?"+
		url.Values{"client_id": {said.ClientID}, "redirect_uri": {said.RedirectURI}, "audience": {said.Audience},
			"response_type": {"code"}, "scope": {"openid profile email offline_access"}, "prompt": {"none"}, "code_challenge": {verifier}}.Encode(),
		nil)
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
	res, err = c.PostForm(s.URL()+"/oauth/token",
		url.Values{"grant_type": {"authorization_code"}, "client_id": {said.ClientID}, "code": {location.Query().Get("code")},
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

// path is what stands before the path of a request to the bare server, which asks for such an answer.
func (a answer) path() string { return fmt.Sprintf("/%d/%d", a.status, a.signatures) }

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
		signed := "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjAxMjM0NTY3ODkwMTIzNDU2Nzg5MCJ9." +
			base64.RawURLEncoding.EncodeToString([]byte(claims))
		sum := sha256.Sum256([]byte(signed))
		sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		return signed + "." + base64.RawURLEncoding.EncodeToString(sig), err
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked := strings.SplitN(r.URL.Path, "/", 4) // "", status, signatures, the tenant's path
		if len(asked) < 4 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		status, err1 := strconv.Atoi(asked[1])
		signatures, err2 := strconv.Atoi(asked[2])
		if errors.Join(err1, err2) != nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		const secret = "0123456789012345678901234567890123456789012"
		location, body := "http://localhost:3000?code="+secret, `{"code":"`+secret+`","refresh_token":"`+secret
		for range signatures {
			t, err := token()
			if err != nil {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			location += "&id_token=" + t
			body += `","id_token":"` + t
		}
		body += `"}`
		if status == http.StatusFound {
			w.Header().Set("Location", location)
			body = ""
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a failed write means that the reader went away
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
