// Package scrub takes what would let somebody in out of evidence: passwords, cookies, codes, refresh tokens, secrets of clients, and
// the signatures of tokens. What a person reads stays: the header and the claims of a token, names, addresses, errors.
//
// A secret is known by where it stands (a parameter, a header, a member of JSON, a field of a form), and from then on it is taken out
// wherever else it stands. So everything is learnt first, and written after that.
package scrub

import (
	"cmp"
	"encoding/json"
	"html"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/pattern"
)

const (
	// Removed stands where a secret was, in addresses too; `import har` knows it for what it is.
	Removed = "REDACTED"
	// removedSignature stands where the signature of a token was.
	removedSignature = "SIGNATURE-REDACTED"
)

const (
	shortest   = 6 // a shorter secret is in every other word: it is taken out by its position only
	maxSecrets = 1 << 16
	maxSecret  = 16 << 10
)

// Scrubber knows secrets. The zero value knows none. It is not safe for concurrent use.
type Scrubber struct {
	known    map[string]bool
	dropped  int
	replacer *strings.Replacer // of what is known; nil: to be made
}

// names are the parameters, members and fields that hold a secret, in lower case. Of a token in them the signature is taken out, of
// anything else all.
var names = [...]string{
	"password", "new_password", "re_password", "confirm_password", "old_password", "client_secret", "code", "refresh_token",
	"access_token", "id_token", "id_token_hint", "token", "code_verifier", "client_assertion", "assertion", "subject_token", "actor_token",
	"mfa_token", "otp", "oob_code", "binding_code", "verification_code", "recovery_code", "device_code", "user_code", "login_ticket",
	"ticket", "co_verifier", "wresult", "invitation", "_csrf", "logout_token",
}

var (
	tokenLike = pattern.Lazy(`eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){2,4}`)
	field     = pattern.Lazy(`(?i)(<input[^>]*\bname="?(?:` + strings.Join(names[:], "|") + `)"?[^>]*\bvalue=")([^"]+)(")`)
	fieldLate = pattern.Lazy(`(?i)(<input[^>]*\bvalue=")([^"]+)("[^>]*\bname="?(?:` + strings.Join(names[:], "|") + `)\b)`)
	authorize = pattern.Lazy(`(?i)\b((?:bearer|basic|dpop) +)([A-Za-z0-9._~+/=-]{6,})`)
	cookies   = pattern.Lazy(`(?im)(^|[\s"'])((?:set-)?cookie:\s*)([^\r\n"]+)`)
	word      = pattern.Lazy(`^[a-z]+([_ -][a-z]+)*$|^[0-9]{1,5}$`)
)

// Secret remembers a value that must not stand anywhere. Of a token it is the signature.
func (s *Scrubber) Secret(value string) {
	if tokenLike().MatchString(value) {
		tokenLike().ReplaceAllStringFunc(value, func(token string) string {
			for _, part := range signatureOf(token) {
				s.remember(part)
			}
			return token
		})
		return
	}
	s.remember(value)
}

func (s *Scrubber) remember(value string) {
	if len(value) < shortest || strings.Contains(value, Removed) || s.known[value] {
		return
	}
	if len(value) > maxSecret || len(s.known) >= maxSecrets {
		s.dropped++
		return
	}
	if s.known == nil {
		s.known = map[string]bool{}
	}
	s.known[value] = true
	s.replacer = nil
}

// Dropped is how often a secret was not remembered, since there are more than 65,536 or it is longer than 16 KiB: it is taken out where
// its place shows what it is, and nowhere else.
func (s *Scrubber) Dropped() int { return s.dropped }

// Secrets lists what is known.
func (s *Scrubber) Secrets() []string {
	out := make([]string, 0, len(s.known))
	for value := range s.known {
		out = append(out, value)
	}
	slices.Sort(out)
	return out
}

// Param remembers the value of a parameter, a member or a field when its name is that of a secret.
func (s *Scrubber) Param(name, value string) {
	if secretName(name) && !plain(name, value) {
		s.Secret(value)
	}
}

// secretName tells whether a parameter holds a secret: one of names.
func secretName(name string) bool { return slices.Contains(names[:], strings.ToLower(name)) }

