package routes

import (
	"maps"
	"net/http"
	"sync"
	"sync/atomic"

	"renewal.example/mockauth0/internal/httpx"
)

// Mux finds which row of the table a request is for. All tenants of a server share one: a mux of their own would be most of what a
// tenant costs, in time and in memory.
type Mux struct{ mux *http.ServeMux }

// NewMux makes a mux.
func NewMux() *Mux {
	mux := http.NewServeMux()
	for i, p := range (&Endpoints{}).patterns(&httpx.Frame{}) {
		mux.HandleFunc(p.text, func(w http.ResponseWriter, r *http.Request) {
			to := w.(*addressed)
			to.tenant.handler(i).ServeHTTP(to.ResponseWriter, r)
		})
	}
	return &Mux{mux}
}

// mounted is the handler of one tenant. It makes the handler of a row when the first request for it comes, and keeps only that: a
// tenant of thousands is asked for few of them, and all would be most of its memory.
type mounted struct {
	mux  *Mux
	make func(i int) http.Handler // by the place in Endpoints.patterns

	mu   sync.Mutex
	made atomic.Pointer[map[int]http.Handler] // replaced, never changed
}

func (m *mounted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mux.mux.ServeHTTP(&addressed{w, m}, r)
}

func (m *mounted) handler(i int) http.Handler {
	if made := m.made.Load(); made != nil {
		if h, ok := (*made)[i]; ok {
			return h
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	next := map[int]http.Handler{}
	if made := m.made.Load(); made != nil {
		if h, ok := (*made)[i]; ok {
			return h
		}
		next = maps.Clone(*made)
	}
	h := m.make(i)
	next[i] = h
	m.made.Store(&next)
	return h
}

// addressed carries through the mux whose request it is: the context would do so too, for the price of a copy of the request.
type addressed struct {
	http.ResponseWriter
	tenant *mounted
}
