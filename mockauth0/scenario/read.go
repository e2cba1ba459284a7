package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/pattern"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/tenant"
)

// Source is where scenarios are.
type Source struct {
	// Files holds the scenarios, <id>.yaml each. Required.
	Files fs.FS
	// Printed is the folder as people see it, in problems. Empty: none.
	Printed string
	// Base is the directory of the tutorial tenant, over which scenarios lay their settings. Required.
	Base fs.FS
	// Under is laid over Base before a scenario's own settings are. Empty: nothing.
	Under []tenant.Overlay
	// Brief: the files are a person's own, for one failure that is to be played. What people read in the catalogue may be
	// missing, and what SDKs report: then every SDK can be played, and nothing is compared.
	Brief bool
}

// IDs lists the scenarios, sorted.
func (s Source) IDs() ([]string, error) {
	names, err := fs.Glob(s.Files, "*.yaml")
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, ".yaml")
	}
	return names, nil
}

// Read reads one scenario and judges all that is in it. The error is a tenant.Problems, or says that there is none.
func (s Source) Read(id string) (*Scenario, error) {
	ids, err := s.IDs()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(ids, id) {
		return nil, fmt.Errorf("there is no scenario %q%s", id, strict.DidYouMean(id, ids))
	}
	r := s.reader(id)
	if err := r.read(); err != nil {
		return nil, err
	}
	return r.s, nil
}

// reader is one for a scenario's file; it has read nothing yet.
func (s Source) reader(id string) *reader {
	name := id + ".yaml"
	return &reader{
		s: &Scenario{}, id: id, base: s.Base, under: s.Under, brief: s.Brief,
		document: strict.ReadDocument(s.Files, name, path.Join(s.Printed, name)),
	}
}

