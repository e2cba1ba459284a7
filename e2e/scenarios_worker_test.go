package e2e

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/scenario"
	playing "renewal.example/mockauth0/stage"
)

// auth0-spa-js asks for tokens from a worker, with a timeout of ten seconds there, three times. That worker's timers move with the
// page's, so that it takes as long as without one, and no real time. The words differ: without a worker the SDK takes the end of
// its own request for the end of its lock's patience (src/lock.ts of 2.27).
var _ = Describe("When the token endpoint never answers", Label("scenario", "sdk"), func() {
	for _, way := range []struct {
		name, sdk, error, description string
		options                       map[string]any
	}{
		{"from its worker, spa-js-2-refresh", "spa-js-2-refresh", "Error", "Timeout when executing 'fetch'", nil},
		{"from its worker, react-2-refresh", "react-2-refresh", "Error", "Timeout when executing 'fetch'", nil},
		{"with tokens in localStorage, spa-js-2-refresh", "spa-js-2-refresh", "timeout", "Timeout",
			map[string]any{"cacheLocation": "localstorage"}},
	} {
		It(way.name+" gives up after three tries of ten seconds", func() {
			source, err := playing.Source()
			Expect(err).NotTo(HaveOccurred())
			s, err := source.Read("authorize-hangs")
			Expect(err).NotTo(HaveOccurred())
			s.Faults = []fault.Fault{{When: fault.Match{Endpoint: "token", Grant: "refresh_token"}, Do: fault.Effect{Hang: true}}}
			s.Expect = []scenario.Expectation{{
				SDKs: []string{way.sdk}, Options: way.options, Error: way.error, Description: way.description, After: 30 * time.Second, Requests: 3,
			}}
			began := time.Now()
			outcome, err := open(s, way.sdk).Play()
			Expect(err).NotTo(HaveOccurred())
			Expect(playing.Differences(s.For(way.sdk), outcome)).To(BeEmpty())
			Expect(time.Since(began)).To(BeNumerically("<", 20*time.Second), "no real time is to pass for the tries")
		})
	}
})
