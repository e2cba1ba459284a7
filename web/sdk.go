package web

import (
	"fmt"
	"os"
	"path/filepath"
)

const (
	sdkVersion = "8.10.1"
	sdkPath    = "/js/auth0/" + sdkVersion + "/auth0.min.js"
	// sdkCache is how long a browser keeps an SDK: it is a published version, and loading it is most of what a page costs.
	sdkCache = "public, max-age=86400"
)

// install says how a folder gets the SDKs that are missing.
const install = "run `npm ci --prefix web` in a clone of mockauth0's repository, or name the node_modules folder that holds it with --sdk-dir"

// readSDK reads auth0.js from a node_modules folder. It is not embedded: the SDK under test is somebody else's file.
func readSDK(dir string) (asset, error) {
	folder := filepath.Join(dir, "auth0-js")
	file := filepath.Join(folder, "build", "auth0.min.js")
	body, err := os.ReadFile(file)
	if err != nil {
		return asset{}, fmt.Errorf("web: auth0.js %s is not installed (%w); %s", sdkVersion, err, install)
	}
	version, err := PackageVersion(dir, "auth0-js")
	if err != nil {
		return asset{}, err
	}
	if version != sdkVersion {
		return asset{}, fmt.Errorf("web: %s holds auth0.js %q, but the sample apps need %s; %s", folder, version, sdkVersion, install)
	}
	sdk := newAsset(file, body)
	sdk.cache = sdkCache
	return sdk, nil
}
