package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

// goClient is what a Go library does for an app with the routes of servers/host.mjs.
type goClient interface {
	login(extra url.Values) (to string)
	callback(ctx context.Context, answer url.Values) (appAnswer, error)
	userinfo(ctx context.Context) (appAnswer, error)
	refresh(ctx context.Context, token string) (appAnswer, error) // "": the one in hand
	logout(ctx context.Context) (to string, err error)
	user() map[string]any
}

// goApp is an app with a Go library in it. made is the outcome of setting the library up: with most, discovery.
func goApp(client goClient, made error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer appAnswer
		var to string
		err := made
		switch {
		case err != nil:
		case r.URL.Path == "/login":
			to = client.login(r.URL.Query())
		case r.URL.Path == "/callback":
			answer, err = client.callback(r.Context(), r.URL.Query())
		case r.URL.Path == "/userinfo":
			answer, err = client.userinfo(r.Context())
		case r.URL.Path == "/refresh":
			answer, err = client.refresh(r.Context(), r.URL.Query().Get("token"))
		case r.URL.Path == "/logout":
			to, err = client.logout(r.Context())
		default:
			answer.User = client.user()
		}
		if err == nil && to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			answer = answerOf(err)
		}
		_ = json.NewEncoder(w).Encode(answer) // a failed write means that the reader went away
	})
}

// A redirected error came to the callback: reading it is left to the users of x/oauth2.
type redirected struct{ code, description string }

func (e redirected) Error() string { return e.code + ": " + e.description }

// answerOf is what an error says.
func answerOf(err error) appAnswer {
	out := appAnswer{Message: err.Error()}
	var refused *oauth2.RetrieveError
	var protocol *oidc.Error
	var came redirected
	switch {
	case errors.As(err, &protocol):
		out.Error, out.Description = string(protocol.ErrorType), protocol.Description
	case errors.As(err, &refused):
		out.Error, out.Description = refused.ErrorCode, refused.ErrorDescription
	case errors.As(err, &came):
		out.Error, out.Description = came.code, came.description
	}
	return out
}
