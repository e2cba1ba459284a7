package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/coder/websocket"
	"github.com/go-rod/rod/lib/proto"
)

// connect takes a browser that runs elsewhere, at the DevTools endpoint of Options.Remote.
func (b *Browser) connect(ctx context.Context) error {
	client := directly()
	defer client.CloseIdleConnections() // the web socket's is not idle
	address, err := devTools(ctx, client, b.options.Remote)
	if err != nil {
		return err
	}
	socket, response, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: client, Host: acceptedHost(address)})
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		return err
	}
	socket.SetReadLimit(-1) // screenshots are large
	b.socket = socket
	b.wire = newWire(toSocket{socket}, &fromSocket{socket: socket}, b.dispatch)
	return b.greet(ctx)
}

// devTools is the web socket of the DevTools endpoint that a person named: itself, or what http://host:port says.
func devTools(ctx context.Context, client *http.Client, named string) (string, error) {
	u, err := url.Parse(named)
	switch {
	case err == nil && u.Host != "" && (u.Scheme == "ws" || u.Scheme == "wss"):
		return named, nil
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%q is no DevTools endpoint; expected ws://HOST:PORT/… or http://HOST:PORT", named)
	}
	asked := u.JoinPath("/json/version").String()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, asked, nil)
	if err != nil {
		return "", err
	}
	request.Host = acceptedHost(named)
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var version struct {
		WebSocket string `json:"webSocketDebuggerUrl"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&version); err != nil || version.WebSocket == "" {
		return "", fmt.Errorf("%s names no webSocketDebuggerUrl (status %s): start the browser with --remote-debugging-port",
			asked, response.Status)
	}
	socket, err := url.Parse(version.WebSocket)
	if err != nil {
		return "", fmt.Errorf("%s names a bad address: %w", asked, err)
	}
	// A browser in a container knows its own address, and not the one that leads to it.
	socket.Host = u.Host
	socket.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	return socket.String(), nil
}

// acceptedHost is the Host header for an endpoint: Chromium answers an address or localhost, and refuses a name. "" is as in the address.
func acceptedHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "https" || u.Scheme == "wss" || net.ParseIP(u.Hostname()) != nil {
		return ""
	}
	if u.Port() == "" {
		return "localhost"
	}
	return net.JoinHostPort("localhost", u.Port())
}

// directly is a client that asks without the proxy of the environment.
func directly() *http.Client {
	return &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: false}}
}

// toSocket and fromSocket make the pair of pipes that a wire speaks over: each message ends with NUL.
type toSocket struct{ socket *websocket.Conn }

// Write sends one message.
func (s toSocket) Write(b []byte) (int, error) {
	return len(b), s.socket.Write(context.Background(), websocket.MessageText, b[:len(b)-1])
}

type fromSocket struct {
	socket *websocket.Conn
	rest   []byte
}

// Read gives the next part of a message.
func (s *fromSocket) Read(b []byte) (int, error) {
	if len(s.rest) == 0 {
		_, message, err := s.socket.Read(context.Background())
		if err != nil {
			return 0, err
		}
		s.rest = append(message, 0)
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// mark is a cookie in the browser context of each World in a browser that runs elsewhere. No page ever sees it: nothing is served at
// its name. It says that some harness resumes what waits for a debugger there.
const (
	markName   = "harness"
	markDomain = "mockauth0.invalid"
)

func (w *World) mark(ctx context.Context) error {
	if w.browser.options.Remote == "" {
		return nil
	}
	cookie := &proto.NetworkCookieParam{Name: markName, Value: "1", Domain: markDomain, Path: "/", Expires: proto.TimeSinceEpoch(farAway)}
	return proto.StorageSetCookies{Cookies: []*proto.NetworkCookieParam{cookie}, BrowserContextID: w.context}.
		Call(session{wire: w.browser.wire, ctx: ctx})
}

// farAway is in the year 2100, in seconds since 1970. Browsers keep a cookie for 400 days at most.
const farAway = 4102444800

// withoutMark are the cookies that pages could see.
func withoutMark(cookies []*proto.NetworkCookie) []*proto.NetworkCookie {
	var out []*proto.NetworkCookie
	for _, c := range cookies {
		if c.Domain != markDomain {
			out = append(out, c)
		}
	}
	return out
}

// leaveAlone lets go of a page of somebody else in a browser that several programs drive. It must go on where nobody else resumes it;
// in a World of another process it must not, as the clock has to be put in first.
func (b *Browser) leaveAlone(a attachment) {
	ctx, cancel := context.WithTimeout(context.Background(), DefaultPatience)
	defer cancel()
	on := session{wire: b.wire, ctx: ctx}
	if a.Waiting {
		cookies, err := proto.StorageGetCookies{BrowserContextID: a.TargetInfo.BrowserContextID}.Call(on)
		if err != nil || len(withoutMark(cookies.Cookies)) == len(cookies.Cookies) {
			_ = proto.RuntimeRunIfWaitingForDebugger{}.Call(session{wire: b.wire, id: a.SessionID, ctx: ctx})
		}
	}
	_ = proto.TargetDetachFromTarget{SessionID: proto.TargetSessionID(a.SessionID)}.Call(on)
}

// ofPages are the refusals of what pages asked for. A browser that runs elsewhere was started without the flags that keep it from asking
// its maker for this and that on its own: the proxy refuses that, and nobody needs to know.
func (w *World) ofPages(refused []Refusal) []Refusal {
	if len(refused) == 0 {
		return nil
	}
	asked := map[string]bool{}
	for _, r := range w.Requests() {
		if u, err := url.Parse(r.URL); err == nil {
			asked[hostPort(u)] = true
		}
	}
	return slices.DeleteFunc(refused, func(r Refusal) bool { return !asked[strings.ToLower(r.Host)] })
}

// trustCommands make the target of a browser that runs elsewhere take the certificates of the World. One that is started here knows
// the authority by its key, and refuses all others; elsewhere every certificate is taken.
func (w *World) trustCommands() []command {
	if w.browser.options.Remote == "" {
		return nil
	}
	return []command{of(proto.SecuritySetIgnoreCertificateErrors{Ignore: true})}
}

// probe finds out once what a browser that runs elsewhere does with third-party cookies.
type probe struct {
	once sync.Once
	err  error
}

// allowsThirdParty is an error for a browser elsewhere whose preferences block third-party cookies.
func (b *Browser) allowsThirdParty(ctx context.Context) error {
	if b.options.Remote == "" || b.Kind == Shell {
		return nil // a preference of the profile, or a command, allows them
	}
	b.cookies.once.Do(func() { b.cookies.err = b.probeThirdParty(ctx) })
	return b.cookies.err
}

// probeThirdParty shows a page whose frame, of another site, sets a cookie and comes again.
func (b *Browser) probeThirdParty(ctx context.Context) error {
	const page, frame = "https://page.mockauth0-probe.test", "https://frame.mockauth0-other.test"
	came := make(chan bool, 1)
	w, err := newWorld(ctx, b, WorldOptions{Name: "probe", Sites: map[string]http.Handler{
		page: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<iframe src="`+frame+`/set"></iframe>`)
		}),
		frame: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/set" {
				http.SetCookie(w, &http.Cookie{Name: "probe", Value: "1", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode})
				http.Redirect(w, r, "/get", http.StatusFound)
				return
			}
			_, err := r.Cookie("probe")
			select {
			case came <- err == nil:
			default:
			}
		}),
	}}.withDefaults())
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // what it asked for beside the two is no failure here
	if _, err := w.Open(page + "/"); err != nil {
		return fmt.Errorf("find out about third-party cookies: %w", err)
	}
	ctx, cancel := w.patience()
	defer cancel()
	select {
	case allowed := <-came:
		if !allowed {
			return errThirdPartyBlocked
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("find out about third-party cookies: the frame did not load: %w", context.Cause(ctx))
	}
}

// errThirdPartyBlocked says what to do about a browser elsewhere that cannot allow third-party cookies.
var errThirdPartyBlocked = errors.New("this browser blocks third-party cookies, and no command of DevTools lifts that: start it with " +
	`"cookie_controls_mode": 0 in its preferences (Selenium: goog:chromeOptions, prefs, profile.cookie_controls_mode), or use a ` +
	"headless shell, or set WorldOptions.Cookies to ThirdPartyBlocked")
