package web

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

func TestABuildIsServedWithOtherSettings(t *testing.T) {
	build := fstest.MapFS{
		"index.html":    {Data: []byte(`<script src="/assets/app.js"></script>`)},
		"assets/app.js": {Data: []byte(`connect("localhost:4443")`)},
	}
	served, err := NewBuild(build, map[string]string{"localhost:4443": "login.acme.test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, want string
		status     int
	}{
		{"/", "<script", http.StatusOK},
		{"/callback", "<script", http.StatusOK}, // a page of the app
		{"/assets/app.js", `connect("login.acme.test")`, http.StatusOK},
		{"/assets/other.js", "not found", http.StatusNotFound},
	} {
		answer := get(t, served, http.MethodGet, c.path)
		if body := text(t, answer); answer.StatusCode != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %s %q, want %d and %q", c.path, answer.Status, body, c.status, c.want)
		}
	}
}

func TestABuildThatCannotBeServed(t *testing.T) {
	whole := fstest.MapFS{"index.html": {}, "app.js": {Data: []byte("nothing to set")}}
	for _, c := range []struct {
		name     string
		build    fstest.MapFS
		settings map[string]string
		want     string
	}{
		{"not built", fstest.MapFS{}, nil, "is not built"},
		{"without the text", whole, map[string]string{"localhost:4443": "x"}, `no script of the build has the text "localhost:4443"`},
	} {
		if _, err := NewBuild(c.build, c.settings); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
