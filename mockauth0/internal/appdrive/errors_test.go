package appdrive

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"renewal.example/mockauth0/browser"
)

// TestThePageThatCannotBeOpened is the newest one, and none that gave way to another. An SDK without a domain goes to https://authorize/.
func TestThePageThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	requests := []browser.Request{
		{Type: "Document", URL: "http://localhost:5173/", Status: http.StatusOK},
		{Type: "Document", URL: "https://authorize/?client_id=a", Error: "net::ERR_NAME_NOT_RESOLVED"},
		{Type: "Document", URL: "https://other.test/", Error: "net::ERR_ABORTED"},
		{Type: "Image", URL: "https://images.test/", Error: "net::ERR_FAILED"},
	}
	if failed := unopened(requests); failed == nil || failed.URL != requests[1].URL {
		t.Errorf("%+v", failed)
	}
	if failed := unopened(requests[2:]); failed != nil {
		t.Errorf("%+v", failed)
	}
}

// TestAMissingControlIsNamed together with what the page shows in its place, and with what a person may have meant.
func TestAMissingControlIsNamed(t *testing.T) {
	t.Parallel()
	named := func(text string) Name {
		n, err := ParseName(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const page = "http://localhost:5173/"
	for _, c := range []struct {
		err  NoControl
		says string
	}{
		{NoControl{Purpose: "log in", Name: named("Enter"), URL: page, Seen: []string{`"Sign in"`}},
			page + ` has no button or link to log in, named "Enter"; it shows "Sign in"`},
		{NoControl{Purpose: "log in", Name: named(UsualLogIn), URL: page, Seen: []string{`"Weiter"`}},
			page + ` has no button or link to log in with a usual name ("Log in" and its like); it shows "Weiter"`},
		{NoControl{Purpose: wantToken, Name: named("Orders"), URL: page, Seen: []string{`"Abmelden"`}, Unnamed: 1},
			page + ` has no button or link that makes the app want a token, named "Orders"; ` +
				`it shows "Abmelden", and 1 without a name (a text or an aria-label gives a control one)`},
		{NoControl{Purpose: wantToken, Name: named("Orders"), URL: page, Seen: []string{`"Load orders"`}, Like: "Load orders"},
			page + ` has no button or link that makes the app want a token, named "Orders"; it shows "Load orders"; did you mean "Load orders"?`},
		{NoControl{Purpose: "log out", Name: named("Leave"), URL: page},
			page + ` has no button or link to log out, named "Leave"; it shows none at all`},
		{NoControl{Purpose: "log out", Name: named("Leave"), URL: page, Unnamed: 2},
			page + ` has no button or link to log out, named "Leave"; it shows 2 without a name: a text or an aria-label gives a control one`},
	} {
		if got := c.err.Error(); got != c.says {
			t.Errorf("it says\n%s\nwant\n%s", got, c.says)
		}
	}
	for name, like := range map[string]bool{"orders": true, "Load orders": false, "/orders/": false, "Basket": false, "/^orders$/": false} {
		if got := named(name).partOf("Load orders"); got != like {
			t.Errorf("%s is like \"Load orders\": %v", name, got)
		}
	}
}

// TestAnAppByPlainHTTPIsNamed where https was given: it does run, so that "start it" would help nobody.
func TestAnAppByPlainHTTPIsNamed(t *testing.T) {
	t.Parallel()
	app := httptest.NewServer(http.NotFoundHandler())
	defer app.Close()
	at := strings.Replace(app.URL, "http:", "https:", 1)
	want := "no app answers at " + at + " by TLS: what listens there speaks plain http; give its address with http://"
	if err := answers(t.Context(), at); err == nil || err.Error() != want {
		t.Errorf("it says\n%v\nwant\n%s", err, want)
	}
}

// TestOnlyTheSchemeFollowsTheApp, and only on this machine, where nobody wrote one.
func TestOnlyTheSchemeFollowsTheApp(t *testing.T) {
	t.Parallel()
	asks := func(at string) error { return fmt.Errorf("the login: %w", &WrongDomain{Asked: at}) }
	for _, c := range []struct {
		err     error
		written string
		at      string // "": none
	}{
		{asks("http://localhost:4443"), "localhost:4443", "http://localhost:4443"},
		{asks("http://localhost:4443"), "https://localhost:4443", ""},
		{asks("http://localhost:4444"), "localhost:4443", ""},
		{asks("localhost:4443"), "http://localhost:4443", ""},
		{asks("http://shop.test"), "shop.test", ""},
		{errors.New("something else"), "localhost:4443", ""},
		{nil, "localhost:4443", ""},
	} {
		if at, ok := PlainHTTP(c.err, c.written); ok != (c.at != "") || ok && at != c.at {
			t.Errorf("%v, written %s: %s, %v", c.err, c.written, at, ok)
		}
	}
}
