package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"renewal.example/mockauth0/admin"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/names"
)

// remote speaks to the control API of a tenant that runs in another process.
type remote struct {
	base   string
	domain string // host[:port] of the tenant, where the address is not it
	fell   bool   // it asks by plain http, although it was to ask by https

	transport *http.Transport
	api       *admin.Client
}

// where says where a running tenant is, by the same flags for every command that needs one.
type where struct {
	url     string
	connect []string
	token   string
	given   func() bool // tells that --url is there
}

// controlAddressVariable is the variable by which the command of exec finds the tenant of exec.
const controlAddressVariable = "MOCKAUTH0_CONTROL"

func (w *where) flags(f *pflag.FlagSet) {
	f.StringVar(&w.url, "url", "https://localhost:4443", "address of the tenant or of its control API, as serve prints them; http:// for "+
		"one by plain http (also: --control) (default $"+controlAddressVariable+", which exec sets, else https://localhost:4443)")
	f.Lookup("url").DefValue = "" // the text says it
	w.given = func() bool { return f.Changed("url") }
	connectFlag(f, &w.connect)
	tokenFlag(f, &w.token, "of a tenant on another machine: what its serve --control-token says")
	f.SetNormalizeFunc(alias("control", "url"))
}

// alias lets a flag have another name, which help does not list.
func alias(other, name string) func(*pflag.FlagSet, string) pflag.NormalizedName {
	return func(_ *pflag.FlagSet, given string) pflag.NormalizedName {
		if given == other {
			given = name
		}
		return pflag.NormalizedName(given)
	}
}

// connectFlag leads names to addresses; newRoutes reads it.
func connectFlag(f *pflag.FlagSet, into *[]string) {
	f.StringArrayVar(into, "connect", nil, "HOST[:PORT]=ADDR:PORT: go there instead of looking the name up; may be given several times")
}

// controlToken is the variable that stands for the flag of that name, so that the token need not be in the list of processes.
const controlToken = "MOCKAUTH0_CONTROL_TOKEN"

// tokenFlag takes the token of a control API.
func tokenFlag(f *pflag.FlagSet, into *string, what string) {
	f.StringVar(into, "control-token", "", what+" (default $"+controlToken+")")
}

// remoteTenant reaches the tenant at an address, or whose control API has it; it trusts the CAs of the data directory.
func (a *app) remoteTenant(at where) (*remote, error) {
	said := "--url"
	if inherited := a.env.get(controlAddressVariable); inherited != "" && !at.given() {
		said, at.url = "$"+controlAddressVariable, inherited
	}
	u, err := url.Parse(at.url)
	if err != nil || u.Scheme != domain.HTTPS && u.Scheme != domain.HTTP || u.Host == "" ||
		strings.TrimSuffix(u.Path, "/") != "" && strings.TrimSuffix(u.Path, "/") != names.ControlPath {
		return nil, refuse("%s is %q; expected the address of a tenant, such as https://localhost:4443", said, at.url)
	}
	if err := domain.New(u.Host, u.Scheme == domain.HTTP).Check(); err != nil {
		return nil, refuse("%s is %q: %w", said, at.url, err)
	}
	around, err := newRoutes(at.connect)
	if err != nil {
		return nil, err
	}
	port := domain.New(u.Host, u.Scheme == domain.HTTP).Port()
	if _, routed := around.address(u.Hostname(), port); !routed && strings.HasSuffix(strings.ToLower(u.Hostname()), ".auth0.com") {
		return nil, refuse("%s is the name of a real tenant: say where yours listens, with --connect %s=127.0.0.1:4443, or name that address "+
			"alone, --url https://localhost:4443", u.Hostname(), u.Hostname())
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if dir, err := a.dataDirectory(); err == nil {
		files, _ := filepath.Glob(filepath.Join(dir, "ca*.pem")) // the pattern is a good one; those of keys hold their CA's certificate too
		for _, file := range files {
			if pem, err := os.ReadFile(file); err == nil {
				roots.AppendCertsFromPEM(pem)
			}
		}
	}
	r := &remote{base: u.Scheme + "://" + u.Host + names.ControlPath, transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, DialContext: around.dial,
	}}
	r.api, err = admin.New(admin.Options{
		URL: r.tenant(), HTTP: &http.Client{Transport: r}, Token: cmp.Or(at.token, a.env.get(controlToken)),
		Explain: func(err error) error { return err }, // RoundTrip has said what to do
	})
	return r, err
}

// CloseIdleConnections closes the connections that are kept.
func (r *remote) CloseIdleConnections() { r.transport.CloseIdleConnections() }

// tenant is the address of the tenant itself.
func (r *remote) tenant() string {
	if r.domain != "" {
		return atDomain(r.base).Scheme() + "://" + r.domain
	}
	return strings.TrimSuffix(r.base, names.ControlPath)
}

