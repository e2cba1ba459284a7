package browser

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/harfile"
	"renewal.example/mockauth0/internal/scrub"
)

// SecretKeeper is a TenantServer that has secrets of its own, such as the passwords of its users. Evidence leaves them out.
type SecretKeeper interface {
	// Secrets are the values that must not stand anywhere.
	Secrets() []string
}

// Secrets are the passwords, cookies, codes, refresh tokens and signatures that the World has seen, in no order: what Evidence leaves
// out. JSONWithoutSecrets takes them out of other texts, such as the report of a test.
func (w *World) Secrets() []string {
	return w.gather(false).scrubber().Secrets()
}

// JSONWithoutSecrets is JSON text without these secrets, and without what its strings show by their position, such as the value of
// a cookie or the signature of a token. It is for what a test prints of a World, such as its report.
func JSONWithoutSecrets(text []byte, known []string) []byte {
	s := new(scrub.Scrubber)
	for _, value := range known {
		s.Secret(value)
	}
	s.LearnJSON(text)
	return s.JSON(text)
}

// scrubber knows every secret that stands anywhere in what was gathered.
func (g *gathered) scrubber() *scrub.Scrubber {
	s := new(scrub.Scrubber)
	for _, value := range g.secrets {
		s.Secret(value)
	}
	for _, e := range slices.Concat(g.har.Log.Entries, g.folded) {
		learnEntry(s, &e)
	}
	for _, e := range g.console {
		s.Learn(e.Text)
	}
	for _, m := range g.messages {
		s.LearnJSON(m.Data)
	}
	for _, e := range g.tenant {
		s.LearnJSON(e.Raw)
	}
	for _, l := range g.lines {
		s.Learn(l.Text)
	}
	for _, shot := range g.shots {
		s.Learn(shot.Title)
	}
	for _, text := range []string{g.failure, g.about, g.verdict} {
		s.Learn(text)
	}
	for _, section := range g.sections {
		for _, item := range section.Items {
			s.Learn(item.Text)
		}
	}
	return s
}

func learnEntry(s *scrub.Scrubber, e *harfile.Entry) {
	for _, h := range e.Request.Headers {
		s.Header(h.Name, h.Value)
	}
	for _, h := range e.Response.Headers {
		s.Header(h.Name, h.Value)
		s.Learn(h.Value) // an address in Location
	}
	s.Learn(e.Request.URL)
	if posted := e.Request.PostData; posted != nil {
		if strings.HasPrefix(posted.MimeType, "application/x-www-form-urlencoded") {
			s.Form(posted.Text)
		}
		s.LearnJSON([]byte(posted.Text))
	}
	s.LearnJSON([]byte(e.Response.Content.Text))
}

// without takes out of everything that was gathered what s knows.
func (g *gathered) without(s *scrub.Scrubber) {
	for i := range g.har.Log.Entries {
		scrubEntry(s, &g.har.Log.Entries[i])
	}
	for i := range g.console {
		g.console[i].Text, g.console[i].Where = s.Text(g.console[i].Text), s.Text(g.console[i].Where)
	}
	for i := range g.messages {
		m := &g.messages[i]
		m.Refusal = s.Text(m.Refusal)
		if len(m.Data) > 0 {
			m.Data = s.JSON(m.Data)
		}
	}
	for i := range g.tenant {
		e := &g.tenant[i]
		e.Text = s.Text(e.Text)
		if len(e.Raw) > 0 {
			e.Raw = s.JSON(e.Raw)
		}
	}
	for i := range g.lines {
		g.lines[i].Text, g.lines[i].Details = s.Text(g.lines[i].Text), scrubDetails(s, g.lines[i].Details)
	}
	for i := range g.shots {
		g.shots[i].Title = s.Text(g.shots[i].Title)
	}
	for i := range g.timers {
		g.timers[i].Title = s.Text(g.timers[i].Title)
		for k := range g.timers[i].Timers {
			t := &g.timers[i].Timers[k]
			t.Source, t.Stack = s.Text(t.Source), s.Text(t.Stack)
		}
	}
	for i := range g.refused {
		g.refused[i].Path = s.Text(g.refused[i].Path)
	}
	g.diagnosesWithout(s)
	g.title, g.about, g.failure, g.verdict = s.Text(g.title), s.Text(g.about), s.Text(g.failure), s.Text(g.verdict)
	for i := range g.sections {
		for k := range g.sections[i].Items {
			item := &g.sections[i].Items[k]
			item.Title, item.Text = s.Text(item.Title), s.Text(item.Text)
		}
	}
}

// diagnosesWithout takes secrets out of what apps said, and of what was observed; the rest are our own words.
func (g *gathered) diagnosesWithout(s *scrub.Scrubber) {
	for i := range g.diagnoses {
		d := &g.diagnoses[i]
		d.App, d.Outcome, d.Causes = s.Text(d.App), s.Text(d.Outcome), slices.Clone(d.Causes)
		for k := range d.Causes {
			c := &d.Causes[k]
			c.Evidence = slices.Clone(c.Evidence)
			for n := range c.Evidence {
				c.Evidence[n].Text = s.Text(c.Evidence[n].Text)
			}
		}
	}
}

// scrubDetails takes secrets out of the headers, or the JSON, under a line.
func scrubDetails(s *scrub.Scrubber, details string) string {
	if strings.HasPrefix(details, "{") || strings.HasPrefix(details, "[") || strings.HasPrefix(details, `"`) {
		return string(s.JSON([]byte(details)))
	}
	return s.Text(details)
}

func scrubEntry(s *scrub.Scrubber, e *harfile.Entry) {
	e.Request.URL, e.Response.RedirectURL, e.Error = s.Text(e.Request.URL), s.Text(e.Response.RedirectURL), s.Text(e.Error)
	for _, headers := range [][]harfile.Pair{e.Request.Headers, e.Response.Headers} {
		for i, h := range headers {
			headers[i].Value = s.HeaderValue(h.Name, h.Value)
		}
	}
	for _, cookies := range [][]harfile.Pair{e.Request.Cookies, e.Response.Cookies} {
		for i, c := range cookies {
			if c.Value != "" {
				cookies[i].Value = scrub.Removed
			}
		}
	}
	for i, p := range e.Request.QueryString {
		e.Request.QueryString[i].Value = s.ParamValue(p.Name, p.Value)
	}
	if e.Request.PostData != nil {
		e.Request.PostData.Text = string(s.JSON([]byte(e.Request.PostData.Text)))
	}
	c := &e.Response.Content
	if c.Encoding == "base64" { // nothing that a person reads
		c.Text, c.Encoding = "", ""
	}
	c.Text = string(s.JSON([]byte(c.Text)))
}
