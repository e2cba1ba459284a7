package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
)

var _ = Describe("silent.html", Label("silent"), func() {
	It("posts the parsed result to the app's origin and to no other", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.renewNow()

		Expect(s.Messages()).To(HaveLen(1))
		m := s.Messages()[0]
		Expect(m.Origin).To(Equal("http://localhost:3001"))
		Expect(m.Target).To(Equal("http://localhost:5000"))
		Expect(m.Delivered).To(BeTrue())
		Expect(m.String).To(BeFalse())
		result := members(m)
		Expect(result).To(HaveKeyWithValue("accessToken", s.stored("access_token")))
		Expect(result).To(HaveKeyWithValue("idToken", s.stored("id_token")))
		Expect(result).To(HaveKeyWithValue("idTokenPayload", HaveKeyWithValue("email", ada.Email)))
		Expect(result).To(HaveKeyWithValue("expiresIn", BeNumerically("==", tokenLife.Seconds())))
		Expect(result).To(HaveKeyWithValue("tokenType", "Bearer"))
		Expect(result).To(HaveKeyWithValue("state", Not(BeEmpty())))
	})

	It("hands over the raw answer in the hardened app, and parses nothing itself", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.renewNow()

		Expect(s.Messages()).To(HaveLen(1))
		m := s.Messages()[0]
		Expect(m.Origin).To(Equal("http://localhost:3001"))
		Expect(m.Target).To(Equal("http://localhost:5000"))
		message := members(m)
		Expect(message).To(HaveLen(2))
		Expect(message).To(HaveKeyWithValue("type", "silent-renewal"))
		Expect(answerIn(message).Get("access_token")).To(Equal(s.stored("hardened.access_token")))
		Expect(answerIn(message).Get("id_token")).To(Equal(s.stored("hardened.id_token")))
	})

	It("posts the error object when the tenant says login_required", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.renewNow()
		s.Tenant.EndSessions("")
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitLog("Renewal failed: login_required (Login required)")).To(Succeed())

		messages := s.Messages()
		Expect(messages).To(HaveLen(2))
		Expect(messages[1].Target).To(Equal("http://localhost:5000"))
		said := members(messages[1])
		Expect(said).To(HaveKeyWithValue("error", "login_required"))
		Expect(said).To(HaveKeyWithValue("errorDescription", "Login required"))
		Expect(said).NotTo(HaveKey("accessToken"))
		Expect(s.App.Problem()).To(Equal("The tenant has no session for you"))
	})

	It("hands the error over in the hardened app, which signs out and says why", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.renewNow()
		s.Tenant.EndSessions("")
		s.Pass(2 * time.Second) // past the least interval between two renewals
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitSignedOut()).To(Succeed())

		messages := s.Messages()
		Expect(messages).To(HaveLen(2))
		Expect(answerIn(members(messages[1])).Get("error")).To(Equal("login_required"))
		Expect(s.App.Log()).To(ContainElement(HaveSuffix("Signed out: the tenant sees no session of yours. Log in again.")))
		Expect(s.App.Problem()).To(Equal("The tenant has no session for you"))
	})

	It("gives nothing to a foreign page that frames the whole renewal", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		thief := s.frameRenewalAt("http://thief.example.test", "/silent")

		// The tenant cannot know who frames it: it sends tokens to the silent page …
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		// … which offers them to the app's origin alone, and the browser sees that this is not the thief's.
		Expect(s.Messages()).To(HaveLen(1))
		Expect(s.Messages()[0].Delivered).To(BeFalse())
		Expect(s.Messages()[0].Target).To(Equal("http://localhost:5000"))
		Expect(heard(thief)).To(BeEmpty())
	})

	It("is not even shown to a foreign page by the hardened app", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		thief := s.frameRenewalAt("http://thief.example.test", "/silent-hardened")

		Expect(s.Messages()).To(BeEmpty())
		Expect(heard(thief)).To(BeEmpty())
		Expect(s.Console()).To(ContainElement(HaveField("Text", ContainSubstring(`frame-ancestors http://localhost:5000`))))
	})

	It("keeps the transaction of a renewal at the app's origin, out of its own reach", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		Expect(s.transactions()).To(BeEmpty(), "the login's own was used up")
		s.renewNow()
		Expect(s.transactions()).To(HaveLen(1), "8.10.1 leaves one for each renewal")

		silent, err := s.Open(s.SilentOrigin + "/silent")
		Expect(err).NotTo(HaveOccurred())
		Expect(silent.Storage()).To(BeEmpty())
	})

	It("is answered too late when any other message reaches the tutorial's app first", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.renewUnderLatency()
		// Such as a development server, a browser extension or an advertisement sends.
		Expect(s.App.Page.Eval(`window.postMessage({ source: 'hot-reload' }, '*')`, nil)).To(Succeed())
		Expect(s.App.WaitLog("The app stored this error as a session.")).To(Succeed())
		Expect(s.stored("access_token")).To(Equal("undefined"))
		Expect(s.App.State()).To(Equal("broken"))
		s.Pass(10 * time.Second)
		Expect(s.stored("access_token")).To(Equal("undefined"), "the real answer comes to nobody")
	})

	It("is the only one that the hardened app listens to", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		first := s.stored("hardened.access_token")
		s.renewUnderLatency()
		Expect(s.App.Page.Eval(`window.postMessage({ source: 'hot-reload' }, '*')`, nil)).To(Succeed())
		Expect(s.App.Page.Eval(`window.postMessage({ type: 'silent-renewal', hash: '#error=login_required' }, '*')`, nil)).To(Succeed())
		Expect(s.Settle()).To(Succeed())
		Expect(s.stored("hardened.access_token")).To(Equal(first))
		s.Pass(10 * time.Second)
		Expect(s.App.Renewals()).To(Equal(1))
		Expect(s.stored("hardened.access_token")).NotTo(Equal(first))
	})

	It("may be read by every origin, as the tutorial's server lets it", func() {
		s := stage(Setting{})
		expectOpenCORS(s)
	})
})

