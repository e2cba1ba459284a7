package tenant

import (
	"crypto/sha256"

	"golang.org/x/crypto/bcrypt"

	"renewal.example/mockauth0/internal/secret"
)

// CheckSecret reports whether s is the client's secret, in constant time. A client without one has no secret that fits.
func (c *Client) CheckSecret(s string) bool {
	return c.ClientSecret != "" && secret.New(c.ClientSecret).Equal(s)
}

// CheckPassword reports whether p is the user's password. A plain one is compared in constant time; an imported bcrypt
// hash is used when there is no plain one. A user with neither has no password that fits.
func (u *User) CheckPassword(p string) bool {
	if u.Password != "" {
		// Hashed first, so that the time does not tell the length either.
		given, right := sha256.Sum256([]byte(p)), sha256.Sum256([]byte(u.Password))
		return secret.New(string(right[:])).Equal(string(given[:]))
	}
	return bcrypt.CompareHashAndPassword([]byte(u.PasswordHash), []byte(p)) == nil
}