// RoundTrip carries a request of the admin client to where the tenant is found to be.
func (r *remote) RoundTrip(request *http.Request) (*http.Response, error) {
	at, err := url.Parse(r.base)
	if err != nil {
		return nil, err
	}
	asked := request.Clone(request.Context())
	if request.GetBody != nil {
		if asked.Body, err = request.GetBody(); err != nil {
			return nil, err
		}
	}
	asked.URL.Scheme, asked.URL.Host, asked.Host = at.Scheme, at.Host, cmp.Or(r.domain, at.Host)
	res, err := r.transport.RoundTrip(asked)
	if plainly(err) && r.fallBack() {
		return r.RoundTrip(request)
	}
	if err != nil {
		return nil, r.unreachable(err)
	}
	if tenant := res.Header.Get(names.TenantHeader); tenant != "" && tenant+names.ControlPath != r.base {
		_, r.domain = domain.Split(tenant)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16)) // what there is of it
	again, err := r.elsewhere(res, raw)
	switch {
	case again:
		return r.RoundTrip(request)
	case err != nil:
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(raw))
	return res, nil
}

// elsewhere looks at a refusal: whether to ask once more, where the tenant turns out to be, or what a person has to do.
func (r *remote) elsewhere(res *http.Response, raw []byte) (again bool, err error) {
	var said struct {
		Description string   `json:"error_description"`
		Domains     []string `json:"domains"`
	}
	if json.Unmarshal(raw, &said) == nil && said.Description != "" {
		switch {
		case res.StatusCode != http.StatusMisdirectedRequest || len(said.Domains) == 0:
			return false, nil
		case len(said.Domains) == 1 && r.domain == "": // the only tenant there
			_, r.domain = domain.Split(said.Domains[0])
			return true, nil
		}
		return false, fmt.Errorf("several tenants are served at %s: %s. Name one with --url %s%s", r.tenant(),
			strings.Join(said.Domains, ", "), atDomain(said.Domains[0]).URL(), r.detour(said.Domains[0]))
	}
	if strings.Contains(string(raw), "HTTP request to an HTTPS server") { // so says net/http's server
		if r.goBack() {
			return true, nil
		}
		return false, fmt.Errorf("what answers at %s speaks TLS: name it by https, --url https%s", r.tenant(),
			strings.TrimPrefix(r.tenant(), "http"))
	}
	return false, fmt.Errorf("%s answers %s, as no mockauth0 tenant does: is it the app? Name the tenant with --url", r.base, res.Status)
}

// plainly tells that a server answered a TLS handshake in plain http.
func plainly(err error) bool {
	// net/http has no type for the second
	return err != nil && (errors.As(err, new(tls.RecordHeaderError)) || strings.HasSuffix(err.Error(), "HTTP response to HTTPS client"))
}

// fallBack goes on by plain http, for a tenant that serve --http has at an address that was meant by https, if only by default. It never
// leaves this machine by plain http.
func (r *remote) fallBack() bool {
	at := atDomain(strings.TrimSuffix(r.base, names.ControlPath))
	if at.Plain || !domain.Loopback(at.Name()) {
		return false
	}
	r.base, r.fell = domain.Domain{Host: at.Host, Plain: true}.URL()+names.ControlPath, true
	return true
}

// goBack undoes that, for a tenant that came back by https.
func (r *remote) goBack() bool {
	fell := r.fell
	if fell {
		r.base, r.fell = "https"+strings.TrimPrefix(r.base, "http"), false
	}
	return fell
}

// detour is the flag that leads a name to where this tenant was reached; "" for a name that leads here by itself.
func (r *remote) detour(name string) string {
	u, err := url.Parse(r.base)
	if host, _ := splitDomain(name); err != nil || leadsHere(host) {
		return ""
	}
	return " --connect " + atDomain(name).Host + "=127.0.0.1:" + domain.New(u.Host, u.Scheme == domain.HTTP).Port()
}

// errNoTenant marks that nothing listens where a tenant was expected, or stopped to; it adds no words.
var errNoTenant = errors.New("")

// unreachable says what a person can do about a tenant that does not answer.
func (r *remote) unreachable(err error) error {
	base := strings.TrimSuffix(r.base, names.ControlPath)
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &unknown):
		return fmt.Errorf("the certificate of %s is not of this data directory's CA: give the --data-dir that the tenant was started with", base)
	case plainly(err):
		return fmt.Errorf("what answers at %s does not speak TLS, as a tenant does: is it the app? Name the tenant with --url", base)
	case errors.As(err, new(*net.DNSError)):
		return fmt.Errorf("%s cannot be looked up: give where it leads, with --connect HOST=127.0.0.1:4443, or another address with --url", base)
	case errors.As(err, new(*net.OpError)), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("no tenant answers at %s: start one with mockauth0 serve, or give its address with --url%w", base, errNoTenant)
	}
	var about *url.Error
	if errors.As(err, &about) {
		err = about.Err // which tells the address once more
	}
	return fmt.Errorf("%s: %w", base, err)
}
