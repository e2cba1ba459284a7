package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// path is something that SDKs ask of a tenant. Its peer does the least that it could take: a bare TLS handler gets the
// same requests, makes as many signatures and answers with them.
type path struct {
	name string
	work func(c *caller, n int) unit
	bare answers
}

// answers are what the peer does for a path's requests.
type answers struct{ authorize, token answer }

// answer is a status, and how many RSA-2048 signatures are made for it.
type answer struct{ status, signatures int }

func (a answers) signatures() int { return a.authorize.signatures + a.token.signatures }

// Bars of a path at 16 connections (issue texts): one that signs reaches this share of its peer's rate; one that does not
// takes at most so many times what its peer takes. The tail counts against the path's own median, or, where that allows
// more, against the peer's tail by the same measure as the path's time against the peer's: on few cores Go's scheduler
// serves whoever comes back at once before those who wait in another queue, so that in one run half of the requests are
// fast and in the next none, of the bare handler as of the tenant. That moves medians, and leaves the tail where it is.
const (
	signingShare = 85.0
	plainTimes   = 3.0
	tailTimes    = 10.0
)

func paths() []path {
	return []path{
		{"prompt=none, fragment, token id_token", silent("token id_token", "fragment", 302, "id_token="), answers{authorize: answer{302, 2}}},
		{"prompt=none, form_post, token id_token", silent("token id_token", "form_post", 200, "id_token"), answers{authorize: answer{200, 2}}},
		{"prompt=none, web_message, code", silent("code", "web_message", 200, "code"), answers{authorize: answer{200, 0}}},
		{"prompt=none, query, code", silent("code", "query", 302, "code="), answers{authorize: answer{302, 0}}},
		{"client_credentials", machine, answers{token: answer{200, 1}}},
		{"authorization_code (with its prompt=none)", codeFlow, answers{authorize: answer{302, 0}, token: answer{200, 2}}},
		{"refresh_token, rotating", refresh, answers{token: answer{200, 2}}},
	}
}

// silent is a silent request in a response mode.
func silent(responseType, mode string, status int, holds string) func(*caller, int) unit {
	return func(c *caller, _ int) unit {
		target := authorize(c, responseType, mode)
		return func() error {
			location, body, err := c.call(http.MethodGet, target, "", status)
			if err == nil && !strings.Contains(location+string(body), holds) {
				err = fmt.Errorf("%s is not in the answer: Location %.80q, body %.80q", holds, location, body)
			}
			return err
		}
	}
}

func authorize(c *caller, responseType, mode string) string {
	return c.authorize + "/authorize?" + url.Values{"client_id": {c.ClientID}, "redirect_uri": {c.RedirectURI}, "audience": {c.Audience},
		"response_type": {responseType}, "response_mode": {mode}, "scope": {"openid profile email"}, "nonce": {"n"}, "state": {"s"}, "prompt": {"none"},
		"code_challenge": {verifier}, "code_challenge_method": {"plain"}}.Encode()
}

const verifier = "a-verifier-of-at-least-forty-three-characters"

// machine is a client's own token.
func machine(c *caller, _ int) unit {
	body := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.Machine}, "client_secret": {c.MachineSecret}, "audience": {c.Audience},
	}.Encode()
	return func() error {
		_, _, err := c.call(http.MethodPost, c.token+"/oauth/token", body, http.StatusOK)
		return err
	}
}

// codeFlow is what auth0-spa-js does for a renewal: a silent request for a code, and its exchange.
func codeFlow(c *caller, _ int) unit {
	target := authorize(c, "code", "query")
	return func() error {
		location, _, err := c.call(http.MethodGet, target, "", http.StatusFound)
		if err != nil {
			return err
		}
		u, err := url.Parse(location)
		if err != nil {
			return err
		}
		_, _, err = c.call(http.MethodPost, c.token+"/oauth/token",
			url.Values{"grant_type": {"authorization_code"}, "client_id": {c.ClientID}, "code": {u.Query().Get("code")},
				"redirect_uri": {c.RedirectURI}, "code_verifier": {verifier}}.Encode(), http.StatusOK)
		return err
	}
}

// refresh exchanges a connection's own refresh token, and its successors.
func refresh(c *caller, n int) unit {
	token := &c.RefreshTokens[n]
	return func() error {
		_, body, err := c.call(http.MethodPost, c.token+"/oauth/token", url.Values{
			"grant_type": {"refresh_token"}, "client_id": {c.ClientID}, "refresh_token": {*token},
		}.Encode(), http.StatusOK)
		if err != nil {
			return err
		}
		var answer struct {
			RefreshToken string `json:"refresh_token"`
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.RefreshToken == "" {
			return fmt.Errorf("the refresh token was not rotated (%w): %.80s", err, body)
		}
		*token = answer.RefreshToken
		return nil
	}
}

// measure compares each path with its peer, in interleaved pairs of runs.
func measure(pairs int, each time.Duration, focus string) ([]bar, error) {
	tenant, err := launch("tenant")
	if err != nil {
		return nil, err
	}
	defer tenant.stop()
	bare, err := launch("bare")
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	bare.like(tenant)
	var bars []bar
	for _, p := range paths() {
		if !strings.Contains(p.name, focus) {
			continue
		}
		more, err := p.measure(tenant, bare, pairs, each)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		bars = append(bars, more...)
	}
	return bars, nil
}

func (p path) measure(tenant, bare *server, pairs int, each time.Duration) ([]bar, error) {
	var ratios, rates, tails, bareTails, medians, slower []float64
	for range pairs {
		peer, bareLatencies, err := bare.run(each, p)
		if err != nil {
			return nil, err
		}
		ours, latencies, err := tenant.run(each, p)
		if err != nil {
			return nil, err
		}
		mid, tail := tailOf(latencies)
		bareMid, bareTail := tailOf(bareLatencies)
		ratios, rates, medians = append(ratios, ours/peer), append(rates, ours), append(medians, float64(mid)/float64(time.Millisecond))
		tails, bareTails = append(tails, tail), append(bareTails, bareTail)
		slower = append(slower, tail*float64(mid)/(bareTail*float64(bareMid)))
	}
	fmt.Printf("%s: median %.0f/s, %.2f ms, of a bare handler's rate %.0f %%; p99 %.1f × median, a bare handler's %.1f ×; %.1f × a "+
		"bare handler's p99\n",
		p.name, median(rates), median(medians), 100*median(ratios), median(tails), median(bareTails), median(slower))
	compared := bar{what: p.name + ": time against a bare handler", measured: 1 / median(ratios), limit: plainTimes, unit: "×"}
	times := plainTimes
	if p.bare.signatures() > 0 {
		times = 100 / signingShare
		compared = bar{
			what: p.name + ": rate against a bare handler", measured: 100 * median(ratios), limit: signingShare, unit: "%", atLeast: true,
		}
	}
	tail := bar{what: p.name + ": p99 against median", measured: median(tails), limit: tailTimes, unit: "×"}
	if against := (bar{what: p.name + ": p99 against a bare handler's", measured: median(slower), limit: times, unit: "×"}); !tail.holds() &&
		against.holds() {
		tail = against
	}
	return []bar{compared, tail}, nil
}
