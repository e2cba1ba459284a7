package keys

import (
	"testing"
)

// TestALeaseHasItsKeysToItself: no two living tenants sign with one key, and a key goes to another when its tenant is gone.
func TestALeaseHasItsKeysToItself(t *testing.T) {
	pool := NewPool("")
	a, b := pool.Lease(), pool.Lease()
	first, second := NewLeasedRing(a, "a.test"), NewLeasedRing(b, "b.test")
	if first.Find("") != nil {
		t.Error("a ring that nobody used has keys")
	}
	own, err := pool.Key(0)
	if err != nil {
		t.Fatal(err)
	}
	body(t, first)
	if first.Current().KID == second.Current().KID || first.Current().Private.Equal(own) || kids(t, first) == kids(t, second) {
		t.Error("two tenants sign with one key")
	}
	if c := certificateOf(t, first.Current()); c.Subject.CommonName != "a.test" || !first.Current().Private.PublicKey.Equal(c.PublicKey) {
		t.Errorf("certificate: %v", c.Subject)
	}
	again, err := a.Key(0)
	if err != nil || !again.Equal(first.Current().Private) {
		t.Error("the key is another the second time")
	}
	gone := map[string]bool{first.Current().KID: true}
	all, err := first.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		gone[k.KID] = true
	}
	a.Release()
	a.Release()
	b.Release()
	pool.Settle()
	c := pool.Lease()
	defer func() { c.Release(); pool.Settle() }()
	if reused := NewLeasedRing(c, "c.test").Current().KID; !gone[reused] && reused != second.Current().KID && len(pool.leasing.free) < 2 {
		t.Errorf("the keys of tenants that are gone are not used again: %d are free", len(pool.leasing.free))
	}
	var none *Lease
	none.Release()
}

// TestARetainedLeaseKeepsItsKeys: a snapshot holds them, and may be restored into another tenant.
func TestARetainedLeaseKeepsItsKeys(t *testing.T) {
	pool := NewPool("")
	a := pool.Lease()
	kept := NewLeasedRing(a, "a.test").Current()
	a.Retain()
	a.Release()
	pool.Settle()
	for _, key := range pool.leasing.free {
		if key.Equal(kept.Private) {
			t.Error("the key goes to another tenant")
		}
	}
}

// TestKeysAreMadeInAdvance for tenants that have none, and not for ever.
func TestKeysAreMadeInAdvance(t *testing.T) {
	pool := NewPool("")
	l := pool.Lease()
	pool.leasing.mu.Lock()
	filled := pool.leasing.filled
	pool.leasing.mu.Unlock()
	<-filled
	if n := len(pool.leasing.free); n != keysOfATenant {
		t.Errorf("%d keys are ready for one tenant", n)
	}
	ready := pool.leasing.free[1]
	if got, err := l.Key(0); err != nil || got != ready {
		t.Errorf("the tenant got another key, or %v", err)
	}
	l.Release()
	pool.Settle()
}
