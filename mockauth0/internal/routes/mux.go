package routes

import (
	"net/http"

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
			to.handlers[i].ServeHTTP(to.ResponseWriter, r)
		})
	}
	return &Mux{mux}
}

// mounted is the handler of one tenant.
type mounted struct {
	mux      *Mux
	handlers func() []http.Handler // in the order of Endpoints.patterns
}

func (m *mounted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mux.mux.ServeHTTP(&addressed{w, m.handlers()}, r)
}

// addressed carries through the mux whose request it is: the context would do so too, for the price of a copy of the request.
type addressed struct {
	http.ResponseWriter
	handlers []http.Handler
}
