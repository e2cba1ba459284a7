// Package browser drives real browsers through hours of token life in milliseconds.
//
// One Browser (a Chromium process) serves many Worlds. A World is a browser context with its own names, its own
// tenant and one clock: World.Advance moves the tenant and every page together, timer by timer, and lets the
// network settle at each step. The workers that a page starts for itself move with it, such as the one in which auth0-spa-js
// keeps its refresh token. Service workers, shared workers and worklets keep real time; World.OnRealTime names those that
// were seen. What no clock moves: the end of a cookie, the HTTP cache, and a wait that blocks a thread (Atomics.wait).
// Nothing reaches the network: a name that the World does not map is refused and
// reported by World.Check.
//
// The package knows no test framework: every method returns an error that says what was awaited and what was there.
package browser

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/go-rod/rod/lib/proto"

	"renewal.example/mockauth0"
)

// CertificateAuthority signs the certificates of the names that Worlds serve. A mockauth0.CA is one.
type CertificateAuthority interface {
	// SPKI is the base64 of the SHA-256 of the authority's SubjectPublicKeyInfo; the browser trusts that key alone.
	SPKI() string
	// GetCertificate returns a leaf for the asked name, with the authority's own certificate in the chain.
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Options says which browser to start, and how. The zero value is a headless shell with a throw-away authority.
type Options struct {
	// Path is the executable. Empty: the first of headless shell, chromium, google-chrome, … that is installed.
	Path string
	// Kind is Shell (default) or Full. Ignored when Path is set: then the file's name decides.
	Kind Kind
	// Headed shows a window, for a person who watches. It implies Full.
	Headed bool
	// DefaultCookies leaves the third-party cookie setting as the browser ships it. False: the profile allows them, and each
	// World sets its own mode.
	DefaultCookies bool
	// CA signs the certificates of the names that Worlds serve. Nil: a temporary one, for this browser alone.
	CA CertificateAuthority
	// Keys holds the signing keys of the tenants that Worlds start. Nil: in memory, made once for this browser.
	Keys mockauth0.KeyPool
	// TrustSPKI lists further keys to trust, for servers that Worlds reach by address.
	TrustSPKI []string
	// SiteIsolation leaves Chromium's site isolation on. Slower; one spec should run with it.
	SiteIsolation bool
	// Flags are added to the command line.
	Flags []string
	// Remote is the DevTools endpoint of a browser that runs elsewhere, ws://HOST:PORT/… or http://HOST:PORT: Launch connects to it, and
	// Close leaves it running. Several programs may use one. Empty: a browser is started here. Of the other options only Host, CA, Keys,
	// DefaultCookies and LaunchTimeout count then.
	Remote string
	// Host is the address of this machine that the proxies of Worlds listen on, and that the browser is told. Whoever reaches it,
	// reaches what the Worlds serve. Default 127.0.0.1.
	Host string
	// LaunchTimeout bounds the start. Default 20 s.
	LaunchTimeout time.Duration
}

// Browser is a running Chromium. Safe for concurrent use.
type Browser struct {
	// Kind tells which sort of browser was found.
	Kind Kind
	// Version is the product and version it reported, as "Chrome/156.0.1".
	Version string
	// CA is the authority whose names it trusts.
	CA CertificateAuthority

	options Options
	keys    mockauth0.KeyPool
	domains domainNames
	command *exec.Cmd
	profile string
	stderr  *tail
	stdin   *os.File
	cookies probe           // of a browser that runs elsewhere
	socket  *websocket.Conn // to a browser that runs elsewhere
	wire    *wire
	exited  chan struct{}
	ended   <-chan struct{} // closed when who launched it gave up

	closeOnce sync.Once
	closeErr  error

	mu      sync.Mutex
	worlds  map[proto.BrowserBrowserContextID]*World
	targets map[string]*target // by session
}

// Launch finds and starts a browser, or connects to the one of Options.Remote. The caller must Close it; it also dies with this process.
// When ctx has ended by then, Close leaves the browser no time to end by itself.
func Launch(ctx context.Context, o Options) (*Browser, error) {
	var path string
	var kind Kind
	var err error
	if o.Remote == "" {
		if path, kind, err = Find(o); err != nil {
			return nil, err
		}
	}
	if o, err = o.withDefaults(); err != nil {
		return nil, err
	}
	b := &Browser{
		ended: ctx.Done(), Kind: kind, CA: o.CA, options: o, keys: o.Keys, stderr: &tail{}, exited: make(chan struct{}),
		worlds: map[proto.BrowserBrowserContextID]*World{}, targets: map[string]*target{},
	}
	ctx, cancel := context.WithTimeout(ctx, o.LaunchTimeout)
	defer cancel()
	if o.Remote != "" {
		if err := b.connect(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("connect to the browser at %s: %w", o.Remote, err), b.Close())
		}
		return b, nil
	}
	if b.profile, err = makeProfile(o, kind); err != nil {
		return nil, err
	}
	if err := b.start(ctx, path); err != nil {
		err = fmt.Errorf("start %s: %w\n%s", path, err, b.stderr)
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (o Options) withDefaults() (Options, error) {
	if o.CA == nil {
		ca, err := temporaryCA()
		if err != nil {
			return o, fmt.Errorf("make a temporary certificate authority: %w", err)
		}
		o.CA = ca
	}
	if o.Keys == nil {
		o.Keys = mockauth0.NewKeyPool("")
	}
	if o.LaunchTimeout <= 0 {
		o.LaunchTimeout = 20 * time.Second
	}
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	return o, nil
}

func makeProfile(o Options, kind Kind) (string, error) {
	dir, err := os.MkdirTemp("", "mockauth0-browser-")
	if err != nil {
		return "", fmt.Errorf("make the browser's profile directory: %w", err)
	}
	if kind == Full && !o.DefaultCookies {
		// Only a preference lifts full Chromium's default block; contexts inherit it.
		err = os.MkdirAll(filepath.Join(dir, "Default"), 0o700)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "Default", "Preferences"), []byte(`{"profile":{"cookie_controls_mode":0}}`), 0o600)
		}
		if err != nil {
			return "", errors.Join(fmt.Errorf("write the browser's preferences: %w", err), os.RemoveAll(dir))
		}
	}
	return dir, nil
}

