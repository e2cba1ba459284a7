package recording

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/pattern"
)

// Redacted stands where a secret was.
const Redacted = "(redacted)"

// Limits of what a redactor remembers.
const (
	maxSecrets   = 1 << 16
	maxSecret    = 16 << 10
	shortest     = 6 // a shorter secret would be found in every other word
	maxText      = 512
	longestClear = 20 // a longer mixture of letters and digits is taken for a secret or for somebody's id
)

// Redactor keeps secrets and people out of what is written. It knows what harmless parameters are, rather than what secret
// ones are, and looks in all free text for the secrets that it saw elsewhere in the file. Who or what is needed to tell
// exchanges apart gets a stand-in, the same for the same value.
type Redactor struct {
	standIns map[string]string // kind and value → stand-in
	counts   map[string]int
	secrets  secrets
	public   map[string]bool // client ids, which look like secrets
}

// NewRedactor knows nothing yet.
func NewRedactor() *Redactor {
	return &Redactor{standIns: map[string]string{}, counts: map[string]int{}, secrets: newSecrets(), public: map[string]bool{}}
}

// Secret remembers a value that must not appear anywhere.
func (r *Redactor) Secret(value string) { r.secrets.add(value) }

// Public remembers a value that may appear although it looks like a secret, or is one elsewhere: apps keep their client id in
// cookies.
func (r *Redactor) Public(value string) {
	if len(r.public) < maxSecrets {
		r.public[value] = true
	}
}

// Stand is the stand-in of a value: "state-1", the same for the same value. "" stays "".
func (r *Redactor) Stand(kind, value string) string {
	if value == "" {
		return ""
	}
	key := kind + "\x00" + value
	if len(key) > maxSecret {
		key = key[:maxSecret]
	}
	if known := r.standIns[key]; known != "" {
		return known
	}
	if len(r.standIns) >= maxSecrets {
		return kind
	}
	if len(value) > 2*shortest {
		r.Secret(value)
	}
	r.counts[kind]++
	r.standIns[key] = kind + "-" + strconv.Itoa(r.counts[kind])
	return r.standIns[key]
}

// Email is the stand-in of an address or a user name.
func (r *Redactor) Email(address string) string {
	if address == "" {
		return ""
	}
	return r.Stand("user", strings.ToLower(address)) + "@example.test"
}

// User is the stand-in of a user id; which provider somebody came from is kept.
func (r *Redactor) User(id string) string {
	if id == "" {
		return ""
	}
	provider, _, ok := strings.Cut(id, "|")
	if !ok || !plainWord().MatchString(provider) || len(provider) > longestClear {
		provider = "auth0"
	}
	return provider + "|" + r.Stand("person", id)
}

var (
	plainWord  = pattern.Lazy(`^[a-z0-9][a-z0-9-]*$`)
	jwtLike    = pattern.Lazy(`eyJ[A-Za-z0-9_-]{4,}(\.[A-Za-z0-9_-]*)*`)
	emailLike  = pattern.Lazy(`[\p{L}\p{M}\p{N}._%+'-]+(@|%40)[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+`)
	userLike   = pattern.Lazy(`[A-Za-z0-9-]+(\||%7[Cc])[\p{L}\p{M}\p{N}._@|%+=:~\\-]{3,}`)
	bearerLike = pattern.Lazy(`(?i)\b(bearer|basic|dpop) +[A-Za-z0-9._~+/=-]{6,}`)
	runLike    = pattern.Lazy(`[A-Za-z0-9_+/=~*-]{` + strconv.Itoa(longestClear) + `,}`)
	addrLike   = pattern.Lazy(`\b(\d{1,3}\.){3}\d{1,3}\b|\b[0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{0,4}){3,7}\b`)
	clientLike = pattern.Lazy(`^[A-Za-z0-9._-]{1,64}$`)
	hostLike   = pattern.Lazy(`^[a-z0-9._-]{1,253}(:[0-9]{1,5})?$|^\[[0-9a-f:]{2,39}\](:[0-9]{1,5})?$`)
	scopeLike  = pattern.Lazy(`^[A-Za-z0-9:._/*-]{1,100}$`)
	agentLike  = pattern.Lazy(`\b(Edg|OPR|SamsungBrowser|Firefox|Chrome|HeadlessChrome|Version)/(\d{1,4})`)
)

