package cli

import (
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/ownapp"
)

// envText is what `env` prints: the lines of the format that was named, or else of those that package.json shows.
func (a *app) envText(dir string, flags envFlags, facts envFacts) (string, error) {
	if flags.format != "" {
		format, _ := formatNamed(flags.format) // printEnv has looked
		client, err := chooseClient(facts.tenant, flags.client, format)
		if err != nil {
			return "", err
		}
		facts.client = client
		return format.text(facts), nil
	}
	project := a.projectAt(dir)
	var texts, names []string
	for _, format := range settingsFormats(project) {
		client, err := chooseClient(facts.tenant, flags.client, format)
		if err != nil && format.fits != "" && flags.client == "" {
			a.warn("%v; going on without %s, which %s has", err, format.name, project.File)
			continue
		}
		if err != nil {
			return "", err
		}
		facts.client = client
		texts, names = append(texts, format.text(facts)), append(names, format.name)
	}
	if texts == nil {
		flags.format = envFormats()[0].name
		return a.envText(dir, flags, facts)
	}
	if len(project.Formats) > 0 {
		fmt.Fprintf(a.stdio.Err, "The names are those of %s, as %s shows; --format gives others.\n", strings.Join(names, " and "), project.File)
	}
	return once(texts), nil
}

// projectAt reads the package.json of a tenant directory, or else that where the command was started.
func (a *app) projectAt(dir string) ownapp.Project {
	if dir != "" {
		if project, err := ownapp.ReadProject(a.path(dir)); err == nil && project.File != "" {
			return project
		}
	}
	return a.project()
}

// once joins texts, each line of the later ones only where it is new.
func once(texts []string) string {
	seen := map[string]bool{}
	var all strings.Builder
	for _, line := range strings.SplitAfter(strings.Join(texts, ""), "\n") {
		if !seen[line] {
			all.WriteString(line)
		}
		seen[line] = true
	}
	return all.String()
}
