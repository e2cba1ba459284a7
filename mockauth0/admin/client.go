// Package admin controls a tenant that runs in another process: mockauth0 serve, run or exec, or a server of a Go program. It has the
// verbs of mockauth0.Tenant, over the tenant's control API (/__mock/v1).
//
//	tenant, err := admin.New(admin.Options{URL: "https://localhost:4443", CA: pool})
//	if err != nil { … }
//	session, err := tenant.Login(ctx, admin.LoginRequest{User: "ada@example.test"})
//
// A method ends when its context does. What the tenant refuses is an *Error, whose text says what to do.
package admin

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Options say where a tenant is.
type Options struct {
	// URL is the address of the tenant or of its control API: https://localhost:4443, https://localhost:4443/__mock/v1/tenants/NAME.
	// Required.
	URL string
	// CA signs the tenant's certificate; nil: the system's authorities do. `mockauth0 ca --path` names the file.
	CA *x509.CertPool
	// HTTP sends the requests, and CA is not used; nil: one that trusts CA.
	HTTP *http.Client
	// Explain says what it means that a request got no answer; nil: the error tells, after the address.
	Explain func(error) error
	// Token opens the control API of a tenant on another machine, what its serve --control-token says; "": none is sent.
	Token string
}

// Client controls one tenant. It is safe for concurrent use.
type Client struct {
	base  string
	api   string // path of the control API
	token string
	http  *http.Client
	told  func(error) error
}

const apiPath = "/__mock/v1"

// New makes a client. It asks nothing yet: Ready tells whether the tenant is there.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("admin: Options.URL is %q: give the address of a tenant, such as https://localhost:4443", o.URL)
	}
	api := cmp.Or(strings.TrimSuffix(u.Path, "/"), apiPath)
	if name, below := strings.CutPrefix(api, apiPath+"/tenants/"); api != apiPath && (!below || name == "" || strings.Contains(name, "/")) {
		return nil, fmt.Errorf("admin: Options.URL is %q: give the address of a tenant without a path, such as https://%s", o.URL, u.Host)
	}
	c := &Client{base: u.Scheme + "://" + u.Host, api: api, token: o.Token, http: o.HTTP, told: o.Explain}
	if c.told == nil {
		c.told = c.unreachable
	}
	if c.http == nil {
		c.http = &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: o.CA, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		}}
	}
	return c, nil
}

// Close closes the connections that the client keeps.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Error is a refusal of the tenant.
type Error struct {
	Status      int      // HTTP status
	Code        string   // a word for programs: "invalid_request", "not_found", "timeout", "forbidden_address", …
	Description string   // what happened and what to do
	Domains     []string // of the tenants that there are, where the one that was asked for is not
}

func (e *Error) Error() string { return e.Description }

// Timeout tells whether nothing came in time, of WaitForEvent and WaitForMail.
func (e *Error) Timeout() bool { return e.Code == "timeout" }

// Do sends one request to the control API, for what has no method here: path is below /__mock/v1, body is sent as JSON unless it is
// nil, and v takes the answer unless it is nil.
func (c *Client) Do(ctx context.Context, method, path string, body, v any) error {
	return c.do(ctx, method, c.api+path, body, v)
}

func (c *Client) do(ctx context.Context, method, path string, body, v any) error {
	res, err := c.send(ctx, method, path, body, "application/json")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s: the answer ended early: %w", c.base, err)
	}
	if v == nil {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s answers, but not as a mockauth0 tenant does: %s %.80q", c.base, res.Status, raw)
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path string, body any, accept string) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", accept)
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(r)
	if err != nil {
		var about *url.Error
		if errors.As(err, &about) {
			err = about.Err // which names the address once more
		}
		return nil, c.told(err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	return nil, c.refusal(res)
}

func (c *Client) refusal(res *http.Response) error {
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16)) // what there is of it
	var said struct {
		Error       string   `json:"error"`
		Description string   `json:"error_description"`
		Domains     []string `json:"domains"`
	}
	if json.Unmarshal(raw, &said) != nil || said.Description == "" {
		return fmt.Errorf("%s answers %s, as no mockauth0 tenant does: is it the app? Give the address of the tenant", c.base, res.Status)
	}
	return &Error{res.StatusCode, said.Error, said.Description, said.Domains}
}

func (c *Client) unreachable(err error) error {
	if errors.As(err, new(x509.UnknownAuthorityError)) {
		return fmt.Errorf("%s: %w: give Options.CA the certificate that `mockauth0 ca --path` names", c.base, err)
	}
	return fmt.Errorf("%s: %w", c.base, err)
}

// stream reads server-sent events until the stream or ctx ends.
func (c *Client) stream(ctx context.Context, path string, connected func(), each func(data []byte) error) error {
	res, err := c.send(ctx, http.MethodGet, c.api+path, nil, "text/event-stream")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if connected != nil {
		connected()
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
			if err := each(data); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%s: the event stream cannot be read: %w", c.base, err)
	}
	return nil // the stream was cut: the tenant has ended
}

// Ready tells whether the tenant serves requests, and has the keys to sign tokens; an error says why it is not, or that nobody answers.
func (c *Client) Ready(ctx context.Context) error {
	return c.do(ctx, http.MethodGet, "/__mock/readyz", nil, nil)
}

// query writes the parameters that are not empty.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}