// expectOpenCORS asks for the silent page from a foreign origin, once plainly and once with a preflight.
func expectOpenCORS(s *Scene) {
	GinkgoHelper()
	Expect(s.Serve("http://reader.example.test", blank())).To(Succeed())
	reader, err := s.Open("http://reader.example.test/")
	Expect(err).NotTo(HaveOccurred())
	var text string
	Expect(reader.Eval(`fetch('http://localhost:3001/silent').then(r => r.text())`, &text)).To(Succeed())
	Expect(text).To(ContainSubstring("parseHash(window.location.hash"))
	Expect(reader.Eval(`fetch('http://localhost:3001/silent', { headers: { 'X-Asked': '1' } }).then(r => r.text())`, &text)).To(Succeed())
	Expect(text).To(ContainSubstring("parseHash(window.location.hash"))
}

func blank() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html><title>blank</title>")
	})
}

// renewNow presses Renew now and waits until the page shows that it worked.
func (s *Scene) renewNow() {
	GinkgoHelper()
	before, err := s.App.Renewals()
	Expect(err).NotTo(HaveOccurred())
	Expect(s.App.RenewNow()).To(Succeed())
	Expect(s.App.WaitRenewals(before + 1)).To(Succeed())
	Expect(s.Settle()).To(Succeed())
}

// renewUnderLatency starts a renewal whose answer the tenant holds back for 5 s.
func (s *Scene) renewUnderLatency() {
	GinkgoHelper()
	_, err := s.Tenant.Arm(fault.Fault{When: fault.Match{Endpoint: "authorize", Prompt: "none"}, Times: 1,
		Do: fault.Effect{Latency: fault.Duration(5 * time.Second)}})
	Expect(err).NotTo(HaveOccurred())
	Expect(s.App.RenewNow()).To(Succeed())
	Eventually(s.Tenant.Holds).WithTimeout(5 * time.Second).WithPolling(time.Millisecond).Should(HaveLen(1))
}

// frameRenewalAt opens a page of a foreign origin that notes all messages and frames a silent request of its own making.
func (s *Scene) frameRenewalAt(origin, silentPath string) *browser.Page {
	GinkgoHelper()
	q := url.Values{"client_id": {clientID}, "response_type": {"token id_token"}, "redirect_uri": {s.SilentOrigin + silentPath},
		"scope": {"openid profile email"}, "audience": {audience}, "prompt": {"none"}, "nonce": {"of-the-thief"}, "state": {"of-the-thief"}}
	Expect(s.Serve(origin, blank())).To(Succeed())
	page, err := s.Open(origin + "/")
	Expect(err).NotTo(HaveOccurred())
	address, err := json.Marshal(s.TenantURL() + "/authorize?" + q.Encode())
	Expect(err).NotTo(HaveOccurred())
	Expect(page.Eval(`(() => {
		window.heard = [];
		addEventListener('message', event => heard.push(event.data));
		const frame = document.createElement('iframe');
		frame.src = `+string(address)+`;
		document.body.append(frame);
	})()`, nil)).To(Succeed())
	Expect(s.Settle()).To(Succeed())
	return page
}

func heard(page *browser.Page) (messages []any) {
	GinkgoHelper()
	Expect(page.Eval(`heard`, &messages)).To(Succeed())
	return messages
}

// transactions are the keys that auth0.js keeps at the app's origin for answers that it awaits.
func (s *Scene) transactions() (keys []string) {
	GinkgoHelper()
	Expect(s.App.Page.Eval(`Object.keys(localStorage).filter(key => key.startsWith('com.auth0.auth.'))`, &keys)).To(Succeed())
	return keys
}

func members(m browser.Message) (object map[string]any) {
	GinkgoHelper()
	Expect(json.Unmarshal(m.Data, &object)).To(Succeed())
	return object
}

// answerIn is the tenant's answer in a message of the hardened silent page.
func answerIn(message map[string]any) url.Values {
	GinkgoHelper()
	hash, ok := message["hash"].(string)
	Expect(ok).To(BeTrue())
	Expect(hash).To(HavePrefix("#"))
	answer, err := url.ParseQuery(hash[1:])
	Expect(err).NotTo(HaveOccurred())
	return answer
}
