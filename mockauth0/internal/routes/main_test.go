package routes_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the run when a server left a goroutine behind.
func TestMain(m *testing.M) {
	flag.Bool("update", false, "write testdata/golden anew; read the difference before you commit it")
	goleak.VerifyTestMain(m)
}
