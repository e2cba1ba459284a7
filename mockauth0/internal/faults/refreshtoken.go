package faults

import (
	"fmt"

	"renewal.example/mockauth0/fault"
)

func newRefreshToken(*fault.Effect) fmt.Stringer { return goneToken{} }

// goneToken makes a request's refresh token unknown. The token is good again for the next request.
type goneToken struct{}

func (goneToken) String() string { return "refresh token gone" }

// LoseFamily implements state.FamilyEffect.
func (goneToken) LoseFamily() {}
