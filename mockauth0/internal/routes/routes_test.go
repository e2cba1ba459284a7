package routes

import (
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/classic"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/database"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/lock"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/logout"
	"renewal.example/mockauth0/internal/userinfo"
)

// Faults and rate limits name endpoints as the table does: one that is added here and not there could never go wrong.
func TestFaultsKnowTheEndpointsOfTheTable(t *testing.T) {
	e := &Endpoints{Authorize: &authorize.Service{}, Login: &login.Service{}, Database: &database.Service{}, Logout: &logout.Service{}, UserInfo: &userinfo.Service{}, Control: &control.Service{}, Grant: &grant.Service{}, Lock: &lock.Service{}, Classic: &classic.Service{}}
	var names []string
	for _, r := range e.table() {
		if !r.Quiet && !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	if got := fault.Endpoints(); !slices.Equal(got, names) {
		t.Errorf("faults and rate limits know %v, the table has %v: add what is missing to internal/endpoint", got, names)
	}
	for _, r := range e.table() {
		if strings.HasPrefix(r.path, control.Prefix) && !r.Quiet {
			t.Errorf("%s is not quiet: a fault could lock a test out of its own controls", r.path)
		}
	}
}
