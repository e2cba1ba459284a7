package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"renewal.example/mockauth0/internal/clock"
)

// Both are wall time.
const (
	// settle is how long a directory must be quiet before it is read again: editors write a file in several
	// steps, and a checkout changes many.
	settle = 100 * time.Millisecond
	// glance is how often to look whether the directory's name still leads to the directory that is watched: a
	// watch stays with a directory that was moved, removed or linked elsewhere, and tells nothing of its successor.
	glance = 500 * time.Millisecond
)

// changes reports that something in a tenant directory changed. The zero value reports nothing.
type changes struct {
	watcher *fsnotify.Watcher
	log     *slog.Logger
	dir     string      // as the person named it
	root    string      // dir without links: the names of events begin with it
	seen    fs.FileInfo // of root, when it was added
	lost    bool        // root was moved or removed, so nothing is watched
	gone    bool        // dir is not there, and that was said
}

// watch looks at dir and all directories below it. An empty dir is never reported to change. When dir goes away it
// is waited for, which log tells.
func watch(dir string, log *slog.Logger) (*changes, error) {
	if dir == "" {
		return &changes{}, nil
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return &changes{}, err
	}
	c := &changes{watcher: watcher, log: log, dir: dir}
	if err := c.add(); err != nil {
		return &changes{}, errors.Join(err, watcher.Close())
	}
	return c, nil
}

// add watches what dir leads to now, and only that.
func (c *changes) add() error {
	for _, former := range c.watcher.WatchList() {
		_ = c.watcher.Remove(former) // one that went with its directory is no error
	}
	seen, err := os.Stat(c.dir)
	if err != nil {
		return err
	}
	if !seen.IsDir() {
		return fmt.Errorf("%s is no directory", c.dir)
	}
	root, err := filepath.EvalSymlinks(c.dir)
	if err != nil {
		return err
	}
	c.root, c.seen = root, seen
	return c.addTree(root)
}

func (c *changes) addTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case path != dir && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return filepath.SkipDir
		}
		return c.watcher.Add(path)
	})
}

// each calls changed after every group of changes, until ctx ends.
func (c *changes) each(ctx context.Context, changed func()) {
	if c.watcher == nil {
		<-ctx.Done()
		return
	}
	var quiet <-chan time.Time
	look := clock.WallAfter(glance)
	for {
		select {
		case <-ctx.Done():
			return
		case event, open := <-c.watcher.Events:
			if !open {
				<-ctx.Done()
				return
			}
			if event.Op == fsnotify.Chmod { // indexers and backups touch files without changing them
				continue
			}
			quiet = clock.WallAfter(settle)
			if event.Name == c.root && (event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)) {
				c.lost = true
				c.replaced()
			} else if event.Has(fsnotify.Create) {
				_ = c.addTree(event.Name) // a new directory; a file, or one that is gone again, adds nothing
			}
		case <-c.watcher.Errors: //nolint:errcheck // an overflow, whatever its words: look at everything
			quiet = clock.WallAfter(settle)
		case <-look:
			look = clock.WallAfter(glance)
			if c.replaced() {
				quiet = clock.WallAfter(settle)
			}
		case <-quiet:
			quiet = nil
			if !c.gone { // or else every mistake that follows from it would be told
				changed()
			}
		}
	}
}

// replaced tells whether dir now leads to another directory, which is watched from then on.
func (c *changes) replaced() bool {
	now, err := os.Stat(c.dir)
	if err != nil || !now.IsDir() {
		if !c.gone {
			c.log.Warn("the tenant directory is gone; serving it as it was until it is back", "dir", c.dir)
		}
		c.gone = true
		return false
	}
	if !c.lost && !c.gone && os.SameFile(c.seen, now) {
		return false
	}
	if c.add() != nil {
		return false // it is changing at this moment: the next look finds it
	}
	if c.gone {
		c.log.Info("the tenant directory is back", "dir", c.dir)
	} else {
		c.log.Info("the tenant directory was replaced", "dir", c.dir)
	}
	c.lost, c.gone = false, false
	return true
}

func (c *changes) close() {
	if c.watcher != nil {
		c.watcher.Close()
	}
}
