package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/datadir"
	"renewal.example/mockauth0/internal/names"
)

// announcement is the one JSON line that `serve` prints when the tenant is ready. Programs read it.
type announcement struct {
	Issuer  string `json:"issuer"`  // "https://localhost:4443/"
	Domain  string `json:"domain"`  // "localhost:4443", as SDKs want it
	Listen  string `json:"listen"`  // "127.0.0.1:4443", with the actual port
	CAFile  string `json:"ca_file"` // PEM to trust; "" when the CA is temporary
	Control string `json:"control"` // base URL of the control API
	PID     int    `json:"pid"`
}

func (a *app) announcement(server *mockauth0.Server) announcement {
	return announcement{
		Issuer: server.Issuer(), Domain: server.Domain(), Listen: server.Addr(),
		CAFile: server.CA().File(), Control: server.URL() + names.ControlPath, PID: a.env.PID,
	}
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
func (a *app) announce(server *mockauth0.Server, ready *readyFile) (withdraw func(), err error) {
	said := a.announcement(server)
	withdraw = func() { ready.remove(said) }
	if err := ready.write(said); err != nil {
		return withdraw, err
	}
	// On a terminal both are read: what is for programs comes first, what is for people stays in sight.
	if err := said.print(a.stdio.Out); err != nil {
		return withdraw, fmt.Errorf("writing the JSON line to stdout: %w", err)
	}
	return withdraw, nil
}

// readyFile is where another program looks for the announcement. The empty path writes nothing.
type readyFile struct {
	path    string
	former  []byte // the announcement that was there; empty: none
	written bool   // this run's is there
}

// newReadyFile clears the announcement of an earlier run, so that nobody takes it for this one's. It refuses
// to touch any other file. Who gets one has to giveUp at the end: the earlier run may be running still.
func newReadyFile(path string) (*readyFile, error) {
	if path == "" {
		return &readyFile{}, nil
	}
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &readyFile{path: path}, nil
	case err != nil:
		return nil, fmt.Errorf("--ready-file: %w", err)
	}
	var former announcement
	if len(content) > 0 && (json.Unmarshal(content, &former) != nil || former.Control == "") {
		return nil, refuse("--ready-file %s exists and is not a ready file: choose another name", path)
	}
	if err := os.Remove(path); err != nil {
		return nil, fmt.Errorf("--ready-file: %w", err)
	}
	return &readyFile{path: path, former: content}, nil
}

// write puts the announcement there at once: a reader meets all of it or no file.
func (r *readyFile) write(said announcement) error {
	if r.path == "" {
		return nil
	}
	if err := datadir.Write(r.path, datadir.Public, said.line()); err != nil {
		return fmt.Errorf("--ready-file in %s: %w", filepath.Dir(r.path), err)
	}
	r.written = true
	return nil
}

// giveUp puts back what newReadyFile cleared when this run wrote nothing.
func (r *readyFile) giveUp() error {
	if r.written || len(r.former) == 0 {
		return nil
	}
	if err := datadir.Write(r.path, datadir.Public, r.former); err != nil {
		return fmt.Errorf("putting back what was in --ready-file %s: %w", r.path, err)
	}
	return nil
}

// remove takes the announcement away, unless a later run has put its own there.
func (r *readyFile) remove(said announcement) {
	if r.path == "" {
		return
	}
	if content, err := os.ReadFile(r.path); err == nil && bytes.Equal(content, said.line()) {
		os.Remove(r.path)
	}
}
