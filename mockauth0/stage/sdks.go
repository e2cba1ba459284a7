package stage

import "renewal.example/web"

// sdk is how an SDK of a scenario comes onto the page.
func sdk(id string) (web.HostSDK, bool) {
	refresh := map[string]any{"useRefreshTokens": true}
	spa1 := web.HostSDK{
		Package: "auth0-spa-js-1", Scripts: []string{"auth0-spa-js-1/dist/auth0-spa-js.production.js"}, Driver: "auth0-spa-js.js",
	}
	spa2 := web.HostSDK{
		Package: "@auth0/auth0-spa-js", Scripts: []string{"@auth0/auth0-spa-js/dist/auth0-spa-js.production.js"}, Driver: "auth0-spa-js.js",
	}
	react := web.HostSDK{Package: "@auth0/auth0-react", Driver: "auth0-react.js",
		Scripts: []string{
			"react/umd/react.production.min.js", "react-dom/umd/react-dom.production.min.js", "@auth0/auth0-react/dist/auth0-react.min.js",
		}}
	found, ok := map[string]web.HostSDK{
		"tutorial":         {Package: "auth0-js", Scripts: []string{"auth0-js/build/auth0.min.js"}, Driver: "tutorial.js"},
		"auth0-js-8.10.1":  {Package: "auth0-js", Scripts: []string{"auth0-js/build/auth0.min.js"}, Driver: "auth0-js.js"},
		"auth0-js-9":       {Package: "auth0-js-9", Scripts: []string{"auth0-js-9/dist/auth0.min.js"}, Driver: "auth0-js.js"},
		"auth0-js-10":      {Package: "auth0-js-10", Scripts: []string{"auth0-js-10/dist/auth0.min.js"}, Driver: "auth0-js.js"},
		"spa-js-1":         spa1,
		"spa-js-1-refresh": with(spa1, refresh),
		"spa-js-2":         spa2,
		"spa-js-2-refresh": with(spa2, refresh),
		"react-2":          react,
		"react-2-refresh":  with(react, refresh),
	}[id]
	return found, ok
}

// with gives the SDK further options.
func with(sdk web.HostSDK, options map[string]any) web.HostSDK {
	all := map[string]any{}
	for _, some := range []map[string]any{sdk.Options, options} {
		for name, value := range some {
			all[name] = value
		}
	}
	sdk.Options = all
	return sdk
}
