package cli

import (
	"context"
	"net"
	"net/url"
	"strings"
	"time"
)

// tellSilentApp says, when the tenant serves already, that nothing answers where the app is said to be: a wrong port would show nowhere
// else. An app that is started later is as good.
func (a *app) tellSilentApp(ctx context.Context, what served) (stop func()) {
	if what.app == nil {
		return func() {}
	}
	origins := what.app.Origins()
	if what.proxy != nil {
		origins = []string{what.proxy.app.String()}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var silent []string
		for _, origin := range origins {
			if at, err := url.Parse(origin); err == nil && dialled(ctx, at, nil) != nil {
				silent = append(silent, origin)
			}
		}
		if len(silent) > 0 && ctx.Err() == nil {
			a.log.Info("nothing answers at " + strings.Join(silent, " or ") +
				" yet: start your app, or correct --app; the tenant serves all the same")
		}
	}()
	return func() { cancel(); <-done }
}

// dialled tells whether something listens where a page is.
func dialled(ctx context.Context, page *url.URL, around routes) error {
	address, _ := around.address(page.Hostname(), portOf(page))
	dialer := net.Dialer{Timeout: 3 * time.Second}
	socket, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return socket.Close()
}

func portOf(page *url.URL) string {
	if port := page.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[page.Scheme]
}
