package main

import (
	"slices"
	"testing"
	"time"
)

func TestEachConnectionCountsAlike(t *testing.T) {
	even := make([]time.Duration, 100)
	for i := range even {
		even[i] = time.Duration(i+1) * time.Millisecond
	}
	fast := slices.Repeat([]time.Duration{time.Millisecond}, 1000)
	for _, tc := range []struct {
		name      string
		latencies [][]time.Duration
		mid       time.Duration
		tail      float64
	}{
		{"one connection", [][]time.Duration{even}, 50 * time.Millisecond, 99.0 / 50},
		{"twice the same", [][]time.Duration{even, even}, 50 * time.Millisecond, 99.0 / 50},
		{"one that is served much more often", [][]time.Duration{fast, even, even, even}, 34 * time.Millisecond, 99.0 / 34},
	} {
		if mid, tail := tailOf(tc.latencies); mid != tc.mid || tail != tc.tail {
			t.Errorf("%s: median %s, p99 %.2f times that; want %s and %.2f", tc.name, mid, tail, tc.mid, tc.tail)
		}
	}
}
