// Package postlogin is what a tenant decides about a person who has proved who they are: its Actions of the login flow,
// and whether a second factor is due. It runs at logins, silent requests and exchanges alike, as at Auth0
// (https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger).
package postlogin

import (
	"fmt"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// StepUp is the acr_values that ask for a second factor, and the acr of ID tokens after one.
const StepUp = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// Case is who does what.
type Case struct {
	Client     *tenant.Client
	User       *tenant.User
	Connection string
	At         string // tenant.AtLogin, …
	StepUp     bool   // the request asks for a second factor
	// Passed tells whether an Action's redirect is behind the person.
	Passed func(a *tenant.Action) bool
}

// Verdict is what was decided; at most one of its three is set.
type Verdict struct {
	Denied   *oauth.Error
	Redirect *tenant.Action
	Factor   *Factor
}

// Factor is a second factor that is due.
type Factor struct {
	By string // who asks for it, for the log
	tenant.SecondFactor
}

// Decide runs the Actions in their order. One that denies or redirects ends the run; a second factor comes after all of them.
func Decide(tn *tenant.Config, c Case) Verdict {
	var f *Factor
	for _, a := range tn.ActionsOf(c.User) {
		if !a.Applies(c.Client, c.User, c.Connection, c.At) {
			continue
		}
		switch {
		case a.Deny != "":
			return Verdict{Denied: denied(a)}
		case a.Redirect != nil && !c.Passed(a):
			return Verdict{Redirect: a}
		case a.MFA != nil:
			f = &Factor{By: "the Action " + a.Name, SecondFactor: *a.MFA} // of several the last one decides how
		}
	}
	switch {
	case f != nil:
	case c.StepUp:
		f = &Factor{By: "acr_values of the request", SecondFactor: tenant.SecondFactor{NoRemembering: true, OncePerSession: true}}
	case tn.Settings.MFAForAll:
		f = &Factor{By: "the policy all-applications"}
	}
	return Verdict{Factor: f}
}

// denied has the code of Actions, or of rules (facts 1.4-action-denies, 1.4-rule-denies).
func denied(a *tenant.Action) *oauth.Error {
	if a.Rule {
		return &oauth.Error{Code: "unauthorized", Description: a.Deny, Reason: event.DeniedByAction,
			Cause: fmt.Errorf("the rule %s denied it", a.Name)}
	}
	return &oauth.Error{Code: "access_denied", Description: a.Deny, Reason: event.DeniedByAction,
		Cause: fmt.Errorf("the Action %s denied it", a.Name)}
}

// Elsewhere is the answer where an Action redirects and nobody can be sent. The words are those that auth0-angular#508
// quotes; of the token endpoint nobody has published any.
func Elsewhere(a *tenant.Action) *oauth.Error {
	return &oauth.Error{
		Code: "interaction_required", Description: "External interaction required",
		Reason: event.RedirectByAction, Cause: fmt.Errorf("the Action %s redirects to %s", a.Name, a.Redirect.URL),
	}
}

// FactorRequired is the answer where a second factor is due and nobody can be asked for it.
func FactorRequired(code string, f *Factor) *oauth.Error {
	return &oauth.Error{Code: code, Description: "Multifactor authentication required", Reason: event.SecondFactorDue,
		Cause: fmt.Errorf("%s asks for a second factor", f.By)}
}

// Event tells what was decided, for the tenant's log; ok is false when nothing was.
func (v Verdict) Event() (e event.Event, ok bool) {
	switch {
	case v.Denied != nil:
		return event.Event{Kind: event.KindPolicy, Description: "access denied", Data: &event.Policy{
			Decision: event.AccessDenied, By: v.Denied.Cause.Error(), Text: v.Denied.Description,
		}}, true
	case v.Redirect != nil:
		return event.Event{Kind: event.KindPolicy, Description: "redirect", Data: &event.Policy{
			Decision: event.Redirect, By: "the Action " + v.Redirect.Name, URL: v.Redirect.Redirect.URL,
		}}, true
	case v.Factor != nil:
		return event.Event{Kind: event.KindPolicy, Description: "second factor due", Data: &event.Policy{
			Decision: event.SecondFactorRequired, By: v.Factor.By,
		}}, true
	}
	return event.Event{}, false
}
