package backchannel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// patience is how long Auth0 waits for a receiver.
const patience = 5 * time.Second

// excerpt is how much of a receiver's answer the log keeps.
const excerpt = 256

type delivery struct {
	client    *tenant.Client
	userID    string
	sessionID string
	initiator string
	url       string
	token     string
}

// newClient posts to receivers: no proxy and no redirects, which could lead elsewhere.
func newClient(roots *x509.CertPool, reach func() string) *http.Client {
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return dial(ctx, network, address, reach() == "any")
			},
		},
	}
}

// dial connects to receivers on this machine, or anywhere. An address is judged when it is dialled, whatever its name
// leads to by then; a name of another machine is not even looked up.
func dial(ctx context.Context, network, address string, anywhere bool) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	here := strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost")
	if here {
		address = net.JoinHostPort("localhost", port) // RFC 6761 §6.3; not every resolver knows
	}
	if _, err := netip.ParseAddr(host); err != nil && !here && !anywhere {
		return nil, forbidden(host)
	}
	d := net.Dialer{Control: func(_, dialled string, _ syscall.RawConn) error {
		if a, err := netip.ParseAddrPort(dialled); !anywhere && (err != nil || !a.Addr().Unmap().IsLoopback()) {
			return forbidden(host)
		}
		return nil
	}}
	return d.DialContext(ctx, network, address)
}

func forbidden(host string) error {
	return fmt.Errorf("%s is not on this machine, so nothing is sent there: set backchannel_logout: any in mock.yaml", host)
}

func roots(ca *x509.Certificate) *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil { // a machine without any
		pool = x509.NewCertPool()
	}
	pool.AddCert(ca)
	return pool
}

// deliver posts one token and writes what came of it to the log. There is no second attempt, as at Auth0.
func (s *Sender) deliver(d delivery) {
	body := url.Values{"logout_token": {d.token}}.Encode()
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, d.url, strings.NewReader(body))
	if err != nil {
		s.report(d, 0, err.Error())
		return
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "mockauth0")
	res, err := s.client().Do(r)
	if err != nil {
		s.report(d, 0, cause(err))
		return
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(res.Body, excerpt)) // an answer that breaks off still has its status
	s.report(d, res.StatusCode, strings.ToValidUTF8(string(answer), "\uFFFD"))
}

// cause is an error of the client without the URL, which the event tells on its own.
func cause(err error) string {
	var outer *url.Error
	switch {
	case errors.As(err, &outer) && outer.Timeout():
		return fmt.Sprintf("no answer within %s", patience)
	case outer != nil:
		return outer.Err.Error()
	}
	return err.Error()
}

// report writes to the log. 200 is what the specification asks for; frameworks turn an empty one into 204 (§2.8 there).
func (s *Sender) report(d delivery, status int, answer string) {
	e := event.Event{
		Kind: event.KindLog, Type: event.BackchannelLogoutFailed, Description: "Failed OIDC Back-Channel Logout request",
		ClientID: d.client.ClientID, ClientName: d.client.Name, UserID: d.userID,
		Data: &event.LogEntry{Session: d.sessionID, Initiator: d.initiator, URL: d.url, Status: status, Answer: answer},
	}
	if u := s.tenant().UserByID(d.userID); u != nil {
		e.UserName = u.Email
	}
	if status == http.StatusOK || status == http.StatusNoContent {
		e.Type, e.Description = event.BackchannelLogoutSucceeded, "Successful OIDC Back-Channel Logout request"
	}
	s.emit(e)
}
