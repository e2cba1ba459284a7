package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/safefile"
)

// announcement is the one JSON line that `serve` prints when the tenant is ready. Programs read it.
type announcement struct {
	Issuer  string `json:"issuer"`  // "https://localhost:4443/"
	Domain  string `json:"domain"`  // "localhost:4443", as SDKs want it; by plain http "http://localhost:4443"
	Listen  string `json:"listen"`  // "127.0.0.1:4443", with the actual port
	CAFile  string `json:"ca_file"` // PEM to trust; "" when the CA is temporary, or when plain http needs none
	Control string `json:"control"` // base URL of the control API
	PID     int    `json:"pid"`
	App     string `json:"app,omitempty"` // "https://localhost:5443/": where --app-proxy puts the app; "" without it
}

func (a *app) announcement(server *mockauth0.Server, proxy *appProxy) announcement {
	return announcement{
		App: proxy.page(), Issuer: server.Issuer(), Domain: server.Domain(), Listen: server.Addr(),
		CAFile: caFile(server), Control: server.URL() + names.ControlPath, PID: a.env.PID,
	}
}

// caFile is the CA that clients of the tenant have to trust; "": it is in no file, or there is nothing to trust.
func caFile(server *mockauth0.Server) string {
	if server.HTTP() {
		return ""
	}
	return server.CA().File()
}

func (said announcement) line() []byte {
	line, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings and a number always marshal
	}
	return append(line, '\n')
}

func (said announcement) print(w io.Writer) error {
	_, err := w.Write(said.line())
	return err
}

// announce tells that the tenant is ready: in the ready file, from which withdraw takes it again, and on stdout.
func (a *app) announce(server *mockauth0.Server, proxy *appProxy, ready *readyFile) (withdraw func(), err error) {
	said := a.announcement(server, proxy)
	withdraw = func() { ready.remove(said) }
	if err := ready.write(said); err != nil {
		return withdraw, err
	}
	// On a terminal both are read: what is for programs comes first, what is for people stays in sight.
	if err := said.print(a.stdio.Out); err != nil {
		return withdraw, notWritten("writing the JSON line to stdout: %w", err)
	}
	return withdraw, nil
}

// readyFile is where another program looks for the announcement. The empty path writes nothing.
type readyFile struct {
	path string
	live func(announcement) bool
}

// maxReadyFile is more than any announcement has bytes.
const maxReadyFile = 64 << 10

// newReadyFile clears the announcement that an earlier run left behind, so that nobody takes it for this one's. It refuses to touch
// anything else: another file, a link, a device, the announcement of a tenant that is running.
func (a *app) newReadyFile(ctx context.Context, path string) (*readyFile, error) {
	r := &readyFile{path: path, live: func(said announcement) bool { return a.live(ctx, said) }}
	if path == "" {
		return r, nil
	}
	return r, r.clear()
}

func (r *readyFile) clear() error {
	content, err := safefile.Read(r.path, maxReadyFile)
	var other *safefile.NotRegularError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case errors.As(err, &other):
		return refuse("--ready-file: %w; choose another name", err)
	case err != nil:
		return notWritten("--ready-file: %w", err)
	}
	var former announcement
	if len(content) > 0 && (json.Unmarshal(content, &former) != nil || former.Control == "") {
		return refuse("--ready-file %s exists and is not a ready file: choose another name", r.path)
	}
	if former.Control != "" && r.live(former) {
		return refuse("--ready-file %s is that of a tenant which is running (process %d, %s): choose another name, or end that one first",
			r.path, former.PID, former.Listen)
	}
	if err := safefile.Remove(r.path); err != nil {
		return notWritten("--ready-file: %w", err)
	}
	return nil
}

// live tells whether the tenant of an announcement is running: there is a process with its id, and something listens where it did.
// The id alone may be another program's by now, and so may the port. When ctx ends before that is known, the tenant counts as running.
func (a *app) live(ctx context.Context, said announcement) bool {
	if a.env.Alive == nil || !a.env.Alive(said.PID) {
		return false
	}
	dialer := net.Dialer{Timeout: time.Second}
	socket, err := dialer.DialContext(ctx, "tcp", said.Listen)
	if err != nil {
		return ctx.Err() != nil
	}
	socket.Close()
	return true
}

// write puts the announcement there at once: a reader meets all of it or no file.
func (r *readyFile) write(said announcement) error {
	if r.path == "" {
		return nil
	}
	if err := r.clear(); err != nil { // another tenant may have started meanwhile
		return err
	}
	if err := safefile.Write(r.path, safefile.Public, said.line()); err != nil {
		return notWritten("--ready-file in %s: %w", filepath.Dir(r.path), err)
	}
	return nil
}

// remove takes the announcement away, unless something else is there by now.
func (r *readyFile) remove(said announcement) {
	if r.path == "" {
		return
	}
	if content, err := safefile.Read(r.path, maxReadyFile); err == nil && bytes.Equal(content, said.line()) {
		_ = safefile.Remove(r.path) // a later run replaces it
	}
}
