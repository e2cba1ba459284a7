package explain

import (
	"regexp"
	"strings"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/pattern"
)

// Directives of a Content-Security-Policy, by whose page they speak of (https://www.w3.org/TR/CSP3/#directives-fetch).
const (
	needed = "default-src|frame-src|child-src|connect-src|worker-src|script-src-elem|script-src-attr|script-src"
	others = "img-src|style-src-elem|style-src-attr|style-src|font-src|media-src|object-src|manifest-src|base-uri|form-action|" +
		"fenced-frame-src|" +
		"prefetch-src|navigate-to|upgrade-insecure-requests|require-trusted-types-for|trusted-types"
)

// violations are the forms in which a browser or a report names the directive that was violated. The policy as a whole names others too.
var violations = [...]func() *regexp.Regexp{
	pattern.Lazy(`"(?:effective-?directive|violated-?directive)" ?: ?"(frame-ancestors|` + needed + `|` + others + `)\b`),
	pattern.Lazy(`directive: ?["'](frame-ancestors|` + needed + `|` + others + `)\b`),
	pattern.Lazy(`\((?:["'])?(frame-ancestors|` + needed + `|` + others + `)(?:["'])?\)`),
	pattern.Lazy(`\b(frame-ancestors|` + needed + `|` + others + `)\b`),
}

// reportOnly are the marks of a policy that blocks nothing.
var reportOnly = pattern.Lazy(`\[report only\]|\(report-only policy\)|"disposition" ?: ?"report"`)

// aboutPolicy are the words of a text about a policy.
var aboutPolicy = pattern.Lazy(`content.security.policy|blocked:csp|csp-report|csp-violation|violates the following|` +
	`page's settings (?:would )?block`)

// byPolicy answers for what browsers say when a Content-Security-Policy or X-Frame-Options stops something.
func byPolicy(r reading) (answer, bool) {
	if r.says("x frame options") {
		return framed, true
	}
	directive := ""
	for _, form := range violations {
		if m := form().FindStringSubmatch(r.text); m != nil {
			directive = m[1]
			break
		}
	}
	about := aboutPolicy().MatchString(r.text)
	switch {
	case directive == "" && !about:
		return answer{}, false
	case about && reportOnly().MatchString(r.text):
		return answer{meaning: "The policy is in report-only mode: it reports and blocks nothing. Look for another message."}, true
	case directive == "frame-ancestors":
		return framed, true
	case directive == "" && r.says("blocked csp", "refused to frame", "framing", "refused to connect", "refused to load",
		"refused to create a worker"),
		directive != "" && strings.Contains("|"+needed+"|", "|"+directive+"|"):
		return answer{
			meaning: "Your page's own content security policy stops the SDK's frame, request, worker or script. Allow the tenant's origin in it " +
				"(frame-src, connect-src), and blob: for the worker (worker-src).",
			causes: codes{diagnosis.RequestNeverCame},
		}, true
	case directive != "":
		return answer{meaning: "A content security policy stops something that no renewal needs (" + directive + "). Look for another " +
			"message."}, true
	}
	return answer{meaning: "A content security policy stopped something. The directive that the message names tells whose policy it is.",
		guess:  true,
		causes: codes{diagnosis.RequestNeverCame, diagnosis.FramingRefused}}, true
}

// framed is for a page that forbids to be shown in a frame: it is the framed page that says so, and the tenant's pages do.
var framed = answer{
	meaning: "The page that the hidden frame leads to forbids to be framed. The tenant's login pages and error pages do so, and the " +
		"answer to a silent request does not: something has answered with a page.",
	causes: codes{diagnosis.FramingRefused, diagnosis.LoginPageInFrame, diagnosis.WebOriginMissing, diagnosis.CallbackMismatch},
}
