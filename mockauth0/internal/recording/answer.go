package recording

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/auth0text"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/pattern"
)

var (
	messageStart = pattern.Lazy(`["']?\bresponse["']?\s*:\s*\{`)
	targetStart  = pattern.Lazy(`\btargetOrigin\s*=\s*("(?:[^"\\]|\\.)*")`)
	errorStatus  = pattern.Lazy(`error-status[^>]*>\s*(?:<strong>)?\s*([a-z_]{1,64})\s*(?:</strong>)?\s*:\s*([^<]*)`)
	hiddenInput  = pattern.Lazy(`<input[^>]*>`)
	attribute    = pattern.Lazy(`\b(name|value)\s*=\s*"([^"]*)"`)
)

// Answer takes what a body says into the response. It must be called before anything of the exchange is written: the
// secrets of the body become known to the redactor.
func (e *Exchange) Answer(r *Redactor, contentType string, body []byte) {
	res := &e.Response
	text := string(body)
	if hiddenBody(text) || strings.Contains(text, "refused to connect.</body>") { // Chrome's own page, in place of one that it may not frame
		res.Unknown = res.Unknown.With(event.UnknownBody)
		return
	}
	res.BodyKnown = true
	defer func() {
		if res.BodyBroken && starred().MatchString(text) { // by whoever took values out, as far as can be told
			res.BodyBroken, res.BodyKnown, res.Unknown = false, false, res.Unknown.With(event.UnknownBody)
		}
	}()
	switch {
	case strings.Contains(contentType, "json"):
		e.jsonAnswer(r, body)
	case strings.Contains(contentType, "html"):
		e.page(r, text)
	case e.Endpoint == names.Token && res.Status == 200, e.Endpoint == names.JWKS && res.Status == 200,
		e.Endpoint == names.Discovery && res.Status == 200:
		e.jsonAnswer(r, body) // whatever its type claims: the SDKs parse it as JSON
	}
}

func (e *Exchange) jsonAnswer(r *Redactor, body []byte) {
	if e.Endpoint == names.JWKS || e.Endpoint == names.Discovery {
		e.published(r, body)
		return
	}
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil {
		e.Response.BodyBroken = len(body) > 0 || e.Response.Status == 200
		return
	}
	if e.Endpoint == names.UserInfo {
		e.forget(r, members)
		return
	}
	e.members(r, flat(members))
}

// forget makes the person of a userinfo answer known to the redactor; nothing of it is kept.
func (e *Exchange) forget(r *Redactor, members map[string]any) {
	e.Response.Error, e.Response.Description = r.errorCode(plain(members["error"])), r.Text(plain(members["error_description"]))
	for name, value := range members {
		switch name {
		case "email", "sub", "name", "given_name", "family_name", "nickname", "phone_number", "picture":
			r.Secret(plain(value))
		}
	}
}

func flat(members map[string]any) map[string]string {
	out := make(map[string]string, len(members))
	for name, value := range members {
		out[name] = plain(value)
	}
	return out
}

