package routes

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/classic"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/database"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/lock"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/logout"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/userinfo"
)

// Faults, rate limits and readers of recordings know endpoints by the registry: one that is in the table alone could never go
// wrong, and one that is in the registry alone could never be reached.
func TestTheTableAndTheRegistryHaveTheSameEndpoints(t *testing.T) {
	e := &Endpoints{Authorize: &authorize.Service{}, Login: &login.Service{}, Database: &database.Service{}, Logout: &logout.Service{},
		UserInfo: &userinfo.Service{}, Control: &control.Service{}, Grant: &grant.Service{}, Lock: &lock.Service{}, Classic: &classic.Service{}}
	table := map[string][]string{} // endpoint → its paths
	for _, r := range e.table() {
		if strings.HasPrefix(r.path, names.ControlPath) && !r.Quiet {
			t.Errorf("%s is not quiet: a fault could lock a test out of its own controls", r.path)
		}
		if !r.Quiet && !slices.Contains(table[r.Name], r.path) {
			table[r.Name] = append(table[r.Name], r.path)
		}
	}
	registry := map[string][]string{}
	for _, e := range names.Endpoints() {
		registry[e.Name] = e.Paths
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !slices.Equal(slices.Sorted(slices.Values(table[name])), slices.Sorted(slices.Values(registry[name]))) {
			t.Errorf("the table has %s at %v, the registry (internal/names) at %v", name, table[name], registry[name])
		}
	}
	for name := range registry {
		if table[name] == nil {
			t.Errorf("the registry (internal/names) has the endpoint %s, the table has not", name)
		}
	}
}
