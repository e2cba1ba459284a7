// Package tables makes the tables of the documents: the SDKs that work, from what a run of the specs proved; the catalogue of
// scenarios; and the facts of Auth0's protocol that the tenant keeps to.
package tables

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/onsi/ginkgo/v2/types"
)

// EntryName marks a report entry of a spec as a Claim.
const EntryName = "proves for the support matrix"

// Label is that of the specs which make claims.
const Label = "sdk"

// Claim is what one spec proves about one SDK, if it passes.
type Claim struct {
	SDK       SDK       `json:"sdk"`
	Behaviour Behaviour `json:"behaviour"`
}

// SDK is a row of the table.
type SDK struct {
	// Name is how people call it: auth0-spa-js.
	Name string `json:"name"`
	// Version is the installed one: web.PackageVersion and Module read it.
	Version string `json:"version"`
	// Way is how it is used, where one SDK can be used in several: "refresh tokens in a worker", which is read with "with"
	// before it. It may be empty.
	Way string `json:"way,omitempty"`
	// Runs is where it runs; each place has a table of its own.
	Runs Place `json:"runs"`
}

// String names the SDK in a sentence.
func (s SDK) String() string {
	if s.Way == "" {
		return s.Name + " " + s.Version
	}
	return s.Name + " " + s.Version + " with " + s.Way
}

// Place is where an SDK runs.
type Place string

// The places, in the order of their tables.
const (
	Browser Place = "in the browser"
	Server  Place = "on servers"
)

// Behaviour is a column of the table; its text is the column's head.
type Behaviour string

// The behaviours, in the order of the columns.
const (
	LogsIn        Behaviour = "login"
	Popup         Behaviour = "popup"
	Password      Behaviour = "own form"
	CrossOrigin   Behaviour = "cross-origin login"
	SignsUp       Behaviour = "sign-up"
	LoginErrors   Behaviour = "login error"
	Verifies      Behaviour = "forged token"
	UserInfo      Behaviour = "userinfo"
	Renews        Behaviour = "renewal"
	Reloads       Behaviour = "reload"
	Blocked       Behaviour = "cookies blocked"
	LoginRequired Behaviour = "session ended"
	Consent       Behaviour = "consent required"
	Unanswered    Behaviour = "no answer"
	Rotates       Behaviour = "rotation"
	Reuse         Behaviour = "reuse"
	Revokes       Behaviour = "revocation"
	LogsOut       Behaviour = "logout"
)

var behaviours = [...]Behaviour{
	LogsIn, Popup, Password, CrossOrigin, SignsUp, LoginErrors, Verifies, UserInfo, Renews, Reloads, Blocked, LoginRequired, Consent,
	Unanswered, Rotates, Reuse, Revokes, LogsOut,
}

// Result is a Claim and whether its spec passed.
type Result struct {
	Claim
	Passed bool
}

// ReadReport takes the claims from a report that ginkgo wrote with --json-report. A spec that was not run proves nothing and
// is left out.
func ReadReport(report io.Reader) ([]Result, error) {
	var suites []types.Report
	if err := json.NewDecoder(report).Decode(&suites); err != nil {
		return nil, fmt.Errorf("this is not ginkgo's JSON report: %w", err)
	}
	var out []Result
	for _, suite := range suites {
		for _, spec := range suite.SpecReports {
			// Half a run would take the other half's rows away.
			if spec.State.Is(types.SpecStateSkipped) && slices.Contains(spec.Labels(), Label) {
				return nil, fmt.Errorf("the run was of some specs only (focus %q, labels %q), without %q: run all that are labelled %s",
					suite.SuiteConfig.FocusStrings, suite.SuiteConfig.LabelFilter, spec.FullText(), Label)
			}
			for _, entry := range spec.ReportEntries {
				if entry.Name != EntryName {
					continue
				}
				var c Claim
				if err := json.Unmarshal([]byte(entry.Value.AsJSON), &c); err != nil {
					return nil, fmt.Errorf("the entry %q of the spec %q: %w", EntryName, spec.FullText(), err)
				}
				out = append(out, Result{c, spec.State.Is(types.SpecStatePassed)})
			}
		}
	}
	return out, nil
}
