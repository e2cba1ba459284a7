package follow

import (
	"sync"

	"renewal.example/mockauth0/internal/clock"
)

// Each calls follow with where the clock stands, now and after each move, one call at a time: a follower of this process. It returns
// after the first call. Every move of the clock waits until follow has returned. stop ends it; it may be called more than once.
func (f *Followers) Each(name string, follow func(clock.Standing)) (stop func()) {
	id := f.Join(name)
	stopped, begun, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for first := true; ; first = false {
			at, moved := f.Standing()
			follow(at)
			f.Followed(id, at.Move)
			if first {
				close(begun)
			}
			select {
			case <-moved:
			case <-stopped:
				return
			}
		}
	}()
	<-begun
	var once sync.Once
	return func() {
		once.Do(func() { close(stopped) })
		<-ended
		f.Leave(id)
	}
}
