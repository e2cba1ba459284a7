package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
)

// A forgery changes the ID token of a silent answer. All but the last few are signed with the tenant's own key, so that the
// refusal names the claim and nothing else.
type forgery struct {
	name    string
	claims  func(now time.Time) map[string]any // replaced in the token
	token   func(string) string                // changes the signed token
	refusal string                             // auth0.js's words in the hardened app
	problem string                             // the title of the page's advice
}

var forgeries = []forgery{
	{name: "another issuer", claims: claims("iss", "https://impostor.example.test/"),
		refusal: "Issuer https://impostor.example.test/ is not valid.", problem: "A token was refused"},
	{name: "another audience", claims: claims("aud", "SomebodyElsesClient"),
		refusal: "Audience SomebodyElsesClient is not valid.", problem: "A token was refused"},
	{name: "another nonce", claims: claims("nonce", "replayed"),
		refusal: "Nonce does not match.", problem: "A token was refused"},
	{name: "an expiry in the past", claims: func(now time.Time) map[string]any {
		return map[string]any{"iat": now.Add(-2 * time.Hour).Unix(), "exp": now.Add(-2 * time.Minute).Unix()}
	}, refusal: "Expired token.", problem: "A new ID token is already expired here"},
	{name: "a broken signature", token: breakSignature,
		refusal: "Invalid signature.", problem: "A token was refused"},
	{name: "the algorithm none", token: func(token string) string {
		parts := strings.Split(token, ".")
		return "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + parts[1] + "." // {"alg":"none","typ":"JWT"}
	}, refusal: "Algorithm none is not supported. (Expected algs: [RS256])", problem: "A token was refused"},
}

var _ = Describe("A silent answer", Label("silent"), func() {
	for _, f := range forgeries {
		It("whose ID token has "+f.name+" is taken by the tutorial's app, which verifies nothing", func() {
			s := enter(Setting{})
			s.LogIn(ada)
			forged := s.forge(f)
			s.renewNow()
			Expect(forged).To(Receive(Equal(s.stored("id_token"))))
			Expect(s.App.State()).To(Equal("signed-in"))
			Expect(s.App.Problem()).To(BeEmpty())
		})

		It("whose ID token has "+f.name+" is refused by the hardened app, with the session untouched", func() {
			s := enter(Setting{App: hardened})
			s.LogIn(ada)
			before, err := s.App.Page.Storage()
			Expect(err).NotTo(HaveOccurred())
			forged := s.forge(f)
			Expect(s.App.RenewNow()).To(Succeed())
			Expect(s.App.WaitLog("Renewal failed: invalid_token (" + f.refusal + ")")).To(Succeed())
			Expect(forged).To(Receive())
			Expect(s.App.Page.Storage()).To(Equal(before))
			Expect(s.App.State()).To(Equal("signed-in"))
			Expect(s.App.Problem()).To(Equal(f.problem))
			Expect(s.App.CallAPI()).To(HavePrefix("200"), "the token at hand stays good")
		})
	}

	It("for another request is taken by the tutorial's app: 8.10.1 never compares state", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.rewrite(func(answer, _ url.Values) { answer.Set("state", "of-another-request") })
		s.renewNow()
		Expect(s.App.State()).To(Equal("signed-in"))
	})

	It("for another request is refused by the hardened app", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		before := s.stored("hardened.access_token")
		s.rewrite(func(answer, _ url.Values) { answer.Set("state", "of-another-request") })
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitLog("Renewal failed: invalid_state (The answer belongs to another request.)")).To(Succeed())
		Expect(s.stored("hardened.access_token")).To(Equal(before))
	})

	It("without an ID token is refused by the hardened app, as there is nothing to verify", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		before := s.stored("hardened.access_token")
		s.rewrite(func(answer, _ url.Values) { answer.Del("id_token") })
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitLog("Renewal failed: invalid_hash (The answer lacks a token that was asked for.)")).To(Succeed())
		Expect(s.stored("hardened.access_token")).To(Equal(before))
	})

	It("for somebody else, good in every other way, signs the hardened app out", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.rewrite(func(answer, asked url.Values) {
			answer.Set("id_token", s.mintFor(grace.Email, asked.Get("nonce"), nil))
		})
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitSignedOut()).To(Succeed())
		Expect(s.App.Log()).To(ContainElement(HaveSuffix("Signed out: someone else is logged in at the tenant now.")))
		Expect(s.App.Problem()).To(Equal("Someone else is logged in at the tenant"))
	})

	It("with a key that the tenant does not publish leaves 8.10.1 silent, and the hardened app gives up after 60 s", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		before := s.stored("hardened.access_token")
		s.rewrite(func(answer, asked url.Values) {
			parts := strings.Split(s.mintFor(ada.Email, asked.Get("nonce"), nil), ".")
			answer.Set("id_token", "eyJhbGciOiJSUzI1NiIsImtpZCI6Im5vYm9keSJ9."+parts[1]+"."+parts[2]) // {"alg":"RS256","kid":"nobody"}
		})
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.Settle()).To(Succeed())
		s.Pass(58 * time.Second)
		Expect(s.App.Problem()).To(BeEmpty())
		s.Pass(3 * time.Second)
		Expect(s.App.WaitLog("Renewal failed: timeout (The silent renewal got no answer in 60 seconds.)")).To(Succeed())
		Expect(s.stored("hardened.access_token")).To(Equal(before))
	})
})

func claims(name string, value any) func(time.Time) map[string]any {
	return func(time.Time) map[string]any { return map[string]any{name: value} }
}

func breakSignature(token string) string {
	at := strings.LastIndexByte(token, '.') + 10
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}

// forge puts a forged ID token into the next silent answer; the channel then has it.
func (s *Scene) forge(f forgery) <-chan string {
	forged := make(chan string, 1)
	s.rewrite(func(answer, asked url.Values) {
		var replaced map[string]any
		if f.claims != nil {
			replaced = f.claims(s.Tenant.Now())
		}
		token := s.mintFor(ada.Email, asked.Get("nonce"), replaced)
		if f.token != nil {
			token = f.token(token)
		}
		answer.Set("id_token", token)
		select {
		case forged <- token:
		default:
		}
	})
	return forged
}

// mintFor makes an ID token as the tenant would, but for the claims that are replaced.
func (s *Scene) mintFor(email, nonce string, replaced map[string]any) string {
	defer GinkgoRecover() // it runs in the tenant's goroutine
	minted, err := s.Tenant.MintToken(mockauth0.TokenRequest{
		Client: clientID, User: email, Audience: audience, Nonce: nonce, Claims: replaced,
	})
	Expect(err).NotTo(HaveOccurred())
	return minted.IDToken
}

// rewrite stands before the tenant and changes what it answers to silent requests. asked is the request's query.
func (s *Scene) rewrite(change func(answer, asked url.Values)) {
	GinkgoHelper()
	tenant := s.Tenant.Handler()
	Expect(s.Serve(s.TenantURL(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.URL.Query()
		if r.URL.Path != "/authorize" || asked.Get("prompt") != "none" {
			tenant.ServeHTTP(w, r)
			return
		}
		genuine := httptest.NewRecorder()
		tenant.ServeHTTP(genuine, r)
		target, fragment, _ := strings.Cut(genuine.Header().Get("Location"), "#")
		answer, err := url.ParseQuery(fragment)
		if err != nil || target == "" {
			http.Error(w, "the tenant's answer has no fragment to change", http.StatusInternalServerError)
			return
		}
		change(answer, asked)
		http.Redirect(w, r, target+"#"+answer.Encode(), http.StatusFound)
	}))).To(Succeed())
}
