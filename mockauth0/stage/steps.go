package stage

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/scenario"
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
		if s.own != nil {
			_, err := s.own.drive.Pass(step.For)
			return err
		}
		return s.Advance(step.For)
	case scenario.Message:
		return s.message(step.Data)
	case scenario.Schedule:
		if s.own != nil {
			return nil // when it renews is the app's own affair
		}
		return s.Page.Eval("(schedule(), true)", nil)
	case scenario.ReuseToken:
		return s.reuseToken()
	}
	if done, err := (admin{s.Tenant.Tenant, s.Scenario}).take(step); done {
		return err
	}
	if done, err := s.actInBrowser(step); done {
		return err
	}
	if s.own != nil {
		return s.own.actInApp(s, step)
	}
	return s.actInApp(step)
}

// tab is the one that a step names.
func (s *Stage) tab(name string) *browser.Page {
	if name == scenario.InSecond {
		return s.Second
	}
	return s.Page
}

func (s *Stage) renew(step scenario.Step) error {
	if s.began.IsZero() {
		s.began, s.before = time.Now(), s.counted()
	}
	if s.own != nil {
		return s.own.renew(s, s.judged())
	}
	if step.Of == scenario.BySecond {
		return s.Page.Eval("void renewSecond() || true", nil)
	}
	if step.Of == "" {
		s.asked, s.audience = s.Tenant.Now(), step.Ask["audience"]
	}
	asked := maps.Clone(step.Ask)
	for name, inAuth0JS := range map[string]string{"redirect_uri": "redirectUri", "response_type": "responseType"} {
		if value, ok := asked[name]; ok {
			asked[inAuth0JS] = value
			delete(asked, name)
		}
	}
	return s.begin(s.tab(step.Of), "renew", asked)
}

// actInBrowser does what happens to a browser, whatever app it shows; false: the step is not of that kind.
func (s *Stage) actInBrowser(step scenario.Step) (bool, error) {
	switch step.Do {
	case scenario.Offline, scenario.Online:
		if s.own != nil {
			s.own.off = step.Do == scenario.Offline
		}
		return true, s.Offline(step.Do == scenario.Offline)
	case scenario.Freeze:
		return true, s.Page.Freeze()
	case scenario.Thaw:
		return true, s.Page.Thaw()
	case scenario.Sleep:
		return true, s.Sleep(step.For)
	case scenario.Skew:
		return true, s.Skew(step.For)
	case scenario.ClearStorage:
		return true, s.Page.Eval("(localStorage.clear(), sessionStorage.clear(), true)", nil)
	case scenario.ClearCache:
		return true, s.ClearCache()
	case scenario.ClearCookies:
		return true, s.ClearCookies()
	}
	return false, nil
}

// actInApp does what a person does in the app.
func (s *Stage) actInApp(step scenario.Step) (err error) {
	switch step.Do {
	case scenario.LogIn:
		return s.logIn(s.tab(step.Of), step.Who)
	case scenario.LogOut:
		return s.logOut(s.tab(step.Of))
	case scenario.Reload, scenario.Restart:
		if step.Do == scenario.Restart {
			if err := s.forgetSession(); err != nil {
				return err
			}
		}
		s.loaded = s.Tenant.Now()
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
		err = errors.New("nobody knows how to do that")
	}
	return err
}

// forgetSession takes from the browser what it does not keep when it is closed.
func (s *Stage) forgetSession() error {
	if err := s.DropSessionCookies(); err != nil {
		return err
	}
	return s.Page.Eval("(sessionStorage.clear(), true)", nil)
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
func (s *Stage) logOut(p *browser.Page) error {
	if err := p.Eval("window.leaving = true", nil); err != nil {
		return err
	}
	if err := s.begin(p, "logOut"); err != nil {
		return err
	}
	return p.WaitFor("the page was reloaded", "!window.leaving && typeof settled === 'object' && settled !== null")
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
		"grant_type": {"refresh_token"}, "client_id": {s.clientID()}, "refresh_token": {token}})
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
