package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"renewal.example/mockauth0/tenant"
)

// People wrote silent.html in several ways. What auth0.js 8.10.1 makes of each differs in more than taste.
var _ = Describe("A silent.html", Label("silent"), func() {
	type form struct {
		script     string              // in place of the tutorial's second script
		success    types.GomegaMatcher // of what renewAuth calls back with a session
		leftBehind int                 // transactions that stay at the app after a success
		noSession  types.GomegaMatcher // of what renewAuth calls back without one
	}
	const post = `function (err, response) { parent.postMessage(err || response, 'http://localhost:5000'); }`
	loginRequired := And(HaveKeyWithValue("error", "login_required"), HaveKeyWithValue("errorDescription", "Login required"))
	asResult := func(result types.GomegaMatcher) types.GomegaMatcher {
		return And(HaveKeyWithValue("err", BeNil()), HaveKeyWithValue("result", result))
	}
	tokens := And(HaveKeyWithValue("accessToken", Not(BeEmpty())), HaveKeyWithValue("idTokenPayload", HaveKeyWithValue("email", ada.Email)))
	nonceMismatch := And(HaveKeyWithValue("error", "invalid_token"), HaveKeyWithValue("errorDescription", "Nonce does not match."))

	DescribeTable("that", func(f form) {
		s := enter(Setting{Silent: silentScript(f.script)})
		s.LogIn(ada)
		Expect(s.renewAuth()).To(f.success)
		Expect(s.transactions()).To(HaveLen(f.leftBehind))
		s.Tenant.EndSessions("")
		Expect(s.renewAuth()).To(f.noSession)
	},
		Entry("parses the hash as a string, as the tutorial's: gives unverified tokens, and an error as if it were tokens", form{
			`webAuth.parseHash(window.location.hash, ` + post + `);`, asResult(tokens), 1, asResult(loginRequired)}),
		Entry("parses the hash as an option: fails, since the nonce is stored on the app's origin", form{
			`webAuth.parseHash({ hash: window.location.hash }, ` + post + `);`, asResult(nonceMismatch), 1, asResult(loginRequired)}),
		Entry("lets parseHash find the hash: fails in the same way", form{
			`webAuth.parseHash(` + post + `);`, asResult(nonceMismatch), 1, asResult(loginRequired)}),
		Entry("switches the verification off: gives unverified tokens", form{
			`webAuth.parseHash({ hash: window.location.hash, _idTokenVerification: false }, ` + post + `);`, asResult(tokens), 1,
			asResult(loginRequired)}),
		Entry("posts the hash as it is, as later tutorials: the app verifies, forgets the transaction and sees errors as errors", form{
			`parent.postMessage(window.location.hash, 'http://localhost:5000');`, asResult(tokens), 0,
			HaveKeyWithValue("err", loginRequired)}),
	)

	It("whose address is no callback URL leads to the 60-second timeout", func() {
		s := enter(Setting{Tenant: withoutSilentCallback})
		s.LogIn(ada)
		s.startRenewAuth(`usePostMessage: true`)
		Expect(s.Settle()).To(Succeed())
		s.Pass(58 * time.Second)
		Expect(s.calledBack()).To(BeEmpty())
		s.Pass(2 * time.Second)
		Expect(s.calledBack()).To(ConsistOf(HaveKeyWithValue("err",
			And(HaveKeyWithValue("error", "timeout"), HaveKeyWithValue("errorDescription", "Timeout during authentication renew.")))))
		Expect(s.Messages()).To(BeEmpty(), "the tenant shows its error page and answers to nobody")
	})

	DescribeTable("whose address is no callback URL makes the app say so",
		func(app flavour, line string) {
			s := enter(Setting{App: app, Tenant: withoutSilentCallback})
			s.LogIn(ada)
			Expect(s.App.RenewNow()).To(Succeed())
			Expect(s.Settle()).To(Succeed())
			s.Pass(61 * time.Second)
			Expect(s.App.WaitLog(line)).To(Succeed())
			Expect(s.App.Problem()).To(Equal("The renewal got no answer"))
			Expect(s.App.State()).To(Equal("signed-in"), "the token at hand is still good")
		},
		Entry("in the tutorial's app", tutorial, "Renewal failed: timeout (Timeout during authentication renew.)"),
		Entry("in the hardened app", hardened, "Renewal failed: timeout (The silent renewal got no answer in 60 seconds.)"),
	)

	It("on another origin never gets through when the app does not ask for messages", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.startRenewAuth(`usePostMessage: false`)
		Expect(s.Settle()).To(Succeed())
		s.Pass(2 * time.Hour)
		Expect(s.calledBack()).To(BeEmpty())
		Expect(s.Console()).To(ContainElement(And(HaveField("Kind", "exception"),
			HaveField("Text", ContainSubstring(`Blocked a frame with origin "http://localhost:5000" from accessing a`)))))
	})

	It("on the app's own origin needs no messages: the app reads the frame, and verifies", func() {
		const own = "/silent-of-the-app"
		s := enter(Setting{
			AppSite: at(own, blank()),
			Tenant: func(t *tenant.Config) {
				client := t.ClientByID(clientID)
				client.Callbacks = append(client.Callbacks, "http://localhost:5000"+own)
			},
		})
		s.LogIn(ada)
		s.startRenewAuth(`usePostMessage: false, redirectUri: 'http://localhost:5000` + own + `'`)
		Expect(s.App.Page.WaitFor("the renewal is answered", `answers.length > 0`)).To(Succeed())
		Expect(s.calledBack()).To(ConsistOf(asResult(tokens)))
		Expect(s.Messages()).To(BeEmpty())
		Expect(s.transactions()).To(BeEmpty())
	})
})

