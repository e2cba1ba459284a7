package tenant

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/strict"
)

// Validate fills in the defaults of what was left empty, checks everything as Load does and makes the finders fast.
// It writes to t, so call it before t is shared; the error is Problems, with the path in the model
// (clients[0].callbacks[1]) in place of a file and line. On success Warnings holds what was tolerated; those that Load
// found in files are kept, since they have lines and the new ones would say the same.
func (t *Config) Validate() error {
	found := &strict.Findings{}
	at := func(path string) strict.Place { return strict.Whole(path) }
	t.index = nil
	if t.refuseNil(found, at); len(found.Errors) == 0 {
		t.complete()
		check(t, found, at)
	}
	known := t.Warnings
	if problems := t.finished(found); len(problems) > 0 {
		return problems
	}
	if slices.ContainsFunc(known, func(p Problem) bool { return p.Line > 0 }) {
		t.Warnings = known
	}
	return nil
}

func (t *Config) refuseNil(found *strict.Findings, at func(string) strict.Place) {
	refuse := func(path string, i int, isNil bool) {
		if isNil {
			found.Refuse(at(fmt.Sprintf("%s[%d]", path, i)), "is nil; expected a value")
		}
	}
	for i, x := range t.Clients {
		refuse("clients", i, x == nil)
	}
	for i, x := range t.Connections {
		refuse("connections", i, x == nil)
	}
	for i, x := range t.ResourceServers {
		refuse("resourceServers", i, x == nil)
	}
	for i, x := range t.ClientGrants {
		refuse("clientGrants", i, x == nil)
	}
	for i, x := range t.Roles {
		refuse("roles", i, x == nil)
	}
	for i, x := range t.Organizations {
		refuse("organizations", i, x == nil)
	}
	for i, x := range t.CustomDomains {
		refuse("customDomains", i, x == nil)
	}
	for i, x := range t.Users {
		refuse("users", i, x == nil)
	}
	for i, x := range t.Mock.Actions {
		refuse("mock.actions", i, x == nil)
	}
}

// checker checks a completed model. It knows paths in the model only; at says where they are for a person.
type checker struct {
	*Config
	found *strict.Findings
	at    func(path string) strict.Place
}

func check(t *Config, found *strict.Findings, at func(string) strict.Place) {
	c := &checker{t, found, at}
	c.settings()
	c.clients()
	c.connections()
	c.resourceServers()
	c.clientGrants()
	c.roles()
	c.users()
	c.organizations()
	c.mock()
	c.unserved()
}

func (c *checker) refuse(path, format string, args ...any) {
	c.found.Refuse(c.at(path), format, args...)
}

func (c *checker) warn(path, format string, args ...any) { c.found.Warn(c.at(path), format, args...) }

func clientPath(i int) string     { return "clients[" + strconv.Itoa(i) + "]" }
func connectionPath(i int) string { return "connections[" + strconv.Itoa(i) + "]" }
func userPath(i int) string       { return "users[" + strconv.Itoa(i) + "]" }

// once refuses a value that was seen before, and reports whether it was not; empty values are reported elsewhere.
func (c *checker) once(seen map[string]string, value, path, what string) bool {
	if value == "" {
		return true
	}
	if first, twice := seen[value]; twice {
		c.refuse(path, "%s is used twice, first at %v; expected it once", what, c.at(first))
		return false
	}
	seen[value] = path
	return true
}

func (c *checker) among(path, key, value, allowed string) {
	if message := notAmong(key, value, allowed); message != "" {
		c.refuse(path, "%s", message)
	}
}

func notAmong(key, value, allowed string) string {
	words := strings.Fields(allowed)
	if indexOf(words, value) >= 0 {
		return ""
	}
	hint := strict.DidYouMean(value, words)
	switch {
	case len(words) <= 4:
		hint = "; expected " + strict.OneOf(words)
	case hint == "":
		hint = "; expected one of " + strconv.Itoa(len(words)) + " words, such as " + strict.OneOf(words[:4])
	}
	return fmt.Sprintf("%s is %s, which is not accepted%s", key, strict.Quoted(value), hint)
}

func (c *checker) urls(path, what string, list []string, fault func(string) string) {
	for i, one := range list {
		c.url(path+"["+strconv.Itoa(i)+"]", what, one, fault)
	}
}

func (c *checker) url(path, what, written string, fault func(string) string) {
	if wrong := fault(written); wrong != "" {
		c.refuse(path, "the %s %s %s", what, strict.Quoted(written), wrong)
	}
}

func (c *checker) origins(path, what string, list []string, organization bool) {
	const most = 100 // Auth0's limit
	if len(list) > most {
		c.refuse(path, "there are %d entries of the kind %s; expected at most %d", len(list), what, most)
	}
	for i, one := range list {
		fault, remark := originFault(one, organization)
		if fault != "" {
			c.refuse(path+"["+strconv.Itoa(i)+"]", "the %s %s %s", what, strict.Quoted(one), fault)
		} else if remark != "" {
			c.warn(path+"["+strconv.Itoa(i)+"]", "the %s %s %s", what, strict.Quoted(one), remark)
		}
	}
}

func (c *checker) lifetime(path, key string, life, most time.Duration) {
	switch {
	case life <= 0 || life%time.Second != 0:
		c.refuse(path+"."+key, "%s is %v; expected whole seconds, at least 1", key, life)
	case most > 0 && life > most:
		c.refuse(path+"."+key, "%s is %v; expected at most %d s", key, life, int64(most/time.Second))
	}
}

func (c *checker) clientNames() []string {
	return namesOf(c.Clients, func(x *Client) string { return x.Name })
}

func (c *checker) connectionNames() []string {
	return namesOf(c.Connections, func(x *Connection) string { return x.Name })
}

func (c *checker) audiences() []string {
	return namesOf(c.ResourceServers, func(x *ResourceServer) string { return x.Identifier })
}

func only(word string, fits func(byte) bool) bool {
	for i := range len(word) {
		if !fits(word[i]) {
			return false
		}
	}
	return true
}

func letterOrDigit(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}
