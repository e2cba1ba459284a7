package e2e

import (
	"fmt"
	"os"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
)

// The bars hold on an idle machine; a spec fails at three times as much, because machines that test are busy.
// BARS=strict holds them to the word: `BARS=strict make e2e LABELS=performance`.
var _ = Describe("Hours of token life", Label("performance", "slow"), Serial, func() {
	for _, of := range flavours {
		for _, bar := range []struct {
			name     string
			pass     time.Duration
			renewals int
			wall     time.Duration
		}{
			{"two hours and a renewal", tokenLife + time.Minute, 1, 500 * time.Millisecond},
			{"a day and twelve renewals", 24*time.Hour + time.Minute, 12, 2 * time.Second},
		} {
			It(fmt.Sprintf("are short: %s take at most %s of real time (%s)", bar.name, bar.wall, of), func() {
				s := enter(Setting{App: of})
				s.LogIn(ada)
				began := time.Now()
				s.Pass(bar.pass)
				took := time.Since(began)
				Expect(s.Silent()).To(Equal(times(bar.renewals, event.SuccessSilentAuth)))
				AddReportEntry("real time", took.Round(time.Millisecond).String())
				limit := 3 * bar.wall
				if os.Getenv("BARS") == "strict" {
					limit = bar.wall
				}
				Expect(took).To(BeNumerically("<=", limit))
			})
		}
	}
})
