package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/scenario"
)

// complete gives the values of a flag to a shell's completion.
func complete(cmd *cobra.Command, flag string, values cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, values); err != nil {
		panic(err) // the command has no such flag, or has values for it already
	}
}

// oneOf completes one of these.
func oneOf(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// completeErrors completes the error codes that SDKs report in scenarios.
func completeErrors(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := catalogue()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return reportedErrors(all), cobra.ShellCompDirectiveNoFileComp
}

// completeScenarios completes the id of a scenario, or else a file of one's own.
func completeScenarios(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenarioIDs()
}

// completeExplained completes the id of a scenario and nothing else: a text that somebody pastes is no file.
func completeExplained(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ids, _ := scenarioIDs()
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// completeScenarioFlag is completeScenarios for a flag, which arguments do not end.
func completeScenarioFlag(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return scenarioIDs()
}

func scenarioIDs() ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := catalogue()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	ids := make([]cobra.Completion, len(all))
	for i, s := range all {
		ids[i] = cobra.CompletionWithDesc(s.ID, s.Title)
	}
	return ids, cobra.ShellCompDirectiveDefault // files, where no id fits
}

// completeSDKs completes the SDKs of the scenario that the command line names; all of them before it names one.
func (a *app) completeSDKs(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names := scenario.SDKs()
	if len(args) > 0 {
		if s, err := a.scenario(args[0]); err == nil {
			names = s.SDKs()
		}
	}
	return append(slices.Clone(names), "all"), cobra.ShellCompDirectiveNoFileComp
}

// preferredSDKs is the order in which reproduce takes an SDK where nobody names one: what a new app should use comes first.
func preferredSDKs() []string {
	return []string{
		"spa-js-2-refresh", "react-2-refresh", "spa-js-2", "react-2", "spa-js-1-refresh", "spa-js-1",
		"auth0-js-10", "auth0-js-9", "auth0-js-8.10.1", "tutorial",
	}
}

// defaultSDK is the SDK that a scenario is played with where nobody names one: the first of preferredSDKs with which it fails. why
// says so where that is not the first; "" where it is.
func defaultSDK(s *scenario.Scenario) (sdk, why string) {
	first := preferredSDKs()[0]
	renews := ""
	for _, id := range preferredSDKs() {
		e := s.For(id)
		switch {
		case e == nil:
		case !fails(s, e):
			if renews == "" {
				renews = id
			}
		case id == first:
			return id, ""
		case s.For(first) != nil:
			return id, first + " does not fail here"
		default:
			return id, "the scenario does not say what " + first + " does"
		}
	}
	if renews != "" {
		return renews, "no SDK fails here"
	}
	return s.SDKs()[0], ""
}

// fails tells whether an SDK of which a scenario expects e notices anything, or should: it may have a new token of somebody else, or
// one that the tenant says something of.
func fails(s *scenario.Scenario, e *scenario.Expectation) bool {
	return !e.Renews || e.Error != "" || e.Value != nil || e.User != "" && e.User != s.User || e.Diagnosis != ""
}

// sdkValues are the values of --sdk, for help.
func sdkValues() string { return strings.Join(scenario.SDKs(), ", ") }

// devServers are where development servers listen: Vite, Next.js and Express, Angular, Vue's own.
func devServers() []string {
	return []string{"http://localhost:5173", "http://localhost:3000", "http://localhost:4200", "http://localhost:8080"}
}
