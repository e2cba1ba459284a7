package check

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// stranger is a site that has nothing to do with the app. Any page that holds a reference to the app's window can write to it, such as
// one that the app opened.
const stranger = "http://stranger.test"

const strangersPage = `<!doctype html><title>Stranger</title><script>
	const idToken = 'e30.' + btoa('{"name":"Mallory","sub":"mallory"}') + '.x';
	opener.postMessage({ accessToken: 'planted-token', idToken, idTokenPayload: { name: 'Mallory', sub: 'mallory' }, expiresIn: 7200,
		tokenType: 'Bearer' }, '*');
	opener.postMessage({ type: 'authorization_response', response: { access_token: 'planted-token', id_token: idToken, code: 'planted-token',
		expires_in: 7200, token_type: 'Bearer' } }, '*');
	opener.postMessage('#access_token=planted-token&id_token=' + idToken + '&expires_in=7200&token_type=Bearer', '*');
	opener.postMessage({ type: 'silent-renewal', hash: '#access_token=planted-token&id_token=' + idToken + '&expires_in=7200' }, '*');
</script>`

// foreignMessages has others write to the app's window while it waits for the answer of a renewal.
func foreignMessages(r *run) error {
	for _, m := range []struct{ who, script string }{
		{"An extension", `window.postMessage({ source: 'some-extension', hello: 'page' }, '*')`},
		{"A window of another site", `void window.open('` + stranger + `/')`},
	} {
		if err := foreignMessage(r, m.who, m.script); err != nil {
			return err
		}
	}
	return nil
}

func foreignMessage(r *run, who, script string) error {
	s, err := r.enter("messages", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	err = s.World.Serve(stranger, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, strangersPage)
	}))
	if err != nil {
		return err
	}
	before, err := s.stores(s.Page)
	if err != nil {
		return err
	}
	if err := s.hold(); err != nil {
		return err
	}
	if err := errors.Join(s.Page.Eval("("+script+", true)", nil), s.World.Settle(), s.World.Advance(time.Minute)); err != nil {
		return err
	}
	after, err := s.stores(s.Page)
	if err != nil {
		return err
	}
	found := func(what string) {
		r.found("foreign-message-accepted", s, "%s posted a message during a renewal, and %s.", who, what)
	}
	if bad := newGarbage(before, after); len(bad) > 0 {
		found("then " + strings.Join(bad, ", "))
		return nil
	}
	for _, v := range after {
		if strings.Contains(v.Value, "planted-token") {
			found("the app keeps the token that was in it in " + v.Where + " (" + v.Key + ")")
			return nil
		}
	}
	out, err := s.shows(s.Page)
	if err != nil {
		return err
	}
	if out.names(mallory) {
		found("the page shows the person who was named in it")
		return nil
	}
	for _, q := range s.World.RequestsFrom(0) {
		if strings.Contains(header(q, "Authorization"), "planted-token") || strings.Contains(q.Body, "planted-token") {
			found("the app sent what was in it to " + strings.SplitN(q.URL, "?", 2)[0])
			return nil
		}
	}
	return nil
}
