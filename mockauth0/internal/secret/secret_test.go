package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/secret"
)

const hidden = "open-sesame"

func TestTextIsNeverPrinted(t *testing.T) {
	text := secret.New(hidden)
	held := struct {
		Name  string
		Code  secret.Text
		Codes []secret.Text
		By    map[string]secret.Text
		At    *secret.Text
	}{"holder", text, []secret.Text{text}, map[string]secret.Text{"it": text}, &text}

	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("login", "code", text, "holder", held)
	}
	written, err := json.Marshal(held)
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string]string{
		"slog": log.String(), "JSON": string(written), "error": fmt.Errorf("%w: %v", errors.ErrUnsupported, text).Error(),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T and %[1]v"} {
		printed[verb] = fmt.Sprintf(verb, text)
		printed[verb+" of its holder"] = fmt.Sprintf(verb, held)
	}
	for how, said := range printed {
		if strings.Contains(said, hidden) || strings.Contains(said, fmt.Sprintf("%x", hidden)) ||
			strings.Contains(said, fmt.Sprintf("%X", hidden)) {
			t.Errorf("%s tells the secret: %s", how, said)
		}
	}
	if text.Reveal() != hidden {
		t.Errorf("Reveal gives %q", text.Reveal())
	}
}

func TestTextIsComparedByEqualAlone(t *testing.T) {
	for _, tc := range []struct {
		held, sent string
		want       bool
	}{
		{hidden, hidden, true}, {hidden, "open-sesamE", false}, {hidden, "open", false}, {hidden, "", false}, {"", "", true}, {"", "x", false},
	} {
		if got := secret.New(tc.held).Equal(tc.sent); got != tc.want {
			t.Errorf("%q and %q: %t", tc.held, tc.sent, got)
		}
	}
	if !(secret.Text{}).Empty() || !secret.New("").Empty() || secret.New(hidden).Empty() {
		t.Error("Empty is wrong")
	}
	if reflect.TypeFor[secret.Text]().Comparable() {
		t.Error("a secret can be compared by ==")
	}
}