func plain(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// published reads a JWKS or a discovery document.
func (e *Exchange) published(r *Redactor, body []byte) {
	var doc struct {
		Issuer    string `json:"issuer"`
		JWKS      string `json:"jwks_uri"`
		Authorize string `json:"authorization_endpoint"`
		Token     string `json:"token_endpoint"`
		Keys      []struct {
			KID string `json:"kid"`
		} `json:"keys"`
	}
	if json.Unmarshal(body, &doc) != nil {
		e.Response.BodyBroken = true
		return
	}
	if doc.Issuer != "" {
		e.Response.Issuer = r.URL(doc.Issuer)
	}
	for i, address := range []string{doc.JWKS, doc.Authorize, doc.Token} {
		if address != "" {
			e.Response.Published[i] = r.URL(address)
		}
	}
	for i, k := range doc.Keys {
		if i == 20 {
			break
		}
		e.Response.Keys = append(e.Response.Keys, r.Stand("kid", k.KID))
	}
}

// page reads a hosted page: the one that posts an answer, the one that submits it, or an error page.
func (e *Exchange) page(r *Redactor, text string) {
	if found := targetStart().FindStringSubmatch(text); found != nil {
		var origin string
		if json.Unmarshal([]byte(found[1]), &origin) == nil && !Hidden(origin) {
			e.Response.Target = r.Origin(origin)
		}
	}
	if e.Endpoint == names.Authorize || e.Endpoint == names.Resume {
		if at := messageStart().FindStringIndex(text); at != nil {
			var members map[string]any
			if json.NewDecoder(strings.NewReader(text[at[1]-1:])).Decode(&members) == nil {
				e.members(r, flat(members))
				return
			}
			e.Response.BodyBroken = true
			return
		}
		if e.form(r, text) {
			return
		}
	}
	if found := errorStatus().FindStringSubmatch(text); found != nil {
		e.Response.Error, e.Response.Description = found[1], r.Text(strings.TrimSpace(html.UnescapeString(firstCharacters(found[2], 1000))))
		return
	}
	if e.Response.Status >= 400 {
		if code, said := auth0text.Page(text); code != "" {
			e.Response.Error, e.Response.Description = code, r.Text(said)
		}
	}
}

// firstCharacters is the beginning of a text. It is cut here, since a counted class in an expression takes a megabyte of every command.
func firstCharacters(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

// form reads the answer of response_mode=form_post.
func (e *Exchange) form(r *Redactor, text string) bool {
	if e.Request.Params["response_mode"] != "form_post" {
		return false
	}
	members := map[string]string{}
	for _, input := range hiddenInput().FindAllString(text, 50) {
		var name, value string
		for _, a := range attribute().FindAllStringSubmatch(input, -1) {
			if a[1] == "name" {
				name = html.UnescapeString(a[2])
			} else {
				value = html.UnescapeString(a[2])
			}
		}
		members[name] = value
	}
	e.members(r, members)
	return len(members) > 0
}

// Redirect takes what a Location says into the response.
func (e *Exchange) Redirect(r *Redactor, location string) {
	if location == "" {
		return
	}
	if Hidden(location) && !strings.ContainsAny(location, "/?#") {
		e.Response.Unknown = e.Response.Unknown.With(event.LocationHeader)
		return
	}
	u, err := url.Parse(location)
	if err != nil {
		e.Response.Location = r.Text(location)
		return
	}
	if (u.Host == "" || HostOf(u.Host) == e.Host) && Endpoint(u.Path) != "" {
		e.Response.Shown = Endpoint(u.Path)
	} else {
		for _, raw := range []string{u.RawQuery, u.EscapedFragment()} {
			values, _ := url.ParseQuery(raw) // what can be read of it
			members := map[string]string{}
			for name, value := range values {
				members[name] = value[0]
			}
			e.members(r, members)
		}
	}
	if u.Host == "" {
		e.Response.Location = r.path(u.EscapedPath())
		if u.RawQuery != "" {
			e.Response.Location += "?" + r.pairs(u.RawQuery)
		}
		return
	}
	e.Response.Location = r.URL(location)
}

// members takes the members of an authorization or token response.
func (e *Exchange) members(r *Redactor, m map[string]string) {
	res := &e.Response
	res.hidden(m)
	for _, name := range [...]string{"code", "access_token", "id_token", "refresh_token"} {
		if m[name] == "" {
			continue
		}
		r.Secret(m[name])
		res.Granted = append(res.Granted, name)
		if token, ok := r.token(event.TokenKind(name), m[name]); ok {
			res.Tokens = append(res.Tokens, token)
		}
	}
	res.Code, res.Refresh = r.Stand("code", m["code"]), r.Stand("refresh_token", m["refresh_token"])
	for _, name := range [...]string{"mfa_token", "session_state", "device_code", "user_code", "login_ticket", "co_verifier", "co_id"} {
		r.Secret(m[name])
	}
	if m["error"] != "" {
		res.Error, res.Description = r.errorCode(m["error"]), r.Text(m["error_description"])
	}
	if m["state"] != "" {
		res.State, res.HasState = r.Stand("state", m["state"]), true
	}
	if m["scope"] != "" {
		res.Scope = r.Scope(m["scope"])
	}
	if n, err := strconv.ParseFloat(m["expires_in"], 64); err == nil && n > 0 && n < 1e10 {
		res.Expires = time.Duration(n) * time.Second
	}
}

var codeLike = pattern.Lazy(`^[A-Za-z0-9_.:/-]{1,64}$`)

// errorCode is an OAuth error code, which is a word.
func (r *Redactor) errorCode(code string) string {
	if code == "" {
		return ""
	}
	if code = r.Text(code); codeLike().MatchString(code) {
		return code
	}
	return "unreadable_error"
}

// token reads the head and the claims of a JWT, without checking it.
func (r *Redactor) token(kind event.TokenKind, text string) (Token, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Token{}, false
	}
	var head struct{ Alg, Kid string }
	var claims struct {
		Iss, Sub, Nonce, Sid, Email, Name string
		Aud                               any
		Iat, Exp                          float64
	}
	if !part(parts[0], &head) || !part(parts[1], &claims) {
		return Token{}, false
	}
	r.Secret(claims.Sid)
	r.Secret(claims.Email)
	r.Secret(claims.Name)
	t := Token{Kind: kind, Alg: r.Text(head.Alg), Kid: r.Stand("kid", head.Kid), Issuer: r.URL(claims.Iss), Issued: moment(claims.Iat),
		Until: moment(claims.Exp), Nonce: r.Stand("nonce", claims.Nonce), Subject: r.User(claims.Sub)}
	switch aud := claims.Aud.(type) {
	case string:
		t.Audience = []string{r.audience(kind, aud)}
	case []any:
		for i, one := range aud {
			if text, ok := one.(string); ok && i < 20 {
				t.Audience = append(t.Audience, r.audience(kind, text))
			}
		}
	}
	return t, true
}

// audience of an ID token is a client, of an access token an API.
func (r *Redactor) audience(kind event.TokenKind, aud string) string {
	if kind == event.IDToken {
		return r.ClientID(aud)
	}
	return r.Text(aud)
}

func part(encoded string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	return err == nil && json.Unmarshal(raw, into) == nil
}

func moment(seconds float64) time.Time {
	if seconds <= 0 || seconds > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
