package snapshot_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/internal/routes"
	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/snapshot"
	"renewal.example/mockauth0/internal/state"
)

// inSnapshot says of each field of the types that remember something whether it is in the snapshot, and if not, why:
//
//	saved  it is
//	apart  another package writes it
//	made   it is made of what is saved
//	given  it is given at the start: the configuration, with what scenarios change in it, and what belongs to the process
//	lock   it guards the others
//	ends   it is of requests and programs that end with the process
//	anew   events, and what is made of them, begin anew; mails are saved
const inSnapshot = `
mockauth0.Tenant saved: people learning ring clock events plan tokens limits quotas guard sessions refresh logins
mockauth0.Tenant made: lease derived
mockauth0.Tenant given: server entry log
mockauth0.Tenant ends: followers gate sender
mockauth0.Tenant anew: engine tally
mockauth0.Tenant given: scenarios
manage.Service saved: Clock Events Ring
manage.Service given: Origin Log
state.Memory saved: sessions transactions tokens codes families tickets grants
state.Memory made: resumes owned logins issued handed sweepAt endAt
state.Memory lock: mu
directory.Directory saved: over used
directory.Directory made: current
directory.Directory given: loaded
directory.Directory lock: mu
directory.Learning saved: Learner people
directory.Learning given: log
directory.Learning lock: mu
directory.changes saved: added passwords standing profiles
directory.change saved: now was
directory.credentials saved: Plain Hash
directory.standing saved: blocked deleted
directory.standing given: was place
keys.Ring saved: state
keys.Ring given: host
keys.Ring lock: changing
keys.ring saved: position first current next previous revoked
keys.ring made: jwks
keys.Key saved: KID Private
keys.Key made: headers
clock.Clock saved: offset frozen
clock.Clock lock: mu
clock.Clock ends: holds nextID moves moved let jump
eventlog.Log saved: next
eventlog.Log given: capacity
eventlog.Log lock: mu
eventlog.Log ends: subs closed woken
eventlog.Log anew: ring first clear
faults.Plan saved: faults next
faults.Plan made: seams bySeam
faults.Plan lock: mu
faults.armed saved: since seen chance jitter
faults.armed apart: Fault
faults.armed made: effect
faults.dice saved: source
faults.dice made: Rand
ratelimit.Limits saved: buckets
ratelimit.Limits lock: mu
ratelimit.bucket saved: rule level at
bruteforce.Guard saved: logins wrong safe
bruteforce.Guard lock: mu
bruteforce.count saved: attempts last
session.Registry saved: seal
session.Registry given: Plain
grant.RefreshSigner saved: seal
mint.Seal saved: in
mint.keyed saved: key
mint.keyed made: hashes
token.Issuer given: Origin
login.Pages made: Templates
routes.Endpoints made: documents
grant.Service saved: Quotas
routes.Endpoints saved: Limits
`

// treated is inSnapshot by type and field, "state.Memory.sessions".
func treated() map[string]string {
	how := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(inSnapshot)) {
		what, fields, _ := strings.Cut(line, ":")
		of, word, _ := strings.Cut(what, " ")
		for _, field := range strings.Fields(fields) {
			how[of+"."+field] = word
		}
	}
	return how
}

// TestTheSnapshotIsWhole: whoever adds a field that remembers something puts it into the snapshot, or says here why it need not be there.
// The fields of records, such as state.Session, are written all by package statejson, so that none has to be listed.
func TestTheSnapshotIsWhole(t *testing.T) {
	w := &wholeness{T: t, listed: treated(), found: map[string]bool{}, seen: map[reflect.Type]bool{}, records: map[reflect.Type]bool{}}
	w.record(snapshot.SavedType())
	for _, root := range []reflect.Type{reflect.TypeFor[mockauth0.Tenant](), reflect.TypeFor[state.Memory](),
		reflect.TypeFor[routes.Endpoints]()} {
		w.visit(root)
	}
	for _, key := range slices.Sorted(maps.Keys(w.listed)) {
		if !w.found[key] {
			t.Errorf("%s is listed, and there is no such field", key)
		}
	}
}

