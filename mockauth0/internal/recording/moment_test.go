package recording

import (
	"testing"
	"time"
)

func TestAMomentIsReadInEveryForm(t *testing.T) {
	want := time.Date(2026, 5, 1, 10, 0, 7, 0, time.UTC)
	for _, text := range []string{
		"2026-05-01T10:00:07Z", "2026-05-01T10:00:07z", "2026-05-01T10:00:07.000Z", "2026-05-01T10:00:07,000Z",
		"2026-05-01T12:00:07+02:00", "2026-05-01T12:00:07+0200", "2026-05-01T12:00:07.000+02", "2026-05-01T05:30:07-04:30",
		"2026-05-01T06:00:07\u221204:00", "20260501T100007Z", "20260501T120007+0200", "2026-05-01 10:00:07", "2026-05-01 10:00:07 UTC",
		"2026-05-01 10:00:07.000000000", "2026-05-01 12:00:07 +0200", "2026-05-01T10:00:07.000000000Z", " 2026-05-01T10:00:07 ",
		"2026-05-01t10:00:07+00:00", "2026-05-01T10:00:07-00:00",
	} {
		if got, ok := Moment(text); !ok || !got.Equal(want) {
			t.Errorf("%q: %s, %v", text, got, ok)
		}
	}
	if got, ok := Moment("2026-05-01T10:00:07.123456789+02:00"); !ok || got.Nanosecond() != 123456789 {
		t.Errorf("nanoseconds: %s, %v", got, ok)
	}
	if got, ok := Moment("2026-05-01T10:00Z"); !ok || got.Minute() != 0 || got.Hour() != 10 {
		t.Errorf("without seconds: %s, %v", got, ok)
	}
	for _, text := range []string{
		"", "yesterday", "2026-05-01", "2026-13-01T10:00:07Z", "2026-05-01T10:61:07Z", "2026-05-01T10:00:07+25:00", "2026-05-01T10:00:07 CET",
		"12026-05-01T10:00:07Z",
	} {
		if got, ok := Moment(text); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

func TestAMomentIsReadFromANumber(t *testing.T) {
	want := time.Date(2026, 5, 1, 10, 0, 7, 0, time.UTC)
	for _, text := range []string{"1777629607", "1777629607.000", "1777629607000", "1777629607000000", "1777629607000000000"} {
		if got, ok := Since1970(text); !ok || !got.Equal(want) {
			t.Errorf("%s: %s, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "x", "0", "-1", "1", "NaN", "Inf", "9e30"} {
		if got, ok := Since1970(text); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}
