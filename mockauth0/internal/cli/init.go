package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/reconstruct"
	"renewal.example/mockauth0/tenant"
)

type initFlags struct {
	apps  []string
	apis  []string
	users []string
	http  bool
	https bool
}

func (a *app) initCommand() *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Write a tenant directory for your app, with comments",
		Long: "init writes the tenant that `mockauth0 serve --app` makes as a directory that you can change: tenant.yaml, users.json and\n" +
			"mock.yaml. DIR is made if there is none, and must be empty.\n\n" +
			"It reads the package.json of the current directory. With nextjs-auth0 or express-openid-connect the app is a Regular Web\n" +
			"Application, with a secret. With an SDK that takes a tenant by plain http, and an app at http://localhost, the tenant is\n" +
			"by plain http (scheme in mock.yaml), so that both are one site and no CA is needed; --http and --https decide it.\n\n" +
			"Such a tenant learns nothing from the app. The client id is in mock.yaml, callbacks and audiences are in tenant.yaml:\n" +
			"change them to what your app has, or give your app the settings that `mockauth0 env DIR` prints.",
		Example: lines(
			"mockauth0 init ./acme --app http://localhost:5173",
			"mockauth0 init ./acme --app http://localhost:3000 --api https://orders.acme.test/ --user eve@acme.test:Secret-Word-1",
			"mockauth0 init ./acme --app http://localhost:5173 --http     by plain http, whatever package.json shows",
			"mockauth0 serve --tenant ./acme",
		),
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error { return a.writeDirectory(args[0], flags) },
	}
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	f := cmd.Flags()
	f.StringArrayVar(&flags.apps, "app", []string{"http://localhost:3000"}, "address of your app; more than one for an app on several origins")
	complete(cmd, "app", oneOf(devServers()...))
	f.StringArrayVar(&flags.apis, "api", nil,
		"audience of an API, its identifier at Auth0; may be given more than once (default "+ownapp.DefaultAudience+")")
	f.StringArrayVar(&flags.users, "user", nil, "EMAIL or EMAIL:PASSWORD of a person; may be given more than once (default two people)")
	f.BoolVar(&flags.http, "http", false, "the tenant is by plain http, on this machine alone")
	f.BoolVar(&flags.https, "https", false, "the tenant is by https, whatever package.json shows")
	return cmd
}

func oneDirectory(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return refuse("init takes the directory that it is to write, such as ./acme, and you gave %s",
			countOf(len(args), "argument", "arguments"))
	}
	return nil
}

// defaultPassword is that of people who are given without one.
const defaultPassword = "Analytical-Engine-1"

// writeDirectory writes a tenant directory into one that is empty or does not exist.
func (a *app) writeDirectory(named string, flags initFlags) error {
	if flags.http && flags.https {
		return refuse("give --http or --https, not both")
	}
	project := a.project()
	app, err := ownapp.New(ownapp.Options{URLs: flags.apps, Type: project.Type})
	if err != nil {
		return refuse("--app: %w", err)
	}
	plain, why := flags.http, ""
	if !flags.http && !flags.https {
		plain, why = served{app: app, project: project}.takesHTTP("")
	}
	users, err := usersGiven(flags.users)
	if err != nil {
		return err
	}
	if slices.Contains(flags.apis, "") {
		return refuse("--api is empty; expected an audience, such as %s", ownapp.DefaultAudience)
	}
	made, err := app.Directory(ownapp.DirectoryOptions{Audiences: flags.apis, Users: users, HTTP: plain})
	if err != nil {
		return refuse("%w", err)
	}
	dir := a.path(named)
	if err := emptyDirectory(dir, named); err != nil {
		return err
	}
	var files []reconstruct.File
	for _, f := range made {
		files = append(files, reconstruct.File(f))
	}
	if placed, err := writeAll(dir, files); err != nil {
		return notWritten("%s: %d of %d files were written: %w", named, placed, len(files), err)
	}
	fmt.Fprintf(a.stdio.Out, "%s has tenant.yaml, users.json and mock.yaml\n", named)
	if why != "" {
		fmt.Fprintf(a.stdio.Out, "Its tenant is %s\n", why)
	}
	fmt.Fprintf(a.stdio.Out, "%s serves it, and %s prints the settings of your app\n",
		a.again("serve --tenant "+shellWord(named)), a.again("env "+shellWord(named)))
	return nil
}

// emptyDirectory refuses a directory with anything in it.
func emptyDirectory(dir, named string) error {
	stat, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return notWritten("%w", err)
	case !stat.IsDir():
		return refuse("%s is there already and is no directory: name another one", named)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return notWritten("%w", err)
	}
	if len(entries) > 0 {
		return refuse("%s has files already (%s), and init replaces none: name another directory", named, printable(entries[0].Name()))
	}
	return nil
}

// usersGiven are the people of --user.
func usersGiven(flags []string) (users []*tenant.User, err error) {
	for _, flag := range flags {
		email, password, given := strings.Cut(flag, ":")
		if !strings.Contains(email, "@") || given && password == "" {
			return nil, refuse("--user is %q; expected EMAIL or EMAIL:PASSWORD, such as eve@acme.test:Secret-Word-1", flag)
		}
		if !given {
			password = defaultPassword
		}
		users = append(users, &tenant.User{Email: email, EmailVerified: true, Password: password})
	}
	return users, nil
}
