package check

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/tenant"
)

// TestEachWorldLearnsOnItsOwn: a probe's tenant takes what the app asks for only later, also where that of another probe has taken it
// before. The app would else seem to do wrong what its tenant refuses.
func TestEachWorldLearnsOnItsOwn(t *testing.T) {
	app, err := ownapp.New(ownapp.Options{URLs: []string{"http://localhost:5173"}, OtherOrigins: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &run{app: app, tenant: tenantOf(app)}
	for _, world := range []string{"day", "logout"} {
		config, learner := r.forWorld(setting{})
		for _, asked := range []tenant.Asked{
			{Login: true, ClientID: config.Clients[0].ClientID, Audience: "https://orders.example/"},
			{Callback: "http://localhost:5173/renewed"},
			{Callback: "http://localhost:9999/silent"},
		} {
			next, learned := learner.Learn(config, asked)
			if next == nil || len(learned) != 1 {
				t.Errorf("the tenant of %q does not learn %+v", world, asked)
				continue
			}
			config = next
		}
	}
}

// TestSettingsWithMistakes are refused before anything is started, all of them at once.
func TestSettingsWithMistakes(t *testing.T) {
	app := App{URL: "http://localhost:5173", LogIn: "/(/", Trigger: "/[/", Allow: []string{"fonts.example.com"}}
	err := app.Check()
	if err == nil {
		t.Fatal("they were taken")
	}
	for _, want := range []string{`log_in: "/(/" is not`, `trigger: "/[/" is not`, `"fonts.example.com" is not an origin`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}

// TestASceneThatDidNotOpenIsClosed by probes that open several, whichever of them failed.
func TestASceneThatDidNotOpenIsClosed(t *testing.T) {
	var s *scene
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