func (b *Browser) start(ctx context.Context, path string) error {
	toBrowser, stdin, err := os.Pipe()
	if err != nil {
		return err
	}
	fromBrowser, stdout, err := os.Pipe()
	if err != nil {
		return errors.Join(err, toBrowser.Close(), stdin.Close())
	}
	b.stdin = stdin
	command := exec.Command(path, flags(b.options, b.Kind, b.profile)...)
	attach(command, toBrowser, stdout)
	command.Stderr = b.stderr
	command.WaitDelay = time.Second // a grandchild may hold stderr open
	err = command.Start()
	_, _ = toBrowser.Close(), stdout.Close() // now the browser's alone
	if err != nil {
		return errors.Join(err, fromBrowser.Close())
	}
	b.command = command
	go func() {
		_ = command.Wait() // how it ended shows in stderr
		close(b.exited)
	}()
	b.wire = newWire(stdin, fromBrowser, b.dispatch)
	return b.greet(ctx)
}

// greet learns which browser it is, and has it tell of every page.
func (b *Browser) greet(ctx context.Context) error {
	root := session{wire: b.wire, ctx: ctx}
	version, err := proto.BrowserGetVersion{}.Call(root)
	if err != nil {
		return fmt.Errorf("it did not answer: %w", err)
	}
	b.Version = version.Product
	if b.options.Remote != "" && !strings.HasPrefix(version.Product, "HeadlessChrome/") {
		b.Kind = Full
	}
	// Every page, popups included, stops before its first script until its World has put the clock in.
	return proto.TargetSetAutoAttach{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: true}.Call(root)
}

// Err tells why the browser can no longer be used, nil while it runs.
func (b *Browser) Err() error {
	b.wire.mu.Lock()
	defer b.wire.mu.Unlock()
	if b.wire.dead == nil {
		return nil
	}
	if b.options.Remote != "" {
		return fmt.Errorf("%w (it runs at %s)", b.wire.dead, b.options.Remote)
	}
	return fmt.Errorf("%w\n%s", b.wire.dead, b.stderr)
}

// Done is closed when the browser can no longer be used, because a person closed its last window, for instance.
func (b *Browser) Done() <-chan struct{} { return b.wire.gone }

// Close ends the browser, all its processes and its Worlds' contexts, and removes its profile. It may be called more
// than once.
func (b *Browser) Close() error {
	b.closeOnce.Do(func() { b.closeErr = b.close() })
	return b.closeErr
}

func (b *Browser) close() error {
	b.mu.Lock()
	worlds := make([]*World, 0, len(b.worlds))
	for _, w := range b.worlds {
		worlds = append(worlds, w)
	}
	b.mu.Unlock()
	if b.stdin != nil {
		_ = b.stdin.Close() // the browser takes the end of its pipe as the order to leave
	}
	if b.command != nil {
		select {
		case <-b.exited:
		case <-b.ended: // in a hurry: nobody needs what the browser would still write
		case <-time.After(3 * time.Second):
		}
		killAll(b.command)
		<-b.exited
	}
	if b.socket != nil {
		_ = b.socket.CloseNow() // the contexts of its Worlds end with it
	}
	if b.wire != nil {
		b.wire.die(fmt.Errorf("%w: it was closed", errBrowserGone))
	}
	var errs []error
	for _, w := range worlds {
		if err := w.release(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, removeProfile(b.profile))...)
}

// removeProfile tries again for a moment: a dying child may still write into it.
func removeProfile(dir string) error {
	if dir == "" {
		return nil // of a browser that runs elsewhere
	}
	var err error
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("remove the browser's profile: %w", err)
}

// dispatch is called for every event, on the goroutine that reads the pipe: it must not wait.
func (b *Browser) dispatch(session, method string, params json.RawMessage) {
	if method == "Target.attachedToTarget" {
		b.attached(session, params)
		return
	}
	if session != "" {
		b.mu.Lock()
		t := b.targets[session]
		b.mu.Unlock()
		if t != nil {
			t.event(method, params)
		}
		return
	}
	if method == "Target.detachedFromTarget" {
		b.detached(params)
	}
}

// tail keeps the end of what the browser said on stderr.
type tail struct {
	mu sync.Mutex
	b  []byte
}

// Write keeps the end of p.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const keep = 16 << 10
	t.b = append(t.b, p...)
	if len(t.b) > keep {
		t.b = t.b[len(t.b)-keep:]
	}
	return len(p), nil
}

// String is the text with the browser's own noise about missing system services left out.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for _, line := range strings.Split(string(t.b), "\n") {
		if line != "" && !strings.Contains(line, "dbus") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
