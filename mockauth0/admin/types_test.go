package admin_test

import (
	"reflect"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/admin"
)

// TestTypesAreThoseOfTheTenant: what both say by one name is one thing. The client has types of its own, so that whoever imports it does
// not pay for the tenant.
func TestTypesAreThoseOfTheTenant(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[admin.Tokens](), reflect.TypeFor[mockauth0.Tokens]()},
		{reflect.TypeFor[admin.Session](), reflect.TypeFor[mockauth0.Session]()},
		{reflect.TypeFor[admin.RefreshToken](), reflect.TypeFor[mockauth0.RefreshToken]()},
		{reflect.TypeFor[admin.Grant](), reflect.TypeFor[mockauth0.Grant]()},
		{reflect.TypeFor[admin.SigningKey](), reflect.TypeFor[mockauth0.SigningKey]()},
		{reflect.TypeFor[admin.Expiry](), reflect.TypeFor[mockauth0.Expiry]()},
		{reflect.TypeFor[admin.Hold](), reflect.TypeFor[mockauth0.Hold]()},
	} {
		here, there := fieldsOf(pair[0]), fieldsOf(pair[1])
		if !reflect.DeepEqual(here, there) {
			t.Errorf("%s has\n%q\nand %s\n%q", pair[0], here, pair[1], there)
		}
	}
}

// fieldsOf are the fields of a type, as Go and as JSON have them.
func fieldsOf(t reflect.Type) (out []string) {
	for f := range t.Fields() {
		out = append(out, f.Name+" "+f.Type.String()+" "+f.Tag.Get("json"))
	}
	return out
}
