package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/safefile"
	"renewal.example/mockauth0/tenant"
)

// project reads the package.json where the command was started. One that cannot be read is a warning.
func (a *app) project() ownapp.Project {
	project, err := ownapp.ReadProject(a.path("."))
	if err != nil {
		a.warn("%v; going on without it", err)
	}
	return project
}

// path is a path that a person named, from the directory where the command was started.
func (a *app) path(named string) string {
	if a.env.Dir == "" || filepath.IsAbs(named) {
		return named
	}
	return filepath.Join(a.env.Dir, named)
}

// settingsFormats are the forms in which a project is told of its tenant; without a project, the plain one.
func settingsFormats(project ownapp.Project) (formats []envFormat) {
	for _, name := range project.Formats {
		if format, ok := formatNamed(name); ok {
			formats = append(formats, format)
		}
	}
	if formats == nil {
		formats = []envFormat{envFormats()[0]}
	}
	return formats
}

// settingsOf are the lines that a project reads, each name once. inFile leaves out what no .env file is read for.
func settingsOf(project ownapp.Project, facts envFacts, inFile bool) (settings []ownapp.Setting) {
	for _, format := range settingsFormats(project) {
		if inFile && format.code {
			continue
		}
		for _, v := range format.variables(facts) {
			known := func(s ownapp.Setting) bool { return s.Name == v.name }
			if v.value == facts.client.ClientSecret && project.Type == ownapp.SinglePage {
				continue // which keeps none
			}
			if v.value != "" && !slices.ContainsFunc(settings, known) {
				settings = append(settings, ownapp.Setting{Name: v.name, Value: v.value, Line: format.written(v)})
			}
		}
	}
	return settings
}

// maxEnvFile is more than any .env file has bytes.
const maxEnvFile = 1 << 20

// checkEnvFile refuses a file that --write-env cannot be for, before anything is started.
func checkEnvFile(path string, formats []envFormat) error {
	if !slices.ContainsFunc(formats, func(f envFormat) bool { return !f.code }) {
		return refuse("--write-env: an app that is built by Angular reads no .env file; leave it out, and put the lines that serve prints " +
			"into src/environments/environment.ts")
	}
	_, err := isThere("--write-env", path)
	return err
}

// writeEnvFile puts the settings into a .env file, over no other value, and tells how many are new.
func (a *app) writeEnvFile(named, comment string, settings []ownapp.Setting) (added int, err error) {
	path := a.path(named)
	text, err := safefile.Read(path, maxEnvFile)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return 0, notWritten("--write-env: %w", err)
	}
	text, added, conflicts := ownapp.AddSettings(text, comment, settings)
	if len(conflicts) > 0 {
		return 0, refuse("--write-env replaces no value, and %s: change or remove %s, or name another file", listConflicts(named, conflicts),
			pronoun(len(conflicts)))
	}
	if added == 0 {
		return 0, nil
	}
	if missing {
		err = safefile.Create(path, safefile.Private, text) // a secret may be in it
	} else {
		err = safefile.Write(path, modeOf(path), text)
	}
	if err != nil {
		return 0, notWritten("--write-env: %w", err)
	}
	return added, nil
}

// modeOf are the permissions of a file that is there.
func modeOf(path string) fs.FileMode {
	if stat, err := os.Lstat(path); err == nil {
		return stat.Mode().Perm()
	}
	return safefile.Private
}

func listConflicts(path string, conflicts []ownapp.Conflict) string {
	var list []string
	for _, c := range conflicts {
		list = append(list, fmt.Sprintf("%s:%d has another %s", path, c.Line, c.Name)) // what it has may be a secret
	}
	return strings.Join(list, ", ")
}

func pronoun(n int) string {
	if n == 1 {
		return "that line"
	}
	return "these lines"
}

// settingsFor are the settings of an app for the tenant that runs, written to a file where somebody asked for one.
func (a *app) settingsFor(server *mockauth0.Server, what served, file string) (told appSettings, err error) {
	if what.app == nil {
		return told, nil
	}
	t := server.Snapshot()
	client := what.client(t)
	if client == nil {
		a.warn("no client of %s lists an address of your app among its callbacks: add %s there", what.dir, what.app.Start())
		return told, nil
	}
	facts := envFacts{t, client, atDomain(server.Domain()), caFile(server)}
	told = appSettings{project: what.project, written: file, config: a.configFile(facts.domain.String()), domain: facts.domain.String()}
	var others map[string]string
	if what.learns() {
		others = a.otherEnvFiles(file)
	}
	told.settings, told.kept = leaveOut(settingsOf(what.project, facts, false), others, what.app)
	if file != "" {
		comment := "the tenant of mockauth0 serve --app " + what.app.Start()
		settings, _ := leaveOut(settingsOf(what.project, facts, true), others, what.app)
		told.added, err = a.writeEnvFile(file, comment, settings)
	}
	return told, err
}

// configFile is the file from which the quickstarts of Auth0 read their settings, in place of a .env file; "": there is none, or it names
// the domain already.
func (a *app) configFile(domain string) string {
	for _, name := range []string{"auth_config.json", "src/auth_config.json"} {
		text, err := safefile.Read(a.path(filepath.FromSlash(name)), maxEnvFile)
		if err != nil {
			continue
		}
		var config struct {
			Domain string `json:"domain"`
		}
		if json.Unmarshal(text, &config) != nil || config.Domain != domain {
			return name
		}
	}
	return ""
}

// otherEnvFiles are the values of the .env files beside the one that is written, as bundlers read them: a later file counts.
func (a *app) otherEnvFiles(written string) map[string]string {
	values := map[string]string{}
	for _, name := range []string{".env", ".env.development", ".env.local", ".env.development.local"} {
		if written != "" && filepath.Clean(a.path(written)) == filepath.Clean(a.path(name)) {
			continue
		}
		if text, err := safefile.Read(a.path(name), maxEnvFile); err == nil {
			maps.Copy(values, ownapp.Values(text))
		}
	}
	return values
}

// leaveOut leaves out what the app has already and the tenant learns: an API of the app's knows the same audience.
func leaveOut(settings []ownapp.Setting, others map[string]string, app *ownapp.App) (rest []ownapp.Setting, kept []string) {
	for _, s := range settings {
		learned := strings.HasSuffix(s.Name, "CLIENT_ID") && app.Options().ClientID == "" || strings.HasSuffix(s.Name, "CLIENT_SECRET") ||
			strings.HasSuffix(s.Name, "AUDIENCE") && app.Options().Audience == ""
		if learned && others[s.Name] != "" {
			kept = append(kept, s.Name)
			continue
		}
		rest = append(rest, s)
	}
	return rest, kept
}

// client is the app's: of a tenant that is made for it the first, of another one the first that calls back to it; nil: there is none.
func (s served) client(t *tenant.Config) *tenant.Client {
	for _, c := range t.Clients {
		if s.learns() || slices.ContainsFunc(c.Callbacks, s.app.Mine) {
			return c
		}
	}
	return nil
}

// printStart tells a person that the tenant runs, and what to try.
func (a *app) printStart(server *mockauth0.Server, what served, settings appSettings) {
	if what.learns() {
		a.printAppTable(server, what, settings)
		return
	}
	a.printTable(server)
	if what.app != nil {
		section(a.stdio.Err, "Your app", wayOf(what.app, server.Issuer(), what.proxy))
	}
	if len(settings.settings) > 0 {
		settings.print(a.stdio.Err, what.app)
	}
}
