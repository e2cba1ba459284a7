package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
)

// attack is what a page of somebody else's tries at each operation of the control API, in every way that a browser lets it: with and
// without asking first, as a picture, a script, a frame, a form and a beacon. It answers with what the page could read. That the API
// refuses a page which a browser takes for its own, at a name that was made to lead there, is nothing read.
const attack = `async (tenant, operations) => {
	const read = [];
	const refused = /forbidden_|unknown_host|is not served on this connection/;
	const body = JSON.stringify({ advance: '1h', user: 'ada@example.test', client: 'Tutorial SPA', name: 'x', do: { status: 503 },
		kind: 'idle', blocked: true });
	const ask = async (what, url, options) => {
		try {
			const answer = await fetch(url, options);
			if (answer.type === 'opaque') return;
			const text = await answer.text();
			if (!refused.test(text)) read.push(what + ': ' + answer.status + ' ' + text.slice(0, 200));
		} catch { /* the browser refused, or nobody answered */ }
	};
	const loaded = (element) => new Promise((resolve) => { element.onload = element.onerror = resolve; });
	const embed = async (tag, path) => {
		const element = document.createElement(tag);
		const done = loaded(element);
		element.src = tenant + path;
		document.body.append(element);
		await done;
		try {
			const text = element.contentDocument?.body?.textContent ?? '';
			if (text && !refused.test(text)) read.push(path + ' in a frame: ' + text.slice(0, 200));
		} catch { /* of another origin */ }
		element.remove();
	};
	const submit = async (path, number) => {
		const frame = document.createElement('iframe');
		frame.name = 'sink-' + number;
		document.body.append(frame);
		const form = document.createElement('form');
		Object.assign(form, { method: 'POST', action: tenant + path, target: frame.name, enctype: 'text/plain' });
		const field = document.createElement('input');
		Object.assign(field, { name: '{"advance":"1h","x', value: '":1}' });
		form.append(field);
		document.body.append(form);
		const done = loaded(frame);
		form.submit();
		await done;
		navigator.sendBeacon(tenant + path, new Blob([body], { type: 'text/plain' }));
		form.remove();
		frame.remove();
	};
	await Promise.all(operations.map(async ({ method, path }, number) => {
		const content = method === 'GET' ? {} : { body };
		const all = [ask(method + ' ' + path, tenant + path,
			{ method, credentials: 'include', headers: { 'Content-Type': 'application/json' }, ...content })];
		if (method === 'GET' || method === 'POST') {
			all.push(ask(method + ' ' + path + ' without asking', tenant + path,
				{ method, mode: 'no-cors', credentials: 'include', headers: { 'Content-Type': 'text/plain' }, ...content }));
		}
		if (method === 'GET') all.push(...['img', 'script', 'iframe'].map((tag) => embed(tag, path)));
		if (method === 'POST') all.push(submit(path, number));
		await Promise.all(all);
	}));
	return read;
}`

type operation struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}

// operations are those of the tenant's own description, with somebody who is there in the place of names.
func operations(s *browser.World) (out []operation) {
	GinkgoHelper()
	res, err := s.Tenant.Client().Get(s.Tenant.URL() + "/__mock/v1/openapi.json")
	Expect(err).NotTo(HaveOccurred())
	defer res.Body.Close()
	var described struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	Expect(json.NewDecoder(res.Body).Decode(&described)).To(Succeed())
	for path, methods := range described.Paths {
		for method := range methods {
			if slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				out = append(out, operation{strings.ToUpper(method), placed.Replace(path)})
			}
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	return out
}

// placed puts names into the paths of the description.
var placed = strings.NewReplacer("{id}", "fault-1", "{user}", "ada@example.test", "{kid}", "x", "{name}", "x")

// standing is what an attack could change of a tenant.
func standing(s *browser.World) string {
	GinkgoHelper()
	t := s.Tenant
	keys, err := t.Keys()
	Expect(err).NotTo(HaveOccurred())
	blocked := 0
	for _, u := range t.Snapshot().Users {
		if u.Blocked {
			blocked++
		}
	}
	return fmt.Sprintf("%d sessions, %d refresh tokens, %d grants, %d faults, %d users, %d of them blocked, keys %v", len(t.Sessions()),
		len(t.RefreshTokens()), len(t.Grants()), len(t.Faults()), len(t.Snapshot().Users), blocked, keys)
}

var _ = Describe("A page of somebody else's and the control API:", Label("hostile"), func() {
	for _, scheme := range []string{"https", "http"} {
		It("nothing is changed and nothing is read, over "+scheme, func() {
			s := aTenantBy(scheme)
			_, err := s.Tenant.Arm(silentError("login_required", "Login required", 1))
			Expect(err).NotTo(HaveOccurred())
			began, before := s.Tenant.Now(), standing(s)
			all := operations(s)
			list, err := json.Marshal(all)
			Expect(err).NotTo(HaveOccurred())
			attacks := 0
			for _, from := range hostilePages(s, scheme) {
				var read []string
				Expect(from.page.Eval(fmt.Sprintf("(%s)(%q, %s)", attack, from.at, list), &read)).To(Succeed(), from.origin)
				Expect(read).To(BeEmpty(), "a page of %s", from.origin)
				Expect(standing(s)).To(Equal(before), "after the attacks of %s", from.origin)
				Expect(s.Tenant.Now()).To(BeTemporally("~", began, 10*time.Minute), "the clock, after the attacks of %s", from.origin)
				attacks += len(all)
			}
			Expect(attacks).To(BeNumerically(">=", 5*34), "%d operations", len(all))
		})
	}
})

// aTenantBy is one with an app in which somebody is logged in.
func aTenantBy(scheme string) *browser.World {
	GinkgoHelper()
	if scheme == "http" {
		s := host(ofVersion2(), httpTenant())
		s.logIn()
		return s.World
	}
	s := enter(Setting{})
	s.LogIn(ada)
	return s.World
}

type hostilePage struct {
	origin string
	page   *browser.Page
	at     string // the address that it attacks
}

// hostilePages are pages of five origins: another site's by https and by http, one whose name begins as the tenant's does, one of this
// machine, and one whose name leads to the tenant by the time its page asks (DNS rebinding).
func hostilePages(s *browser.World, scheme string) (out []hostilePage) {
	GinkgoHelper()
	rebound := scheme + "://rebound.example:4480"
	for _, origin := range []string{
		"https://evil.example", "http://evil.example", scheme + "://tutorial-1.eu.auth0.com.evil.example", "http://localhost:4999", rebound,
	} {
		Expect(s.Serve(origin, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<!doctype html><title>Lottery</title><body></body>")
		}))).To(Succeed(), origin)
		page, err := s.Open(origin + "/")
		Expect(err).NotTo(HaveOccurred(), origin)
		at := s.Tenant.URL()
		if origin == rebound {
			Expect(s.MapOrigin(rebound, s.Tenant.Addr())).To(Succeed())
			at = rebound
		}
		out = append(out, hostilePage{origin, page, at})
	}
	return out
}
