// Command bench measures what README.md and the issues promise about speed. `make bench` runs it.
//
// Ratios are taken against a peer that runs in the same minute on the same machine: a bare TLS handler that gets the same
// requests and makes as many RSA-2048 signatures (paths.go). They fail below their bar, as memory and size do above
// theirs. How long a start takes depends on the machine and what else it does: it is printed, and fails only at three
// times its bar.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

func main() {
	serve := flag.String("serve", "", "internal: be the server under load, `tenant` or `bare`, and print its address")
	binary := flag.String("binary", "", "the mockauth0 binary whose start-up, memory and size are measured")
	pairs := flag.Int("pairs", 5, "how many interleaved pairs of runs are compared")
	each := flag.Duration("each", 2*time.Second, "how long one run takes")
	focus := flag.String("focus", "", "only the paths with this in their name, and nothing else; tenants: what many of them cost")
	flag.Parse()
	var err error
	switch {
	case *serve != "":
		err = beServer(*serve)
	default:
		err = report(*pairs, *each, *binary, *focus)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bar is one promise.
type bar struct {
	what     string
	measured float64
	limit    float64
	unit     string
	atLeast  bool // else at most
	absolute bool // depends on the machine: fails only at three times the limit
}

func (b bar) holds() bool {
	switch {
	case b.atLeast:
		return b.measured >= b.limit
	case b.absolute:
		return b.measured <= 3*b.limit
	}
	return b.measured <= b.limit
}

func report(pairs int, each time.Duration, binary, focus string) error {
	// What is measured is the servers' tail, not the pauses of the program that loads them: it collects seldom.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	if focus == "tenants" {
		debug.SetGCPercent(100)
		bars, err := tenants(binary)
		return errors.Join(err, judge(bars))
	}
	bars, err := measure(pairs, each, focus)
	if err != nil {
		return err
	}
	if binary != "" && focus == "" {
		more, err := startUp(binary)
		if err != nil {
			return err
		}
		bars = append(bars, more...)
		debug.SetGCPercent(100) // as in a program
		if more, err = tenants(binary); err != nil {
			return err
		}
		bars = append(bars, more...)
	}
	return judge(bars)
}

// judge prints the bars, and fails when one does not hold.
func judge(bars []bar) error {
	failed := 0
	for _, b := range bars {
		sign, verdict := "≤", "ok"
		if b.atLeast {
			sign = "≥"
		}
		if !b.holds() {
			verdict = "FAILED"
			failed++
		} else if b.absolute && b.measured > b.limit {
			verdict = "slow here (fails at three times the bar)"
		}
		fmt.Printf("%-62s %9.2f %-5s bar %s %.4g: %s\n", b.what, b.measured, b.unit, sign, b.limit, verdict)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d bars failed", failed, len(bars))
	}
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
