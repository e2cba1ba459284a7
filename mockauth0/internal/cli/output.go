package cli

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"

	"renewal.example/mockauth0/internal/terminal"
)

// output is the way to stdout. What it is given reaches no terminal before what could steer one is taken out, and it remembers
// that something could not be written, so that no command has to look.
type output struct {
	to    io.Writer
	style terminal.Style
	text  io.Writer // to, for text
	json  io.Writer // to, for JSON
	mu    sync.Mutex
	err   error
}

func newOutput(to io.Writer, style terminal.Style) *output {
	o := &output{to: to, style: style}
	o.text, o.json = terminal.Styled(rawOutput{o}, style), terminal.JSONWriter(rawOutput{o})
	return o
}

// Write takes text for people.
func (o *output) Write(p []byte) (int, error) { return o.text.Write(p) }

// verbatim takes text for programs, such as the lines of a .env file, which must not be changed. On a terminal nobody but a
// person reads it.
func (o *output) verbatim() io.Writer {
	if f, ok := o.to.(*os.File); ok {
		if stat, err := f.Stat(); err == nil && stat.Mode()&os.ModeCharDevice != 0 {
			return o.text
		}
	}
	return rawOutput{o}
}

// failed is the error of a command that ended with err: what could not be written counts where nothing else went wrong.
func (o *output) failed(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil || err != nil && !errors.Is(err, o.err) {
		return err
	}
	return notWritten("stdout could not be written: %w", o.err)
}

// rawOutput writes to stdout and remembers the first error.
type rawOutput struct{ *output }

func (w rawOutput) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.err == nil {
			w.err = err
		}
	}
	return n, err
}

// printJSON prints a result for programs, as text that people can read too.
func (a *app) printJSON(v any) error {
	out := json.NewEncoder(a.out.json)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