// Text is free text without secrets and people, at most 512 bytes of it.
func (r *Redactor) Text(s string) string {
	s = r.clean(s)
	if len(s) > maxText {
		s = s[:maxText] + "…"
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == '\u2028' || c == '\u2029' {
			return ' '
		}
		return c
	}, s)
}

func (r *Redactor) clean(s string) string {
	if len(s) > 16*maxText {
		s = s[:16*maxText]
	}
	s = r.known(s)
	s = jwtLike().ReplaceAllString(s, Redacted)
	s = bearerLike().ReplaceAllString(s, "$1 "+Redacted)
	s = emailLike().ReplaceAllStringFunc(s, func(found string) string {
		if strings.HasSuffix(found, "@example.test") {
			return found
		}
		return r.Email(strings.ReplaceAll(found, "%40", "@"))
	})
	s = userLike().ReplaceAllStringFunc(s, func(found string) string {
		if strings.Contains(found, "|person-") {
			return found
		}
		return r.User(unescapedPath(found))
	})
	s = addrLike().ReplaceAllStringFunc(s, func(found string) string {
		if ip, err := netip.ParseAddr(found); err != nil || ip.IsLoopback() || ip.IsUnspecified() {
			return found
		}
		return "(address)"
	})
	return runLike().ReplaceAllStringFunc(s, func(found string) string {
		// Words and the parts of a path are known by their separators: what is long between them is the secret.
		parts := strings.FieldsFunc(found, func(c rune) bool { return c == '/' || c == '=' || c == '+' || c == '*' || c == '~' })
		for _, part := range parts {
			if len(part) >= longestClear && !r.public[part] && mixed(part) {
				found = strings.ReplaceAll(found, part, Redacted)
			}
		}
		if len(parts) > 1 && mixed(found) && strings.ContainsAny(found, "+=") && !strings.Contains(found, Redacted) &&
			!strings.Contains(found, "//") {
			return Redacted // base64 of the older alphabet
		}
		return found
	})
}

// mixed tells a run of characters that no word is: letters and digits in turn, or upper and lower case without any order.
func mixed(s string) bool {
	var digit, upper, lower int
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digit++
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= 'a' && c <= 'z':
			lower++
		}
	}
	switch {
	case digit > 0 && upper > 0 && lower > 0, digit >= 3 && upper+lower > 0, digit >= longestClear:
		return true
	}
	return upper >= 3 && lower >= 3 && upper*4 > lower && !strings.ContainsAny(s, "-_")
}

// known takes out what was seen as a secret elsewhere in the file, also when it is percent-encoded here.
func (r *Redactor) known(s string) string { return r.secrets.replace(s, r.public) }

// ClientID is a client id as it is, or a stand-in of what cannot be one.
func (r *Redactor) ClientID(id string) string {
	if id == "" {
		return ""
	}
	if !clientLike().MatchString(id) || strings.HasPrefix(id, "eyJ") {
		return r.Stand("client", id)
	}
	r.Public(id)
	return id
}

// Browser is the browser's name and version of a User-Agent, without what else could tell people apart.
func (r *Redactor) Browser(agent string) string {
	found := agentLike().FindAllStringSubmatch(agent, -1)
	if len(found) == 0 {
		return ""
	}
	best := found[0]
	for _, f := range found {
		if slices.Index(agents[:], f[1]) < slices.Index(agents[:], best[1]) {
			best = f
		}
	}
	if best[1] == "Version" {
		best[1] = "Safari"
	}
	return best[1] + "/" + best[2]
}

// agents are the names in a User-Agent from the telling to the general: nearly every browser calls itself Chrome.
var agents = [...]string{"Edg", "OPR", "SamsungBrowser", "Firefox", "HeadlessChrome", "Chrome", "Version"}

