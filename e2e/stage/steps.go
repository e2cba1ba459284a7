package stage

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"renewal.example/e2e/harness"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// take takes one step, and waits until the network is quiet but for what the tenant holds back.
func (s *Stage) take(step scenario.Step) error {
	if err := s.act(step); err != nil {
		return err
	}
	return s.Settle()
}

func (s *Stage) act(step scenario.Step) error {
	switch step.Do {
	case scenario.Renew:
		return s.renew(step)
	case scenario.Advance:
		return s.Advance(step.For)
	case scenario.Arm:
		_, err := s.Tenant.Arm(step.Fault)
		return err
	case scenario.Disarm:
		s.Tenant.Disarm("")
		return nil
	case scenario.Message:
		return s.message(step.Data)
	case scenario.ReuseToken:
		return s.reuseToken()
	case scenario.LogIn:
		return s.logIn(s.tab(step.Of), step.Who)
	case scenario.LogOut:
		return s.logOut(s.tab(step.Of))
	}
	if done, err := s.actAtTenant(step); done {
		return err
	}
	return s.actInBrowser(step)
}

// tab is the one that a step names.
func (s *Stage) tab(name string) *harness.Page {
	if name == scenario.InSecond {
		return s.Second
	}
	return s.Page
}

func (s *Stage) renew(step scenario.Step) error {
	if !s.begun {
		s.begun, s.before = true, s.counted()
	}
	if step.Of == scenario.BySecond {
		return s.Page.Eval("void renewSecond() || true", nil)
	}
	asked := map[string]string{"audience": step.Ask.Audience, "scope": step.Ask.Scope, "redirectUri": step.Ask.RedirectURI, "responseType": step.Ask.ResponseType}
	maps.DeleteFunc(asked, func(_, value string) bool { return value == "" })
	return s.begin(s.tab(step.Of), "renew", asked)
}

// actAtTenant does what an administrator would; false: the step is not of that kind.
func (s *Stage) actAtTenant(step scenario.Step) (bool, error) {
	var err error
	switch step.Do {
	case scenario.EndSessions:
		id := ""
		if step.Of != "" {
			id = s.user(step.Of).ID
		}
		if s.Tenant.EndSessions(id) == 0 {
			err = errors.New("there was no session")
		}
	case scenario.WithdrawConsent:
		if s.Tenant.WithdrawGrants("", "") == 0 {
			err = errors.New("nobody had given consent")
		}
	case scenario.RotateKey:
		_, err = s.Tenant.RotateKey()
	case scenario.RevokeTokens:
		if s.Tenant.RevokeRefreshTokens(s.user(s.Scenario.User).ID, "") == 0 {
			err = errors.New("there was no refresh token")
		}
	case scenario.RevokeKey:
		err = s.revokeKey()
	case scenario.DeleteUser:
		err = s.change(func(t *tenant.Tenant) {
			t.Users = slices.DeleteFunc(t.Users, func(u *tenant.User) bool { return u.ID == s.user(step.Of).ID })
		})
	case scenario.BlockUser:
		err = s.change(func(t *tenant.Tenant) {
			for _, u := range t.Users {
				u.Blocked = u.Blocked || u.ID == s.user(step.Of).ID
			}
		})
	case scenario.Change:
		err = s.Tenant.Reload(step.Next)
	default:
		return false, nil
	}
	return true, err
}

// user is the one with the address who logged in, or else the first.
func (s *Stage) user(email string) (found *tenant.User) {
	for _, u := range s.Tenant.Snapshot().Users {
		if strings.EqualFold(u.Email, email) && (found == nil || u.Connection == s.Scenario.Connection) {
			found = u
		}
	}
	return found
}

func (s *Stage) change(how func(*tenant.Tenant)) error {
	next := s.Tenant.Snapshot().Clone()
	how(next)
	return s.Tenant.Reload(next)
}

// revokeKey lets the tenant sign with a new key and forget the old one.
func (s *Stage) revokeKey() error {
	old, err := s.Tenant.Keys()
	if err != nil {
		return err
	}
	if _, err := s.Tenant.RotateKey(); err != nil {
		return err
	}
	for _, k := range old {
		if k.Current {
			return s.Tenant.RevokeKey(k.KID)
		}
	}
	return errors.New("the tenant had no key")
}

func (s *Stage) actInBrowser(step scenario.Step) (err error) {
	switch step.Do {
	case scenario.Offline, scenario.Online:
		return s.Offline(step.Do == scenario.Offline)
	case scenario.Freeze:
		return s.Page.Freeze()
	case scenario.Thaw:
		return s.Page.Thaw()
	case scenario.Sleep:
		return s.Sleep(step.For)
	case scenario.Skew:
		return s.Skew(step.For)
	case scenario.ClearStorage:
		return s.Page.Eval("(localStorage.clear(), sessionStorage.clear(), true)", nil)
	case scenario.ClearCache:
		return s.ClearCache()
	case scenario.ClearCookies:
		return s.ClearCookies()
	case scenario.Reload:
		if err := s.Page.Reload(); err != nil {
			return err
		}
		_, err = s.answer(s.Page)
	case scenario.SecondTab:
		if s.Second, err = s.Open(s.AppOrigin + "/"); err != nil {
			return err
		}
		_, err = s.answer(s.Second)
	default:
		err = fmt.Errorf("nobody knows how to do that")
	}
	return err
}

// message sends the page what an extension or a development server would.
func (s *Stage) message(data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.Page.Eval("(window.postMessage("+string(text)+", '*'), true)", nil)
}

// logOut lets the SDK end the session at the tenant, and waits until the browser is back.
func (s *Stage) logOut(p *harness.Page) error {
	if err := p.Eval("window.leaving = true", nil); err != nil {
		return err
	}
	if err := s.begin(p, "logOut"); err != nil {
		return err
	}
	return p.WaitFor("the page was loaded anew", "!window.leaving && typeof told === 'object' && told !== null")
}

// reuseToken sends the tenant the refresh token that the browser sent last, as somebody who stole it, or a retry.
func (s *Stage) reuseToken() error {
	token := ""
	for _, r := range s.Requests() {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL, s.TenantURL()+"/oauth/token") {
			if used := refreshTokenOf(r.Body); used != "" {
				token = used
			}
		}
	}
	if token == "" {
		return errors.New("the browser has sent no refresh token; renew once before it")
	}
	answer, err := s.Tenant.Client().PostForm(s.TenantURL()+"/oauth/token", url.Values{
		"grant_type": {"refresh_token"}, "client_id": {s.client.ClientID}, "refresh_token": {token}})
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// refreshTokenOf finds it in a form or in JSON.
func refreshTokenOf(body string) string {
	var object struct {
		Token string `json:"refresh_token"`
	}
	if json.Unmarshal([]byte(body), &object) == nil {
		return object.Token
	}
	form, err := url.ParseQuery(body)
	if err != nil {
		return ""
	}
	return form.Get("refresh_token")
}
