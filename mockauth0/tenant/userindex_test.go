package tenant_test

import (
	"fmt"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

func someone(n int) tenant.User {
	return tenant.User{
		ID: fmt.Sprintf("auth0|n%d", n), Connection: "Username-Password-Authentication", Email: fmt.Sprintf("n%d@example.test", n),
		Password: "Difference-Engine-2",
	}
}

func grown(t testing.TB, to *tenant.Config, n int) *tenant.Config {
	t.Helper()
	next, err := to.WithUser(someone(n))
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func withDatabase(t testing.TB) *tenant.Config {
	t.Helper()
	c := tenant.Minimal()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWithUserLeavesOtherSnapshotsAlone(t *testing.T) {
	none := withDatabase(t)
	were := len(none.Users)
	one := grown(t, none, 1)
	two := grown(t, one, 2)
	other := grown(t, one, 3) // beside two, from the same snapshot
	for _, tc := range []struct {
		name       string
		in         *tenant.Config
		users      int
		has, lacks []int
	}{
		{"none", none, 0, nil, []int{1, 2, 3}}, {"one", one, 1, []int{1}, []int{2, 3}},
		{"two", two, 2, []int{1, 2}, []int{3}}, {"other", other, 2, []int{1, 3}, []int{2}},
	} {
		if len(tc.in.Users) != were+tc.users {
			t.Errorf("%s has %d users", tc.name, len(tc.in.Users))
		}
		for _, n := range tc.has {
			u := someone(n)
			if got := tc.in.UserByID(u.ID); got == nil || got.Email != u.Email || tc.in.FindUser(u.Connection, strings.ToUpper(u.Email)) != got {
				t.Errorf("%s does not find user %d: %v", tc.name, n, got)
			}
		}
		for _, n := range tc.lacks {
			u := someone(n)
			if tc.in.UserByID(u.ID) != nil || tc.in.FindUser(u.Connection, u.Email) != nil {
				t.Errorf("%s finds user %d, who is not in it", tc.name, n)
			}
		}
	}
}

func TestWithUserChecksTheUser(t *testing.T) {
	c := grown(t, withDatabase(t), 1)
	for want, change := range map[string]func(u *tenant.User){
		"is not an e-mail address": func(u *tenant.User) { u.Email = "nobody" },
		"there is no connection":   func(u *tenant.User) { u.Connection = "elsewhere" },
		"the email":                func(u *tenant.User) { u.Email = "N1@example.test" },
		"the user id":              func(u *tenant.User) { u.ID = "auth0|n1" },
	} {
		u := someone(2)
		change(&u)
		if next, err := c.WithUser(u); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error that says %q, got %v and %v", want, err, next != nil)
		}
	}
	if len(c.Users) != len(grown(t, c, 2).Users)-1 {
		t.Error("a refused user is in the list")
	}
}

// Each user costs the same: with a hundred times as many there, adding one may take no more than a few times as much memory.
func TestWithUserCostsTheSameForManyUsers(t *testing.T) {
	cost := func(users int) float64 {
		c := withDatabase(t)
		n := 0
		for ; n < users; n++ {
			c = grown(t, c, n)
		}
		return testing.AllocsPerRun(100, func() { c = grown(t, c, n); n++ })
	}
	few, many := cost(20), cost(2000)
	if many > 2*few {
		t.Errorf("one more user takes %.0f allocations beside 20 users and %.0f beside 2000", few, many)
	}
}