type wholeness struct {
	*testing.T
	listed  map[string]string
	found   map[string]bool
	seen    map[reflect.Type]bool
	records map[reflect.Type]bool
}

// record notes the types that are written whole.
func (w *wholeness) record(t reflect.Type) {
	t = held(t)
	if t.Kind() != reflect.Struct || w.records[t] {
		return
	}
	w.records[t] = true
	for f := range t.Fields() {
		w.record(f.Type)
	}
}

// held is what a field's type holds in the end.
func held(t reflect.Type) reflect.Type {
	for {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			t = t.Elem()
		case reflect.Struct: // atomic.Pointer[T]
			if load, ok := reflect.PointerTo(t).MethodByName("Load"); ok && t.PkgPath() == "sync/atomic" && load.Type.NumOut() == 1 &&
				load.Type.Out(0).Kind() == reflect.Pointer {
				t = load.Type.Out(0)
				continue
			}
			return t
		default:
			return t
		}
	}
}

func (w *wholeness) visit(t reflect.Type) {
	if t = held(t); t.Kind() != reflect.Struct || !strings.HasPrefix(t.PkgPath(), "renewal.example/") || w.seen[t] || w.records[t] {
		return
	}
	w.seen[t] = true
	for f := range t.Fields() {
		key := t.String() + "." + f.Name
		why, listed := w.listed[key]
		w.found[key] = true
		inner := held(f.Type)
		switch {
		case why == "saved":
			w.visit(f.Type)
		case listed:
		case f.Type.Kind() == reflect.Func || f.Type.Kind() == reflect.Interface:
			// it leads to others, or says how to make something
		case f.Type.Kind() == reflect.Pointer && (strings.HasSuffix(inner.Name(), "Service") || w.wired(inner)):
			w.visit(f.Type)
		default:
			w.Errorf("%s is new: put it into the snapshot (Save and Load of its package, and Parts), or say in inSnapshot why it is not there",
				key)
		}
	}
}

// wired tells the parts that services share, which are listed where the tenant has them.
func (w *wholeness) wired(t reflect.Type) bool {
	switch t.String() {
	case "session.Registry", "token.Issuer", "bruteforce.Guard", "grant.RefreshSigner", "directory.Directory", "login.Pages", "mail.Sender":
		return true
	}
	return false
}

// TestWhatIsLoadedIsSavedAgain: each record with each of its fields.
func TestWhatIsLoadedIsSavedAgain(t *testing.T) {
	f := &filler{}
	var store state.Saved
	f.fill(reflect.ValueOf(&store).Elem())
	m := state.NewMemory()
	m.Load(store)
	if again := m.Save(); !reflect.DeepEqual(again, store) {
		t.Errorf("store: loaded\n%+v\nsaved\n%+v", store, again)
	}
	var buckets map[string]ratelimit.Saved
	f.fill(reflect.ValueOf(&buckets).Elem())
	limits := &ratelimit.Limits{}
	limits.Load(buckets)
	if again := limits.Save(); !reflect.DeepEqual(again, buckets) {
		t.Errorf("limits: loaded %+v, saved %+v", buckets, again)
	}
	var guarded bruteforce.Saved
	f.fill(reflect.ValueOf(&guarded).Elem())
	guard := &bruteforce.Guard{}
	guard.Load(guarded)
	if again := guard.Save(); !reflect.DeepEqual(again, guarded) {
		t.Errorf("guard: loaded %+v, saved %+v", guarded, again)
	}
}

// filler gives every field a value of its own.
type filler struct{ n int }

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, 0, f.n, 0, time.UTC)))
		return
	case reflect.TypeFor[secret.Text]():
		v.Set(reflect.ValueOf(secret.New(fmt.Sprintf("secret %06d", f.n))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %06d", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			f.fill(field)
		}
	default:
		panic("no value for a " + v.Type().String())
	}
}
