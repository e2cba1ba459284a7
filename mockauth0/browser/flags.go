package browser

import "strings"

// flags is the whole command line. rod's own list is not used: it turns off popup blocking and background throttling,
// which are under test here.
func flags(o Options, kind Kind, profile string) []string {
	disabled := []string{"HttpsUpgrades", // would turn http:// into https://
		// what calls home
		"AutofillServerCommunication", "Translate", "OptimizationHints", "MediaRouter", "CertificateTransparencyComponentUpdater"}
	list := []string{
		"--remote-debugging-pipe",
		"--user-data-dir=" + profile,
		"--no-sandbox", // containers and root have none to offer
		"--no-first-run", "--no-startup-window", "--no-default-browser-check",
		"--disable-gpu", "--disable-background-networking", "--disable-component-update",
		"--disable-default-apps", "--disable-sync", "--disable-extensions", "--disable-breakpad",
		"--mute-audio", "--hide-scrollbars", "--metrics-recording-only", "--enable-automation",
		"--password-store=basic", "--use-mock-keychain",
		// What does not go through a World's proxy goes nowhere.
		"--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
		"--ignore-certificate-errors-spki-list=" + strings.Join(append([]string{o.CA.SPKI()}, o.TrustSPKI...), ","),
	}
	list = append(list, sharedMemoryFlags()...)
	if !o.SiteIsolation {
		disabled = append(disabled, "IsolateOrigins", "site-per-process")
		list = append(list, "--disable-site-isolation-trials")
	}
	list = append(list, "--disable-features="+strings.Join(disabled, ","))
	if kind == Full && !o.Headed {
		list = append(list, "--headless=new")
	}
	return append(list, o.Flags...)
}
