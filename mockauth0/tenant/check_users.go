package tenant

import (
	"strings"

	"golang.org/x/crypto/bcrypt"

	"renewal.example/mockauth0/internal/pattern"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/internal/valid"
)

// phoneNumber is the form that Auth0 takes (https://auth0.com/docs/api/management/v2/users/post-users).
var phoneNumber = pattern.Lazy(`^\+[0-9]{1,15}$`)

func (c *checker) users() {
	ids, logins := map[string]string{}, map[string]string{}
	for i, u := range c.Users {
		path := userPath(i)
		connection := c.Connection(u.Connection)
		switch {
		case u.Connection == "":
			c.refuse(path, "the tenant has no database for this user; expected one under databases, or a connection named here")
		case connection == nil:
			c.refuse(path+".connection", "there is no connection %s%s", strict.Quoted(u.Connection),
				strict.ExpectedOf("databases", u.Connection, c.connectionNames()))
		default:
			c.userID(path, u, connection)
			c.secret(path, u, connection)
		}
		if c.nameless(path, u, connection) {
			c.refuse(path, "the user has no email; expected an e-mail address (or a username)")
		}
		if u.Email != "" && !valid.EmailAddress(u.Email) {
			c.refuse(path+".email", "%s is not an e-mail address; expected one such as ada@example.test", strict.Quoted(u.Email))
		}
		if u.PhoneNumber != "" && !phoneNumber().MatchString(u.PhoneNumber) {
			c.warn(path+".phone_number", "%s is no phone number that Auth0 takes; expected + and up to 15 digits, such as +15551234567",
				strict.Quoted(u.PhoneNumber))
		}
		unique := c.login(logins, path+".email", "the email", u.Connection, u.Email)
		if !strings.EqualFold(u.Username, u.Email) {
			unique = c.login(logins, path+".username", "the username", u.Connection, u.Username) && unique
		}
		c.authorization(path, u)
		if u.Renewal != "" {
			c.among(path+".renewal", "renewal", u.Renewal, strings.Join(renewalNames(), " "))
		}
		c.claims(path+".id_token_claims", u.IDTokenClaims)
		c.claims(path+".access_token_claims", u.AccessTokenClaims)
		if unique { // otherwise derived ids are the same too, and one message is enough
			c.once(ids, u.ID, path+".user_id", "the user id "+strict.Quoted(u.ID))
		}
	}
}

// nameless reports whether a user has nothing to log in with. A social user with an id of its own needs nothing more, and
// a reader has reported an email key whose value is unusable.
func (c *checker) nameless(path string, u *User, connection *Connection) bool {
	social := connection != nil && !connection.Database() && u.ID != ""
	reported := !c.builtInGo(path) && c.at(path+".email") != c.at(path)
	return u.Email == "" && u.Username == "" && !social && !reported
}

// login refuses a name under which two users of a connection could log in.
func (c *checker) login(seen map[string]string, path, what, connection, name string) bool {
	return name == "" ||
		c.once(seen, connection+"\x00"+strings.ToLower(name), path, what+" "+strict.Quoted(name)+" of "+strict.Quoted(connection))
}

func (c *checker) userID(path string, u *User, connection *Connection) {
	provider, rest, _ := strings.Cut(u.ID, "|")
	if u.ID != "" && (provider != connection.Strategy || rest == "") {
		c.refuse(path+".user_id", "the user id %s does not belong to connection %s; expected it to begin with %s",
			strict.Quoted(u.ID), strict.Quoted(connection.Name), strict.Quoted(connection.Strategy+"|"))
	}
}

func (c *checker) secret(path string, u *User, connection *Connection) {
	if !connection.Database() {
		if u.Password != "" || u.PasswordHash != "" {
			c.warn(path+".password", "the password is not used: users of %s log in at the identity provider", strict.Quoted(connection.Name))
		}
		return
	}
	if u.PasswordHash != "" {
		if _, err := bcrypt.Cost([]byte(u.PasswordHash)); err != nil {
			c.refuse(path+".password_hash", "password_hash is not a bcrypt hash; expected $2a$ or $2b$ and 56 characters more")
		}
	} else if u.Password == "" {
		c.warn(path, "the user has no password, so nobody can log in as this user; expected password, or a bcrypt password_hash")
	}
}
