package check

import (
	"io/fs"
	"strings"

	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/tenant"
)

// ReadApp reads an app.yaml strictly. The error is a tenant.Problems, with all that is wrong; printed is what they call the file.
func ReadApp(files fs.FS, name, printed string) (App, error) {
	d := strict.ReadDocument(files, name, printed)
	root := d.Root()
	const what = "app.yaml"
	a := App{
		URL: root.Required("url", what), Domain: root.Text("domain"), LogIn: root.Text("log_in"), LogOut: root.Text("log_out"),
		Trigger: root.Text("trigger"), SignedIn: root.Text("signed_in"), Allow: root.Texts("allow"),
	}
	if a.URL != "" {
		if _, err := ownapp.OriginOf(a.URL); err != nil {
			root.Refuse("url", "url: %v", err)
		}
	}
	for key, text := range map[string]string{"log_in": a.LogIn, "log_out": a.LogOut, "trigger": a.Trigger} {
		if _, err := appdrive.ParseName(text); err != nil {
			root.Refuse(key, "%s: %v", key, err)
		}
	}
	if domain := strings.TrimPrefix(a.Domain, "http://"); domain != "" {
		if err := tenant.CheckDomain(domain); err != nil {
			root.Refuse("domain", "domain is %v", err)
		}
	}
	for i := range a.Allow { // or Texts has refused it
		item := root.Items("allow")[i]
		if text, ok := item.Text(); ok && appdrive.CheckOrigins([]string{text}) != nil {
			item.Refuse("allow has %q; expected an origin such as https://fonts.example.com", text)
		}
	}
	root.Finish(what)
	var problems tenant.Problems
	for _, p := range d.Problems() {
		problems = append(problems, tenant.Problem(p))
	}
	if len(problems) > 0 {
		return App{}, problems
	}
	return a, nil
}

// Text is the app as an app.yaml, with a comment for each setting that it leaves to the default.
func (a App) Text() string {
	var b strings.Builder
	b.WriteString("# Your app, for `mockauth0 check --app app.yaml` and `mockauth0 reproduce --app app.yaml`.\n")
	b.WriteString("# Controls are named by what a screen reader reads (\"Log in\"), or by a regular expression (/log ?in|sign ?in/).\n")
	line := func(key, value, comment string) {
		switch {
		case value != "":
			b.WriteString(key + ": " + strict.Scalar(value) + "\n")
		default:
			b.WriteString("# " + key + ": " + comment + "\n")
		}
	}
	line("url", a.URL, "")
	line("domain", a.Domain, DefaultDomain+"    # the tenant's, as your app has it")
	line("log_in", a.LogIn, "Log in    # the control to log in")
	line("log_out", a.LogOut, "Log out    # the control to log out")
	line("trigger", a.Trigger, "Orders    # a control that makes your app call its API, and so want a token")
	line("signed_in", a.SignedIn, "Welcome    # a text that is there when somebody is signed in, and not otherwise")
	if len(a.Allow) == 0 {
		b.WriteString("# allow: [https://fonts.example.com]    # origins outside of this machine that your app may reach\n")
		return b.String()
	}
	b.WriteString("allow:\n")
	for _, origin := range a.Allow {
		b.WriteString("  - " + strict.Scalar(origin) + "\n")
	}
	return b.String()
}
