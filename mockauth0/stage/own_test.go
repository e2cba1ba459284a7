package stage_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/appdrive/testapp"
	"renewal.example/mockauth0/stage"
)

var shared struct {
	sync.Mutex
	browser *browser.Browser
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if shared.browser != nil {
		_ = shared.browser.Close()
	}
	os.Exit(code)
}

func launched(t *testing.T) *browser.Browser {
	t.Helper()
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.browser == nil {
		b, err := browser.Launch(context.Background(), browser.Options{})
		if err != nil {
			t.Fatal(err)
		}
		shared.browser = b
	}
	return shared.browser
}

const domain = "shop.eu.auth0.com"

// play plays a scenario with the app of testapp.
func play(t *testing.T, id string, o testapp.Options, app stage.App) (stage.Verdict, error) {
	t.Helper()
	source, err := stage.Source()
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Read(id)
	if err != nil {
		t.Fatal(err)
	}
	o.Domain = domain
	app.URL, app.Domain = testapp.Start(t, o).URL, domain
	if needs, cannot := app.Needs(s); needs != nil || cannot != "" {
		if needs != nil {
			return stage.Verdict{}, needs
		}
		return stage.Verdict{Is: stage.CannotFail, Why: cannot}, nil
	}
	began := time.Now()
	st, err := stage.Open(t.Context(), launched(t), s, "", stage.Options{App: &app})
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := st.Play()
	t.Logf("%s in %s: %s %s\n%s", id, time.Since(began).Round(time.Millisecond), outcome.Verdict.Is, outcome.Verdict.Why,
		strings.Join(outcome.Verdict.Story, "\n"))
	for _, d := range outcome.Diagnoses {
		t.Log(d.String())
	}
	if closed := st.Close(); closed != nil {
		t.Error(closed)
	}
	return outcome.Verdict, err
}

// TestAll is for a look at the whole catalogue: PLAY=refresh|frame|stored, ONLY=ids.
func TestAll(t *testing.T) {
	kind := os.Getenv("PLAY")
	if kind == "" {
		t.Skip()
	}
	o := map[string]testapp.Options{"refresh": {Refresh: true}, "frame": {}, "stored": {Refresh: true, Stored: true},
		"poll": {Refresh: true, PollMS: 5000}, "pollframe": {PollMS: 5000}}[kind]
	ids := strings.Fields(os.Getenv("ONLY"))
	if len(ids) == 0 {
		entries, _ := os.ReadDir("../../fixtures/scenarios")
		for _, e := range entries {
			if id, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
				ids = append(ids, id)
			}
		}
	}
	for _, id := range ids {
		t.Run(id, func(t *testing.T) {
			began := time.Now()
			v, err := play(t, id, o, stage.App{Trigger: "Orders", Unarmed: os.Getenv("UNARMED") != ""})
			is := string(v.Is)
			if needs := (*stage.Needs)(nil); errors.As(err, &needs) {
				is = "needs"
			} else if err != nil {
				is = "ERROR " + err.Error()
			}
			fmt.Printf("TABLE %-34s %-16s %5.1fs %s\n", id, is, time.Since(began).Seconds(), v.Why)
		})
	}
}