// All reads all scenarios, sorted by id. The error has the problems of all of them.
func (s Source) All() ([]*Scenario, error) {
	ids, err := s.IDs()
	if err != nil {
		return nil, err
	}
	var out []*Scenario
	var wrong tenant.Problems
	for _, id := range ids {
		one, err := s.Read(id)
		var problems tenant.Problems
		switch {
		case errors.As(err, &problems):
			wrong = append(wrong, problems...)
		case err != nil:
			return nil, err
		default:
			out = append(out, one)
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return out, nil
}

// reader turns one file into a Scenario.
type reader struct {
	s        *Scenario
	id       string
	under    []tenant.Overlay
	brief    bool
	base     fs.FS
	document *strict.Document
	now      *tenant.Config // as it is at the step being read
}

// read reads the file into the reader's scenario. The error has all problems of the file.
func (r *reader) read() error {
	r.scenario()
	var problems tenant.Problems
	for _, p := range r.document.Problems() {
		problems = append(problems, tenant.Problem(p))
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

func (r *reader) scenario() {
	root := r.document.Root()
	if len(r.document.Problems()) > 0 {
		return
	}
	const what = "a scenario"
	s := r.s
	text := func(key string) string { return root.Required(key, what) }
	if r.brief {
		text = root.Text
	}
	if s.ID = text("id"); s.ID != "" && s.ID != r.id {
		root.Refuse("id", "id is %q; expected the file's name, %q", s.ID, r.id)
	}
	s.ID = r.id
	s.Title, s.Symptom, s.Cause, s.Remedy, s.Diagnosis = orElse(text("title"), s.ID), text("symptom"), text("cause"), text("remedy"),
		diagnosis.Code(text("diagnosis"))
	for _, code := range root.Texts("also") {
		s.Also = append(s.Also, diagnosis.Code(code))
	}
	for _, code := range append([]diagnosis.Code{s.Diagnosis}, s.Also...) {
		if _, known := diagnosis.Lookup(code); code != "" && !known {
			root.Refuse("diagnosis", "no diagnosis has the code %q%s", code, strict.DidYouMean(string(code), diagnosisCodes()))
		}
	}
	r.references(root)
	r.tenant(root)
	r.browser(root.Child("browser"))
	for _, v := range root.Items("faults") {
		if f, ok := r.fault(v); ok {
			s.Faults = append(s.Faults, f)
		}
	}
	s.Steps = r.steps(root)
	r.expectations(root)
	root.Finish(what)
}

func diagnosisCodes() (codes []string) {
	for _, cause := range diagnosis.All() {
		codes = append(codes, string(cause.Code))
	}
	return codes
}

var referenceForm = pattern.Lazy(`^([\w.-]+/[\w.-]+#\d+|https://\S+)$`)

func (r *reader) references(root strict.Section) {
	r.s.References, r.s.Read = root.Texts("references"), root.Text("read")
	for _, reference := range r.s.References {
		if !referenceForm().MatchString(reference) {
			root.Refuse("references", "the reference %q is neither an issue, such as auth0/auth0-spa-js#207, nor an https address", reference)
		}
	}
	if r.s.Read != "" && !strings.HasPrefix(r.s.Read, "https://") {
		root.Refuse("read", "read is %q; expected the https address of a page", r.s.Read)
	}
	if len(r.s.References) == 0 && r.s.Read == "" && !r.brief {
		root.Refuse("references", "a scenario has neither references nor read; expected where it was seen, or the page that explains it")
	}
}

// tenant reads what is laid over the tutorial tenant, and who logs in.
func (r *reader) tenant(root strict.Section) {
	section := root.Child("tenant")
	first := r.overlay(section)
	section.Finish("tenant")
	if users, ok := root.Value("users"); ok {
		first.Users = users.YAML()
	}
	r.s.Overlays = []tenant.Overlay{first}
	r.s.Tenant = r.load()
	r.now = r.s.Tenant
	if r.now == nil {
		r.now = tenant.Minimal() // what speaks of the tenant cannot be judged
	}
	r.s.User, r.s.Connection = root.Text("user"), root.Text("connection")
	if r.s.User == "" {
		r.s.User = r.firstOf(r.s.Connection)
	}
	if r.s.Tenant == nil {
		return
	}
	if c := r.s.Connection; c != "" && r.now.Connection(c) == nil {
		root.Refuse("connection", "the tenant has no connection %q%s", c, strict.DidYouMean(c, connections(r.now)))
	} else if r.user(r.s.User) == nil {
		root.Refuse("user", "the tenant has no user %q%s", r.s.User, strict.DidYouMean(r.s.User, r.people()))
	}
}

// overlay reads the four keys of a tenant's settings.
func (r *reader) overlay(section strict.Section) tenant.Overlay {
	node := func(key string) *yaml.Node {
		v, ok := section.Value(key)
		if !ok {
			return nil
		}
		return v.YAML()
	}
	return tenant.Overlay{File: r.document.File(), Client: node("client"), Tenant: node("tenant"), Mock: node("mock"), Users: node("users")}
}

// load gives the tenant with all overlays so far, or reports what is wrong with it.
func (r *reader) load() *tenant.Config {
	t, err := tenant.LoadOver(r.base, "tutorial", tenant.LoadOptions{Strict: true}, slices.Concat(r.under, r.s.Overlays)...)
	var problems tenant.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			r.document.Add(strict.Problem(p))
		}
		return nil
	}
	return t
}

// change reads a step that changes the tenant, and gives what it then is.
func (r *reader) change(v strict.Value) *tenant.Config {
	section := v.Section("change")
	o := r.overlay(section)
	section.Finish("change")
	if !v.IsObject() || r.s.Tenant == nil {
		return nil
	}
	r.s.Overlays = append(r.s.Overlays, o)
	next := r.load()
	if next != nil {
		r.now = next
	}
	return next
}

// user is a person of the tenant by e-mail address: of the connection of the login, or of a database.
func (r *reader) user(email string) *tenant.User {
	for _, u := range r.now.Users {
		c := r.now.Connection(u.Connection)
		if strings.EqualFold(u.Email, email) && c != nil && (c.Name == r.s.Connection || r.s.Connection == "" && c.Strategy == "auth0") {
			return u
		}
	}
	return nil
}

// firstOf is who logs in when the file names nobody: the first person that a social connection has, or Ada.
func (r *reader) firstOf(connection string) string {
	for _, u := range r.now.Users {
		if connection != "" && u.Connection == connection {
			return u.Email
		}
	}
	return "ada@example.test"
}

func (r *reader) people() (emails []string) {
	for _, u := range r.now.Users {
		emails = append(emails, u.Email)
	}
	return emails
}

func connections(t *tenant.Config) (names []string) {
	for _, c := range t.Connections {
		names = append(names, c.Name)
	}
	return names
}

func (r *reader) browser(section strict.Section) {
	b := &r.s.Browser
	b.Cookies = Cookies(orElse(section.Among("cookies", string(CookiesAllowed), string(CookiesBlocked), string(CookiesDefault)),
		string(CookiesAllowed)))
	b.Origin = Origin(orElse(section.Among("origin", string(CrossSite), string(SameSite)), string(CrossSite)))
	b.SilentPage = SilentPage(orElse(section.Among("silent_page", string(ParsesTheString), string(ParsesAnObject), string(PostsTheHash),
		string(PostsTwice), string(Silent)), string(ParsesTheString)))
	b.ClockAhead, b.Throttled, b.Blocked = section.Duration("clock_ahead"), section.Flag("throttled"), section.Texts("blocked_urls")
	b.Worker = section.Text("service_worker")
	b.SecondSDK = section.Among("second_sdk", SDKs()...)
	if b.CustomDomain = section.Flag("custom_domain"); b.CustomDomain && r.s.Tenant != nil && r.s.Tenant.Mock.CustomDomain == "" {
		section.Refuse("custom_domain", "the tenant has no custom domain; add mock: {custom_domain: login.tutorial.test} to tenant")
	}
	b.Headers = map[string]string{}
	headers := section.Child("app_headers")
	for _, name := range headers.Keys() {
		b.Headers[name] = headers.Text(name)
		if !headerForm().MatchString(name) || strings.ContainsAny(b.Headers[name], "\r\n") {
			headers.Refuse(name, "%q is no header that can be sent", name)
		}
	}
	if csp := section.Text("csp"); csp != "" {
		b.Headers["Content-Security-Policy"] = csp
	}
	section.Finish("browser")
}

var headerForm = pattern.Lazy(`^[A-Za-z0-9-]+$`)

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// fault reads one in the form that is sent to a running tenant.
func (r *reader) fault(v strict.Value) (fault.Fault, bool) {
	f, err := fault.FromYAML(v.YAML())
	var problems fault.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			v.RefuseAt(p.Line, p.Column, "%s", p.Message)
		}
	}
	return f, err == nil
}