// silentScript puts a script in place of the tutorial's, on the page that the tutorial's server would send.
func silentScript(script string) func(http.Handler) http.Handler {
	theirs := regexp.MustCompile(`(?s)webAuth\.parseHash\(.*?\n    }\);`)
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			page := httptest.NewRecorder()
			inner.ServeHTTP(page, r)
			if !theirs.Match(page.Body.Bytes()) {
				http.Error(w, "the page has no script to replace", http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", page.Header().Get("Content-Type"))
			_, _ = w.Write(theirs.ReplaceAllLiteral(bytes.Clone(page.Body.Bytes()), []byte(script)))
		})
	}
}

// at serves one path by another handler.
func at(path string, handler http.Handler) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path {
				handler.ServeHTTP(w, r)
				return
			}
			inner.ServeHTTP(w, r)
		})
	}
}

func withoutSilentCallback(t *tenant.Config) {
	client := t.ClientByID(clientID)
	client.Callbacks = client.Callbacks[:2] // the app's own
}

// renewAuth calls auth0.js as the tutorial's renewToken does and returns what it calls back: {err, result}.
func (s *Scene) renewAuth() (answer map[string]any) {
	GinkgoHelper()
	s.startRenewAuth(`usePostMessage: true`)
	Expect(s.App.Page.WaitFor("the renewal is answered", `answers.length > 0`)).To(Succeed())
	answers := s.calledBack()
	Expect(answers).To(HaveLen(1))
	return answers[0]
}

// startRenewAuth does not wait; answers then has what was called back. The options come last, so they may replace any.
func (s *Scene) startRenewAuth(options string) {
	GinkgoHelper()
	Expect(s.App.Page.Eval(fmt.Sprintf(`(() => {
		window.answers = [];
		webAuth.renewAuth({ audience: '%s', redirectUri: 'http://localhost:3001/silent', %s },
			(err, result) => answers.push({ err: err || null, result: result || null }));
	})()`, audience, options), nil)).To(Succeed())
}

func (s *Scene) calledBack() (calls []map[string]any) {
	GinkgoHelper()
	Expect(s.App.Page.Eval(`answers`, &calls)).To(Succeed())
	return calls
}
