package recording

import (
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/pattern"
)

// momentLike is a moment as ISO 8601 writes it, in its long and its short form, with every form of a time zone; and with a space
// in place of the T, as databases write it.
var momentLike = pattern.Lazy(`^(\d{4})-?(\d\d)-?(\d\d)[Tt ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,12}))?)?)?` +
	` ?(?:([Zz]|UTC|GMT)|([+\-\x{2212}])(\d\d)(?::?(\d\d))?)?$`)

// Moment reads a moment as recorders and collectors write it; one without a time zone is of UTC. ok is false when it is none.
func Moment(text string) (t time.Time, ok bool) {
	m := momentLike().FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return time.Time{}, false
	}
	n := func(i int) int {
		v, _ := strconv.Atoi(m[i]) // digits, or nothing
		return v
	}
	nano, _ := strconv.Atoi((m[7] + "000000000")[:9])
	if n(2) < 1 || n(2) > 12 || n(3) < 1 || n(3) > 31 || n(4) > 24 || n(5) > 59 || n(6) > 60 || n(10) > 23 || n(11) > 59 {
		return time.Time{}, false
	}
	t = time.Date(n(1), time.Month(n(2)), n(3), n(4), n(5), n(6), nano, time.UTC)
	zone := time.Duration(n(10))*time.Hour + time.Duration(n(11))*time.Minute
	if m[9] == "+" {
		zone = -zone
	}
	return t.Add(zone), true
}

// Since1970 reads a moment that is a number of seconds, milliseconds, microseconds or nanoseconds; ok is false when it is none
// of the years 1973 to 2128.
func Since1970(text string) (t time.Time, ok bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return time.Time{}, false
	}
	for _, unit := range []float64{1, 1e3, 1e6, 1e9} {
		if seconds := n / unit; seconds >= 1e8 && seconds < 5e9 {
			return time.UnixMicro(int64(seconds * 1e6)).UTC(), true
		}
	}
	return time.Time{}, false
}
