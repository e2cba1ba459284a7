package control

import (
	"runtime/debug"
	"runtime/metrics"
)

// worthGivingBack is how much memory the process holds before a reset gives back what is free of it. Less is not worth the time:
// it takes some milliseconds, and tests reset often. A tenant holds 4 MB of it when it starts.
const worthGivingBack = 12 << 20

// giveBack returns free memory to the system. Go would do so by itself, some minutes later.
func giveBack() {
	held := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(held)
	sum := uint64(0)
	for _, s := range held {
		sum += s.Value.Uint64()
	}
	if sum > worthGivingBack {
		debug.FreeOSMemory()
	}
}
