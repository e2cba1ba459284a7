package directory_test

import (
	"reflect"
	"testing"

	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/tenant"
)

// TestSavedUsersComeBack: all that people can do to users at run time, in a directory that was reloaded.
func TestSavedUsersComeBack(t *testing.T) {
	loaded := func(password string) *tenant.Config {
		tn := tenant.Minimal()
		for _, name := range []string{"edited", "blocked", "deleted", "changed"} {
			tn.Users = append(tn.Users, &tenant.User{Email: name + "@example.test", Password: password})
		}
		if err := tn.Validate(); err != nil {
			t.Fatal(err)
		}
		return tn
	}
	id := func(tn *tenant.Config, name string) string {
		return tn.FindUser(tn.Connections[0].Name, name+"@example.test").ID
	}
	do := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	first := loaded("Flow-Matic-1")
	d := directory.New(first)
	do(d.SignUp(tenant.User{ID: "auth0|new", Connection: first.Connections[0].Name, Email: "new@example.test", Password: "Flow-Matic-2"}))
	do(d.Edit(id(first, "edited"), tenant.User{Email: "edited@example.test", Name: "Grace Hopper"}))
	do(d.Block(id(first, "blocked"), true))
	do(nil, d.Delete(id(first, "deleted")))
	do(nil, d.SetPassword(id(first, "changed"), "Flow-Matic-3"))
	saved := d.Save()

	again := directory.New(loaded("Flow-Matic-1"))
	do(nil, again.Load(saved))
	if want, got := d.Snapshot().Users, again.Snapshot().Users; !reflect.DeepEqual(want, got) {
		t.Errorf("users are\n%+v, want\n%+v", got, want)
	}
	if !again.Used(id(first, "changed"), "Flow-Matic-1", 2) {
		t.Error("the password of before is forgotten")
	}
	if twice := again.Save(); !reflect.DeepEqual(saved, twice) {
		t.Errorf("saved again: %+v, want %+v", twice, saved)
	}
	again.Reset()
	if n := len(again.Snapshot().Users); n != 5 {
		t.Errorf("%d users after a reset", n)
	}

	// Whoever changes a password in users.json means the new one.
	other := directory.New(loaded("Flow-Matic-9"))
	do(nil, other.Load(saved))
	if u := other.Snapshot().UserByID(id(first, "changed")); !u.CheckPassword("Flow-Matic-9") {
		t.Error("the snapshot wins over a password that was changed in the directory")
	}
}