// Scope is a list of scopes as it is, where each can be one.
func (r *Redactor) Scope(scope string) string {
	fields := strings.Fields(scope)
	for i, s := range fields {
		if s = r.Text(s); !scopeLike().MatchString(s) {
			s = "redacted"
		}
		fields[i] = s
	}
	if len(fields) > 100 {
		fields = fields[:100]
	}
	return strings.Join(fields, " ")
}

// Origin is scheme, host and port of a URL; "" when it has none.
func (r *Redactor) Origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return strings.ToLower(u.Scheme) + "://" + r.Host(u.Host)
}

// Host is a host name as it is, unless it cannot be one.
func (r *Redactor) Host(host string) string {
	host = r.known(strings.ToLower(host))
	if !hostLike().MatchString(host) {
		return "redacted.invalid"
	}
	return host
}

// URL keeps where an address leads: scheme, host and path. Its query keeps the names, and of harmless parameters the values.
func (r *Redactor) URL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return r.Text(address)
	}
	if u.Opaque != "" || u.Host == "" && u.Path == "" {
		return u.Scheme + ":" + Redacted
	}
	out := strings.ToLower(u.Scheme) + ":"
	if u.Host != "" {
		out += "//" + r.Host(u.Host)
	}
	out += r.path(u.EscapedPath())
	if u.RawQuery != "" {
		out += "?" + r.pairs(u.RawQuery)
	}
	if u.Fragment != "" {
		out += "#" + r.pairs(u.EscapedFragment())
	}
	return out
}

// path keeps a path, with stand-ins for what looks like an id of something.
func (r *Redactor) path(escaped string) string {
	parts := strings.Split(r.known(escaped), "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(r.Text(unescapedPath(part)))
	}
	return strings.Join(parts, "/")
}

func unescapedPath(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

func (r *Redactor) pairs(raw string) string {
	if !strings.Contains(raw, "=") {
		return r.Text(raw)
	}
	parts := strings.Split(raw, "&")
	if len(parts) > 50 {
		parts = parts[:50]
	}
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		name = url.QueryEscape(r.Text(unescaped(name)))
		switch {
		case Hidden(plain) && name == "error":
			plain = UnknownError
		case Hidden(plain):
			plain = Redacted
		}
		parts[i] = name + "=" + url.QueryEscape(r.Param(name, plain))
	}
	return strings.Join(parts, "&")
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// Param is the value of a parameter as it may be shown.
func (r *Redactor) Param(name, value string) string {
	switch name {
	case "client_id":
		return r.ClientID(value)
	case "state", "nonce":
		return r.Stand(name, value)
	case "code", "refresh_token", "token": // whether one is used twice is worth knowing
		r.Secret(value)
		if name == "token" {
			name = "refresh_token"
		}
		return r.Stand(name, value)
	case "redirect_uri", "returnTo", "post_logout_redirect_uri":
		return r.URL(value)
	case "scope":
		return r.Scope(value)
	case "audience", "resource", "connection", "realm", "organization", "error_description":
		return r.Text(value)
	case "response_type", "response_mode", "prompt", "grant_type", "max_age", "display", "screen_hint", "ui_locales", "code_challenge_method",
		"error", "expires_in", "token_type", "federated", "token_type_hint", "acr_values":
		if value = r.Text(value); len(value) > 100 {
			return Redacted
		}
		return value
	case "login_hint", "username", "email":
		return r.Email(value)
	}
	if value != "" && secretParam(name) {
		r.Secret(value)
	}
	return Redacted
}

// secretParam tells parameters whose value is worth looking for in the rest of the file.
func secretParam(name string) bool {
	switch name {
	case "access_token", "id_token", "client_secret", "password", "id_token_hint", "login_ticket", "ticket", "client_assertion",
		"assertion", "code_verifier", "code_challenge", "mfa_token", "oob_code", "otp", "binding_code", "recovery_code",
		"subject_token", "actor_token", "co_verifier", "device_code", "user_code", "request_uri", "request", "invitation", "wresult", "session",
		"sid", "logout_hint", "_csrf", "_intstate":
		return true
	}
	return false
}
