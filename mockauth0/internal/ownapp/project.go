package ownapp

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/safefile"
)

// Project is what the package.json of an app says about it. The zero Project says nothing.
type Project struct {
	// File is the path of the package.json; "": there is none.
	File string
	// Packages are the names of the packages that it uses, sorted.
	Packages []string
	// Type is the kind of application; "": nothing tells.
	Type Type
	// SDKs are the packages for login that it uses, those of an API too, in the order of Packages.
	SDKs []string
	// Formats are the names of the settings that it reads, as `mockauth0 env --format` has them, an API's last; none: nothing tells.
	Formats []string

	versions map[string]string
}

// maxPackageJSON is more than any package.json has bytes.
const maxPackageJSON = 4 << 20

// ReadProject reads the package.json of a directory. Where there is none, the Project is the zero one.
func ReadProject(dir string) (Project, error) {
	path := filepath.Join(dir, "package.json")
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // some package managers link it; nothing is written there
	}
	text, err := safefile.Read(path, maxPackageJSON)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrPermission):
		return Project{}, nil
	case err != nil:
		return Project{}, err
	}
	p, err := parseProject(text)
	if err != nil {
		return Project{}, fmt.Errorf("%s cannot be read: %w", filepath.Join(dir, "package.json"), err)
	}
	p.File = filepath.Join(dir, "package.json")
	return p, nil
}

func parseProject(text []byte) (Project, error) {
	var file struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(text), "\ufeff")), &file); err != nil {
		return Project{}, err
	}
	p := Project{versions: map[string]string{}}
	maps.Copy(p.versions, file.DevDependencies)
	maps.Copy(p.versions, file.Dependencies)
	p.Packages = slices.Sorted(maps.Keys(p.versions))
	for _, name := range p.Packages {
		if slices.Contains(browserSDKs(), name) || slices.Contains(serverSDKs(), name) || name == apiSDK {
			p.SDKs = append(p.SDKs, name)
		}
	}
	p.find()
	return p, nil
}

// browserSDKs log people in to an app in the browser, which keeps no secret.
func browserSDKs() []string {
	return []string{"@auth0/auth0-angular", "@auth0/auth0-react", "@auth0/auth0-spa-js", "@auth0/auth0-vue", "auth0-js", "auth0-lock",
		"oidc-client-ts", "react-oidc-context"}
}

// serverSDKs log people in to an app on a server, which has a secret.
func serverSDKs() []string {
	return []string{"@auth0/nextjs-auth0", "express-openid-connect", "passport-auth0"}
}

// apiSDK verifies the access tokens of an API.
const apiSDK = "express-oauth2-jwt-bearer"

// Uses tells whether the project uses a package.
func (p Project) Uses(name string) bool {
	_, ok := p.versions[name]
	return ok
}

// find says what kind of app the packages make, and which settings it reads.
func (p *Project) find() {
	add := func(format string) {
		if format != "" && !slices.Contains(p.Formats, format) {
			p.Formats = append(p.Formats, format)
		}
	}
	inBrowser, onServer := slices.ContainsFunc(browserSDKs(), p.Uses), slices.ContainsFunc(serverSDKs(), p.Uses)
	if !inBrowser && !onServer { // no SDK yet, or none that is known here: go by the framework
		onServer = p.Uses("next") || p.Uses("express") && !p.Uses(apiSDK)
		inBrowser = !onServer && p.bundler() != ""
	}
	if inBrowser {
		p.Type = SinglePage // also beside a server's: a public client is refused for no secret that it sends
		add(cmp.Or(p.bundler(), "dotenv"))
	}
	if onServer {
		if !inBrowser {
			p.Type = RegularWeb
		}
		add(p.server())
	}
	if p.Uses(apiSDK) {
		add("api")
	}
}

// bundler is the format of what puts settings into an app's scripts; "": none that is known.
func (p *Project) bundler() string {
	switch {
	case p.Uses("@angular/core") || p.Uses("@auth0/auth0-angular"):
		return "angular"
	case p.Uses("next"):
		return "next-public"
	case p.Uses("react-scripts"):
		return "react"
	case p.Uses("@vue/cli-service"):
		return "vue-cli"
	case p.Uses("vite"):
		return "vite"
	}
	return ""
}

// server is the format of an app on a server.
func (p *Project) server() string {
	switch {
	case p.Uses("@auth0/nextjs-auth0") || p.Uses("next"):
		return "next"
	case p.Uses("express-openid-connect") || p.Uses("express") && !p.Uses("passport-auth0"):
		return "express"
	}
	return "dotenv"
}

// EnvFile is the file in which the project's tools look for settings that are one machine's own.
func (p Project) EnvFile() string {
	for _, format := range p.Formats {
		switch format {
		case "vite", "react", "next", "next-public", "vue-cli":
			return ".env.local"
		}
	}
	return ".env"
}
