package scenario_test

import (
	"strings"
	"testing"
)

func TestAPersonsOwnFileMayBeBrief(t *testing.T) {
	t.Parallel()
	files := source(t, map[string]string{
		"mine.yaml":  "faults: [{do: {error: login_required}}]\n",
		"other.yaml": "id: mine\nreferences: [nonsense]\nfaults: [{do: {eror: login_required}}]\n",
	})
	if _, err := files.Read("mine"); err == nil || !strings.Contains(err.Error(), "symptom") {
		t.Errorf("in the catalogue it is taken: %v", err)
	}
	files.Brief = true
	s, err := files.Read("mine")
	if err != nil {
		t.Fatal(err)
	}
	if e := s.For("spa-js-2"); s.ID != "mine" || s.Title != "mine" || len(s.Faults) != 1 || len(s.Steps) != 1 || e == nil || !e.Unstated {
		t.Errorf("it is read as %+v", s)
	}
	_, err = files.Read("other")
	for _, part := range []string{"other.yaml:1:5: id is \"mine\"", "nonsense", "eror"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("without %q: %v", part, err)
		}
	}
}