// plain tells values that are no secrets though their name is that of one: "code" is an error code, too.
func plain(name, value string) bool {
	return strings.EqualFold(name, "code") && word().MatchString(value)
}

// Header remembers the secrets of a header.
func (s *Scrubber) Header(name, value string) {
	switch strings.ToLower(name) {
	case "cookie":
		for part := range strings.SplitSeq(value, ";") {
			s.cookie(part)
		}
	case "set-cookie":
		for line := range strings.SplitSeq(value, "\n") {
			first, _, _ := strings.Cut(line, ";")
			s.cookie(first)
		}
	case "authorization", "dpop":
		_, credentials, ok := strings.Cut(strings.TrimSpace(value), " ")
		if !ok {
			credentials = value
		}
		s.Secret(credentials)
	}
}

func (s *Scrubber) cookie(pair string) {
	if _, value, ok := strings.Cut(pair, "="); ok && len(value) > shortest && !word().MatchString(strings.TrimSpace(value)) {
		s.Secret(strings.TrimSpace(value))
	}
}

// Learn remembers the secrets that a text shows by their position, also where it is encoded: an address in an address, JSON in JSON,
// HTML.
func (s *Scrubber) Learn(text string) {
	s.learn(text)
	once := unescaped(text)
	for _, inside := range []string{once, unescaped(once), strings.ReplaceAll(text, `\"`, `"`), html.UnescapeString(text)} {
		if inside != text {
			s.learn(inside)
		}
	}
}

func (s *Scrubber) learn(text string) {
	for _, token := range tokenLike().FindAllString(text, -1) {
		s.Secret(token)
	}
	assignments(text, func(a assignment) { s.assigned(a.name, text[a.from:a.to]) })
	for _, like := range fields(text) {
		for _, m := range like.FindAllStringSubmatch(text, -1) {
			s.Secret(m[2])
			s.Secret(html.UnescapeString(m[2]))
		}
	}
	if !mayAuthorize(text) {
		return
	}
	for _, m := range authorize().FindAllStringSubmatch(text, -1) {
		s.Secret(m[2])
	}
	for _, m := range cookies().FindAllStringSubmatch(text, -1) {
		s.Header(strings.TrimRight(strings.TrimSpace(m[2]), ":"), m[3])
	}
}

// Form remembers the secrets of a body of the type application/x-www-form-urlencoded. Learn takes a parenthesis for the end of a value,
// as it is in prose; here only an ampersand ends one.
func (s *Scrubber) Form(body string) {
	for pair := range strings.SplitSeq(body, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			s.assigned(name, value)
		}
	}
}

