package main

import (
	"slices"
	"time"
)

// tailOf is the median of what the requests on some connections took, and how many times as long their 99th percentile is.
// Each connection counts alike, however many requests it made: on few cores the scheduler lets some connections ping-pong
// with a server while others wait for their turn, and those few would make most of the samples, and the median of them.
func tailOf(latencies [][]time.Duration) (mid time.Duration, tail float64) {
	type sample struct {
		took   time.Duration
		weight float64
	}
	var samples []sample
	for _, connection := range latencies {
		for _, took := range connection {
			samples = append(samples, sample{took, 1 / float64(len(connection)*len(latencies))})
		}
	}
	slices.SortFunc(samples, func(a, b sample) int { return int(a.took - b.took) })
	at := func(share float64) time.Duration {
		var sum float64
		for _, s := range samples {
			if sum += s.weight; sum >= share {
				return s.took
			}
		}
		return samples[len(samples)-1].took
	}
	mid = at(0.5)
	return mid, float64(at(0.99)) / float64(mid)
}
