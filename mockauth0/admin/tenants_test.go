package admin_test

import (
	"errors"
	"testing"
	"time"

	"renewal.example/mockauth0/admin"
	"renewal.example/mockauth0/internal/tenanttest"
)

func TestTenantsAndSnapshots(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	own, err := admin.New(admin.Options{URL: s.URL(), HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	made, err := own.NewTenant(ctx, admin.TenantRequest{Name: "one", Override: []byte(`{"mock":{"code_lifetime":5}}`)})
	if err != nil || made.Name != "one" || s.Tenants()[1].Snapshot().Mock.CodeLifetime != 5*time.Second {
		t.Fatalf("%+v %v", made, err)
	}
	byURL, err := admin.New(admin.Options{URL: made.Control, HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]*admin.Client{"Of": own.Of(made), "its control URL": byURL} {
		before := s.Tenants()[1].Now()
		if _, err := one.Advance(ctx, time.Hour); err != nil || s.Tenants()[1].Now().Sub(before) < time.Hour {
			t.Errorf("by %s the clock is not moved: %v", name, err)
		}
	}
	if time.Until(s.Now()) > time.Minute {
		t.Error("the server's own clock was moved")
	}
	if _, err := s.Login("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	document, err := own.Snapshot(ctx)
	if err == nil {
		err = byURL.Restore(ctx, document)
	}
	if err != nil || len(s.Tenants()[1].Sessions()) != 1 {
		t.Errorf("restored: %v", err)
	}
	var refused *admin.Error
	if err := own.SaveSnapshot(ctx); !errors.As(err, &refused) || refused.Status != 409 {
		t.Errorf("without a state file: %v", err)
	}
	if err := own.EndTenant(ctx, "one"); err != nil {
		t.Error(err)
	}
	if all, err := own.Tenants(ctx); err != nil || len(all) != 1 || all[0].Name != "default" {
		t.Errorf("%+v %v", all, err)
	}
	for _, path := range []string{"/app", "/__mock/v1/tenants", "/__mock/v1/tenants/one/clock"} {
		if _, err := admin.New(admin.Options{URL: s.URL() + path}); err == nil {
			t.Errorf("%s is taken for an address", path)
		}
	}
}
