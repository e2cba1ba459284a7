package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/scenario"
	playing "renewal.example/mockauth0/stage"
)

// The catalogue: each scenario of fixtures/scenarios with each SDK that it names tells exactly what the file states.
var _ = Describe("In the scenario", Label("scenario"), func() {
	source, err := playing.Source()
	if err != nil {
		panic(err) // it is built in
	}
	ids, err := source.IDs()
	if err != nil {
		panic(err)
	}
	for _, id := range ids {
		s, err := source.Read(id)
		if err != nil { // the others can be played all the same
			It(id+", nothing can be played", func() { Fail(err.Error()) })
			continue
		}
		for _, sdk := range s.SDKs() {
			It(s.ID+", "+sdk+" "+outcomeOf(s.For(sdk)), labelsOf(s, sdk), func() { play(s, sdk) })
		}
	}
})

// labelsOf marks a spec whose scenario has another one for nearly the same code: an SDK's later version, or the SDK that another one
// hands its calls to, of which the file states the same outcome. `make e2e` leaves those out, and ALL=1 has them all.
func labelsOf(s *scenario.Scenario, sdk string) Labels {
	nearly := map[string]string{
		"auth0-js-8.10.1": "auth0-js-10", "auth0-js-9": "auth0-js-10", "spa-js-1": "spa-js-2", "spa-js-1-refresh": "spa-js-2-refresh",
		"react-2": "spa-js-2", "react-2-refresh": "spa-js-2-refresh",
	}
	if other, ok := nearly[sdk]; ok && sameOutcome(s.For(sdk), s.For(other)) {
		return Label("again")
	}
	return Label()
}

// sameOutcome compares without the words of an error: auth0.js 8 hands over few of them.
func sameOutcome(one, other *scenario.Expectation) bool {
	if one == nil || other == nil {
		return false
	}
	return one.Error == other.Error && one.Renews == other.Renews && one.Hangs == other.Hangs && one.User == other.User &&
		one.Diagnosis == other.Diagnosis && one.Requests == other.Requests
}

// play plays a scenario with one SDK and compares what that tells with what the file states.
func play(s *scenario.Scenario, sdk string) {
	GinkgoHelper()
	outcome, err := open(s, sdk).Play()
	Expect(err).NotTo(HaveOccurred())
	Expect(playing.Differences(s.For(sdk), outcome)).To(BeEmpty(), "fixtures/scenarios/%s.yaml states something else", s.ID)
	Expect(playing.Misdiagnosed(s, sdk, outcome)).To(BeEmpty(), "the tenant names another cause")
	if !outcome.Renewed || s.For(sdk).Diagnosis != "" {
		named(diagnosedUnaided, playing.MisdiagnosedUnaided(s, sdk, outcome))
	}
}

// open sets the stage of a scenario; the spec's end takes it down.
func open(s *scenario.Scenario, sdk string) *playing.Stage {
	GinkgoHelper()
	in := shell
	if playing.Browser(s).DefaultCookies {
		in = fullDefault
	}
	st, err := playing.Open(context.Background(), shared(in), s, sdk, playing.Options{SDKDir: sdkDir})
	Expect(err).NotTo(HaveOccurred())
	scenes = append(scenes, &Scene{World: st.World})
	DeferCleanup(func() { Expect(st.Close()).To(Succeed()) })
	return st
}

// outcomeOf is what an SDK is to tell, for the name of a spec.
func outcomeOf(e *scenario.Expectation) string {
	words := "hands over something that is no token"
	switch {
	case e.Error != "":
		words = "tells " + e.Error
	case e.Renews:
		words = "renews"
	case e.Hangs:
		words = "hangs"
	}
	if e.After > 0 {
		words += " after " + e.After.String()
	}
	return words
}
