package e2e

import (
	"crypto/tls"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
)

// A visitor is a person with a browser that runs no scripts: it keeps cookies, follows redirects and sends forms.
type visitor struct {
	http    *http.Client
	person  pages.Person
	prompts int // how often the tenant asked for a password so far
}

func newVisitor(ca mockauth0.CA, who pages.Person) *visitor {
	GinkgoHelper()
	jar, err := cookiejar.New(nil)
	Expect(err).NotTo(HaveOccurred())
	client := trusting(ca)
	client.Jar = jar
	return &visitor{http: client, person: who}
}

// trusting makes an HTTP client that trusts an authority as Go programs do: by its RootCAs.
func trusting(ca mockauth0.CA) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS12}}
	DeferCleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: browser.DefaultPatience}
}

// appAnswer is what an app says of a call of its SDK.
type appAnswer struct {
	Status int            `json:"-"`    // of the app's answer
	User   map[string]any `json:"user"` // claims; nil: nobody is logged in
	Tokens tokenSet       `json:"tokens"`
	// What the SDK threw: the OAuth error, where it tells one, and its own words.
	Error       string `json:"error"`
	Description string `json:"description"`
	Name        string `json:"name"`
	Message     string `json:"message"`
}

// says is all that the SDK has to say of an error: some keep the tenant's description apart, others have it in their own words.
func (t appAnswer) says() string { return t.Description + "\n" + t.Message }

type tokenSet struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
}

var (
	formAction  = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	goingOn     = regexp.MustCompile(`<button type="submit" name="([^"]+)" value="(default|accept)"`)
)

// open goes to an address and wherever it leads, logging in where the tenant asks for it, until an app answers.
func (v *visitor) open(address string) appAnswer {
	GinkgoHelper()
	res, body := v.get(address)
	for strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		res, body = v.fillIn(res, body)
	}
	var out appAnswer
	Expect(json.Unmarshal([]byte(body), &out)).To(Succeed(), "%s answered %s:\n%s", res.Request.URL, res.Status, body)
	out.Status = res.StatusCode
	return out
}

// fillIn sends the first form of a page by the button that goes on: the login form, consent, the confirmation of a logout, or
// one that only carries values on (response_mode=form_post).
func (v *visitor) fillIn(res *http.Response, body string) (*http.Response, string) {
	GinkgoHelper()
	Expect(res.StatusCode).To(Equal(http.StatusOK), "%s:\n%s", res.Request.URL, body)
	body, _, _ = strings.Cut(body, "</form>")
	action := formAction.FindStringSubmatch(body)
	Expect(action).NotTo(BeNil(), "a page of %s without a form:\n%s", res.Request.URL, body)
	values := url.Values{}
	for _, field := range append(hiddenField.FindAllStringSubmatch(body, -1), goingOn.FindStringSubmatch(body)) {
		if field != nil {
			values.Set(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
		}
	}
	if strings.Contains(body, `name="password"`) {
		v.prompts++
		values.Set("username", v.person.Email)
		values.Set("password", v.person.Password)
	}
	to, err := res.Request.URL.Parse(html.UnescapeString(action[1]))
	Expect(err).NotTo(HaveOccurred())
	return v.post(to.String(), values)
}

func (v *visitor) get(address string) (*http.Response, string) {
	GinkgoHelper()
	res, err := v.http.Get(address)
	return received(res, err)
}

func (v *visitor) post(address string, form url.Values) (*http.Response, string) {
	GinkgoHelper()
	res, err := v.http.PostForm(address, form)
	return received(res, err)
}

func received(res *http.Response, err error) (*http.Response, string) {
	GinkgoHelper()
	Expect(err).NotTo(HaveOccurred())
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	Expect(err).NotTo(HaveOccurred())
	return res, string(body)
}
