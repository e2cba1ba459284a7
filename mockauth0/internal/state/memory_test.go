package state_test

import (
	"testing"

	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/state/statetest"
)

func TestMemory(t *testing.T) {
	statetest.Run(t, func() state.Store { return state.NewMemory() })
}