// assigned remembers a value as it is written, and as it is meant in an address, in a form and in JSON.
func (s *Scrubber) assigned(name, written string) {
	s.Param(name, written)
	if strings.Contains(written, "%") || strings.Contains(written, "+") {
		s.Param(name, unescaped(written))
		if form, err := url.QueryUnescape(written); err == nil { // where a space is a plus sign
			s.Param(name, form)
		}
	}
	var meant string
	if strings.Contains(written, `\`) && json.Unmarshal([]byte(`"`+written+`"`), &meant) == nil {
		s.Param(name, meant)
	}
}

// fields are the expressions for fields of forms; none where there is no form.
func fields(text string) []*regexp.Regexp {
	if !strings.Contains(text, "<input") {
		return nil
	}
	return []*regexp.Regexp{field(), fieldLate()}
}

// mayAuthorize tells whether a text can hold credentials of a header, or a header of cookies.
func mayAuthorize(text string) bool {
	for _, sign := range []string{"earer ", "EARER ", "asic ", "ASIC ", "pop ", "PoP ", "POP ", "ookie:", "OOKIE:"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

func unescaped(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// Text is the text without what is known and without what it shows by position.
func (s *Scrubber) Text(text string) string {
	if text == "" {
		return ""
	}
	if s.replacer == nil {
		s.replacer = s.newReplacer()
	}
	text = tokenLike().ReplaceAllStringFunc(text, withoutSignature)
	text = s.replacer.Replace(text)
	text = withoutAssigned(text)
	for _, like := range fields(text) {
		text = replaceGroups(like, text, func(m []string) string { return m[1] + hidden(m[2]) + m[3] })
	}
	if !mayAuthorize(text) {
		return text
	}
	text = replaceGroups(authorize(), text, func(m []string) string { return m[1] + hidden(m[2]) })
	return replaceGroups(cookies(), text, func(m []string) string {
		return m[1] + m[2] + s.HeaderValue(strings.TrimRight(strings.TrimSpace(m[2]), ":"), m[3])
	})
}

// withoutAssigned is the text without the values that it gives to secrets.
func withoutAssigned(text string) string {
	var out strings.Builder
	done := 0
	assignments(text, func(a assignment) {
		value := text[a.from:a.to]
		if !plain(a.name, value) {
			out.WriteString(text[done:a.from] + hidden(value))
			done = a.to
		}
	})
	if done == 0 {
		return text
	}
	return out.String() + text[done:]
}

// hidden is a value of which nothing may stand but the header and the claims of a token.
func hidden(value string) string {
	if strings.Contains(value, removedSignature) {
		return value
	}
	return Removed
}

func replaceGroups(like *regexp.Regexp, text string, with func(groups []string) string) string {
	return like.ReplaceAllStringFunc(text, func(all string) string {
		if m := like.FindStringSubmatch(all); m != nil {
			return with(m)
		}
		return all
	})
}

// HeaderValue is the value of a header without secrets. Of cookies the names stay, and what is not their value.
func (s *Scrubber) HeaderValue(name, value string) string {
	switch strings.ToLower(name) {
	case "cookie":
		parts := strings.Split(value, ";")
		for i, part := range parts {
			parts[i] = withoutValue(part)
		}
		return strings.Join(parts, ";")
	case "set-cookie":
		lines := strings.Split(value, "\n")
		for i, line := range lines {
			first, rest, more := strings.Cut(line, ";")
			lines[i] = withoutValue(first)
			if more {
				lines[i] += ";" + rest
			}
		}
		return strings.Join(lines, "\n")
	case "authorization":
		scheme, credentials, ok := strings.Cut(value, " ")
		if !ok {
			return hidden(s.Text(value))
		}
		return scheme + " " + hidden(s.Text(credentials))
	}
	return s.Text(value)
}

// ParamValue is the value of a parameter, or of a cookie's where name is "", without secrets.
func (s *Scrubber) ParamValue(name, value string) string {
	switch {
	case value == "":
		return ""
	case secretName(name) && !plain(name, value):
		return hidden(s.Text(value))
	}
	return s.Text(value)
}

func withoutValue(cookie string) string {
	if name, value, ok := strings.Cut(cookie, "="); ok && value != "" {
		return name + "=" + Removed
	}
	return cookie
}

// withoutSignature keeps the header and the claims of a signed token, and the header of an encrypted one.
func withoutSignature(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return parts[0] + "." + Removed
	}
	if parts[2] == "" {
		return token // it has none
	}
	return parts[0] + "." + parts[1] + "." + removedSignature
}

// signatureOf is what must go of a token.
func signatureOf(token string) []string {
	parts := strings.Split(token, ".")
	if len(parts) == 3 {
		return parts[2:]
	}
	return parts[1:]
}

// newReplacer takes out every known value, in all forms in which it may be written.
func (s *Scrubber) newReplacer() *strings.Replacer {
	forms := map[string]bool{}
	for value := range s.known {
		inJSON, _ := json.Marshal(value) // a string
		inner := string(inJSON[1 : len(inJSON)-1])
		plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inner)
		for _, form := range []string{
			value, url.QueryEscape(value), url.PathEscape(value), inner, plain,
			html.EscapeString(value), template.HTMLEscapeString(value), template.JSEscapeString(value), url.QueryEscape(url.QueryEscape(value)),
		} {
			forms[form] = true
		}
	}
	list := make([]string, 0, len(forms))
	for form := range forms {
		list = append(list, form)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	pairs := make([]string, 0, 2*len(list))
	for _, form := range list {
		pairs = append(pairs, form, Removed)
	}
	return strings.NewReplacer(pairs...)
}
