package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode"

	"renewal.example/mockauth0/internal/terminal"
)

// clockForm is how lines of a log begin: the time of day, where the person is.
const clockForm = "15:04:05"

// peopleLog writes what slog is given as lines for people, in the form of serve's other lines: the time, what happened, and details
// as name=value.
type peopleLog struct {
	to      io.Writer
	details string     // of With
	least   slog.Level // what is written; slog.LevelInfo is the zero value
}

func (h peopleLog) Enabled(_ context.Context, level slog.Level) bool { return level >= h.least }

func (h peopleLog) Handle(_ context.Context, r slog.Record) error {
	var line bytes.Buffer
	if !r.Time.IsZero() {
		line.WriteString(r.Time.Local().Format(clockForm) + " ")
	}
	switch {
	case r.Level >= slog.LevelError:
		line.WriteString(terminal.Red("error:") + " ")
	case r.Level >= slog.LevelWarn:
		line.WriteString(terminal.Yellow("warning:") + " ")
	}
	line.WriteString(terminal.Plain(r.Message))
	details := h.details
	r.Attrs(func(a slog.Attr) bool {
		details += detail(a)
		return true
	})
	if details != "" {
		line.WriteString(" " + terminal.Faint(details))
	}
	line.WriteByte('\n')
	_, err := h.to.Write(line.Bytes()) // one line at a time: others write there, too
	return err
}

// detail is an attribute with a space before it; nothing where it is empty.
func detail(a slog.Attr) string {
	value := a.Value.Resolve()
	if a.Key == "" {
		return ""
	}
	text := terminal.Plain(fmt.Sprint(value.Any()))
	if text == "" ||
		strings.ContainsFunc(text, func(c rune) bool { return c == '"' || c == '=' || unicode.IsSpace(c) || !unicode.IsPrint(c) }) {
		text = strconv.Quote(text)
	}
	return " " + a.Key + "=" + text
}

func (h peopleLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		h.details += detail(a)
	}
	return h
}

// WithGroup leaves the names as they are: people do not need to know what a detail belongs to.
func (h peopleLog) WithGroup(string) slog.Handler { return h }
