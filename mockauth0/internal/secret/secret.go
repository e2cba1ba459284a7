// Package secret holds values that must neither be printed nor be guessed by how long a comparison takes.
package secret

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted stands wherever a secret would be printed.
const redacted = "[redacted]"

// Text is a secret: a code, a password, a token. It cannot be compared by ==, and every way of printing it gives
// "[redacted]". The zero value is empty: there is no secret.
type Text struct {
	_     [0]func() // no ==, which stops at the first difference, and no map by a secret
	value string
}

// New is the secret that s is.
func New(s string) Text { return Text{value: s} }

// Equal compares the secret with what somebody sent. The time that it takes tells nothing but the length.
func (t Text) Equal(sent string) bool {
	return subtle.ConstantTimeCompare([]byte(t.value), []byte(sent)) == 1
}

// Empty tells whether there is no secret.
func (t Text) Empty() bool { return t.value == "" }

// Reveal is the secret itself, for whoever has a right to it.
func (t Text) Reveal() string { return t.value }

// String is never the secret.
func (t Text) String() string { return redacted }

// GoString is never the secret.
func (t Text) GoString() string { return redacted }

// Format writes no secret, whatever the verb.
func (t Text) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// MarshalJSON writes no secret.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// MarshalText writes no secret.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue logs no secret.
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }
