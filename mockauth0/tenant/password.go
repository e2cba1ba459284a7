package tenant

import (
	"crypto/sha256"
	"crypto/subtle"

	"golang.org/x/crypto/bcrypt"
)

// CheckPassword tells whether p is the user's password. A plain one is compared in constant time; an imported bcrypt
// hash is used when there is no plain one. A user with neither has no password that fits.
func (u *User) CheckPassword(p string) bool {
	if u.Password != "" {
		// Hashed first, so that the time does not tell the length either.
		given, right := sha256.Sum256([]byte(p)), sha256.Sum256([]byte(u.Password))
		return subtle.ConstantTimeCompare(given[:], right[:]) == 1
	}
	return bcrypt.CompareHashAndPassword([]byte(u.PasswordHash), []byte(p)) == nil
}
