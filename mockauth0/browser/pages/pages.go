// Package pages are the page objects of the suites. They find by role, label and test id only, so that a change of
// style breaks no spec.
package pages

// Person is somebody who can log in.
type Person struct {
	Email    string // as the tenant knows it
	Password string // as they type it
}
