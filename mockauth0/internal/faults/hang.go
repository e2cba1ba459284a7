package faults

import (
	"fmt"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

func newHang(*fault.Effect) fmt.Stringer { return hang{} }

// hang holds a request until its client goes away or the tenant is reset.
type hang struct{}

func (hang) String() string { return "no answer" }

func (hang) wait(x *httpx.Exchange) error {
	return x.Clock.Wait(x.Context(), time.Time{}, "hang of "+x.Facts.Endpoint)
}

func (h hang) BeforeCommit(x *httpx.Exchange) (*httpx.Result, error) { return nil, h.wait(x) }

func (h hang) AfterCommit(x *httpx.Exchange, _ *httpx.Result) (*httpx.Result, error) {
	return nil, h.wait(x)
}
