package check

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/tenant"
)

func readText(text string) (App, error) {
	return ReadApp(fstest.MapFS{"app.yaml": {Data: []byte(text)}}, "app.yaml", "my/app.yaml")
}

// TestAnAppFileIsReadBack as it was written.
func TestAnAppFileIsReadBack(t *testing.T) {
	for _, app := range []App{
		{URL: "http://localhost:5173"},
		{URL: "http://localhost:5173/start", Domain: "http://localhost:4480"},
		{
			URL: "https://shop.test/", Domain: "acme.eu.auth0.com", LogIn: "Log in", LogOut: `/log ?out|"bye"/`, Trigger: "it's: here",
			SignedIn: "- yes", Allow: []string{"https://fonts.example.com", "https://a.test:8443"},
		},
		{URL: "http://localhost:1", LogIn: "123", LogOut: "true", Trigger: "#1", SignedIn: "a #b"},
	} {
		got, err := readText(app.Text())
		if err != nil || !reflect.DeepEqual(got, app) {
			t.Errorf("%+v was read back as %+v (%v) from\n%s", app, got, err, app.Text())
		}
	}
}

// TestAnAppFileWithMistakes says all that is wrong, with line and column.
func TestAnAppFileWithMistakes(t *testing.T) {
	_, err := readText("url: localhost:5173\ndomain: not a domain\nlog_in: /(/\nlogout: Bye\nallow:\n  - fonts.example.com\ntrigger: 5\n")
	if err == nil {
		t.Fatal("it was taken")
	}
	for _, want := range []string{
		`my/app.yaml:1:6: url: "localhost:5173" is not the address of an app`,
		"my/app.yaml:2:9: domain is ",
		`my/app.yaml:3:9: log_in: "/(/" is not a regular expression`,
		`my/app.yaml:4:1: unknown key "logout" in app.yaml; did you mean "log_out"?`,
		`my/app.yaml:6:5: allow has "fonts.example.com"; expected an origin`,
		"my/app.yaml:7:10: trigger is ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}

// TestAProblemOfAnAppFileIsSaidOnce: a list that is none.
func TestAProblemOfAnAppFileIsSaidOnce(t *testing.T) {
	t.Parallel()
	_, err := readText("url: http://localhost:5173\nallow: https://fonts.example.com\n")
	var problems tenant.Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Errorf("%d problems, want one: %v", len(problems), err)
	}
}