func (r *reader) expectations(root strict.Section) {
	items := root.Items("expect")
	if len(items) == 0 && r.brief {
		r.s.Expect = []Expectation{{SDKs: SDKs(), Unstated: true}}
		return
	}
	if len(items) == 0 {
		root.Refuse("expect", "a scenario expects nothing; expected what each SDK reports")
	}
	seen := map[string]bool{}
	for _, item := range items {
		e := r.expectation(item, seen)
		r.s.Expect = append(r.s.Expect, e)
	}
}

func (r *reader) expectation(item strict.Value, seen map[string]bool) (e Expectation) {
	section := item.Section("an expectation")
	if v, ok := section.Value("sdk"); ok && !v.IsList() {
		e.SDKs = []string{section.Required("sdk", "an expectation")}
	} else {
		e.SDKs = section.Texts("sdk")
	}
	for _, sdk := range e.SDKs {
		switch {
		case !slices.Contains(SDKs(), sdk):
			section.Refuse("sdk", "there is no SDK %q%s", sdk, strict.DidYouMean(sdk, SDKs()))
		case seen[sdk]:
			section.Refuse("sdk", "the SDK %s has two expectations; expected one", sdk)
		}
		seen[sdk] = true
	}
	if len(e.SDKs) == 0 {
		item.Refuse("an expectation names no SDK; expected sdk: [%s, …]", SDKs()[0])
	}
	e.Error, e.Description, e.User = section.Text("error"), section.Text("description"), section.Text("user")
	e.Renews, e.Hangs, e.After, e.Requests = section.Flag("renews"), section.Flag("hangs"), section.Duration("after"),
		section.Count("requests")
	e.Diagnosis = diagnosis.Code(section.Text("diagnosis"))
	if _, known := diagnosis.Lookup(e.Diagnosis); e.Diagnosis != "" && !known {
		section.Refuse("diagnosis", "no diagnosis has the code %q%s", e.Diagnosis, strict.DidYouMean(string(e.Diagnosis), diagnosisCodes()))
	}
	if options, ok := section.Value("options"); ok {
		e.Options, _ = options.Plain().(map[string]any)
		if e.Options == nil {
			options.Refuse("options is %s; expected an object", options.Describe())
		}
	}
	if raw, ok := section.Value("raw"); ok {
		e.Raw = raw.Plain()
	}
	if value, ok := section.Value("value"); ok {
		e.Value = value.Plain()
	}
	section.Finish("an expectation")
	e.judge(item)
	return e
}

// judge refuses what no SDK can report.
func (e Expectation) judge(item strict.Value) {
	outcomes := 0
	for _, stated := range []bool{e.Error != "", e.Renews, e.Hangs, e.Value != nil} {
		if stated {
			outcomes++
		}
	}
	switch {
	case outcomes == 0:
		item.Refuse("an expectation states no outcome; expected one of error, renews: true, hangs: true, value")
	case outcomes > 1:
		item.Refuse("an expectation states %d outcomes; expected one of error, renews, hangs, value", outcomes)
	case e.Error == "" && (e.Description != "" || e.Raw != nil):
		item.Refuse("description and raw are of an error, and there is none")
	case e.Hangs && e.After != 0:
		item.Refuse("hangs and after exclude each other; expected one of them")
	case e.User != "" && !e.Renews:
		item.Refuse("user is of a renewal, and there is none")
	}
}

// cut parts a word from what stands after it.
func cut(text string) (word, rest string, more bool) {
	word, rest, more = strings.Cut(text, " ")
	return word, strings.TrimSpace(rest), more
}
