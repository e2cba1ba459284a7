package authorize

import (
	"net/http"
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/postlogin"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// due is what stands between a person who is logged in and the answer.
type due struct {
	page    string            // to see first, or the address to which an Action sends; "": nothing
	refusal *oauth.Error      // what a silent request is told in its place
	denied  *oauth.Error      // the tenant says no, silent or not
	policy  postlogin.Verdict // where the tenant's policy is the reason
}

// pending is what is due for a request. t is the transaction so far; of a request straight from the application it holds
// no more than the session (facts 2.3-consent-classic, 2.3-confirmation). Choosing an account or an organization is part of the login; the
// Actions come after it, the second factor after them, and consent last.
func (s *Service) pending(x *httpx.Exchange, r *http.Request, tn *tenant.Config, q *Request, user *tenant.User, t state.Transaction) due {
	switch {
	case !t.Chosen && q.prompted("select_account"):
		return due{page: names.AccountPath, refusal: &oauth.Error{Code: "account_selection_required",
			Description: "Account selection required", Reason: event.AccountSelectionRequired}}
	case q.prompts() && q.Organization == nil:
		return due{page: names.OrganizationPath, refusal: loginRequired().Because(event.OrganizationRefused)}
	}
	switch v := s.policy(x, tn, q, user, t); {
	case v.Denied != nil:
		return due{denied: v.Denied, policy: v}
	case v.Redirect != nil:
		return due{page: v.Redirect.Redirect.URL, refusal: postlogin.Elsewhere(v.Redirect), policy: v}
	case v.Factor != nil && !s.proved(x, r, user, t, v.Factor):
		return due{page: names.FactorPath, refusal: postlogin.FactorRequired(tn.Mock.MFAError, v.Factor), policy: v}
	}
	switch {
	case !t.Consented && s.needsConsent(x, tn, q, user):
		return due{page: names.ConsentPath, refusal: &oauth.Error{Code: "consent_required",
			Description: "Consent required", Reason: event.ConsentRequired}}
	case !t.Shown && needsConfirmation(tn, q):
		return due{page: names.ConfirmationPath, refusal: confirmationRefusal(tn)}
	}
	return due{}
}

// tell writes down what the tenant's policy decided.
func (d due) tell(x *httpx.Exchange) {
	if e, ok := d.policy.Event(); ok {
		x.Emit(e)
	}
}

// policy asks the Actions of the login flow, and whether a second factor is due.
func (s *Service) policy(x *httpx.Exchange, tn *tenant.Config, q *Request, user *tenant.User, t state.Transaction) postlogin.Verdict {
	stepUp := slices.Contains(strings.Fields(q.Raw.Get("acr_values")), postlogin.StepUp)
	if !tn.Settings.MFAForAll && !stepUp && len(tn.ActionsOf(user)) == 0 {
		return postlogin.Verdict{} // the ordinary case, which costs nothing
	}
	at := tenant.AtLogin
	if q.Silent() {
		at = tenant.AtSilent
	}
	return postlogin.Decide(tn, postlogin.Case{Client: q.Client, User: user, Connection: x.Facts.Connection, At: at, StepUp: stepUp,
		Passed: func(a *tenant.Action) bool {
			return slices.Contains(t.Passed, a.Name) || a.Redirect.Once && s.Login.CameBack(user, a)
		}})
}

// proved tells whether the person has proved a second factor, as it is demanded: in this transaction, in its session, or once in a
// browser that asked to be remembered.
func (s *Service) proved(x *httpx.Exchange, r *http.Request, user *tenant.User, t state.Transaction, f *postlogin.Factor) bool {
	if t.Factor.Proved || !f.NoRemembering && s.Login.Remembered(x, r, user) {
		return true
	}
	session, ok := s.Store.Session(t.SessionID)
	return f.OncePerSession && ok && !session.SecondFactor.IsZero()
}

// secondFactor tells whether a second factor was proved in the login, or in its session.
func (s *Service) secondFactor(t state.Transaction) bool {
	session, ok := s.Store.Session(t.SessionID)
	return t.Factor.Proved || ok && !session.SecondFactor.IsZero()
}

// Continue is GET or POST /continue, where a person comes back from an Action's redirect
// (https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/redirect-with-actions).
func (s *Service) Continue(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, err := httpx.Params(r, "state")
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodPost && !v.Has("state") { // a form may leave it in the address
		v = r.URL.Query()
	}
	t, q, user, err := s.continued(x, r, v.Get("state"))
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	tn := s.Tenant()
	if user == nil || s.validate(x, tn, q) != nil || s.barred(q, user) != nil {
		return httpx.RedirectTo(login.At(names.ResumePath, t)), nil
	}
	a := s.pending(x, r, tn, q, user, t).policy.Redirect
	if a == nil { // nobody was sent anywhere
		return nil, login.Lost()
	}
	if t, err = s.Login.ComeBack(x, t, user, a); err != nil {
		return nil, err
	}
	return httpx.RedirectTo(login.At(names.ResumePath, t)), nil
}
