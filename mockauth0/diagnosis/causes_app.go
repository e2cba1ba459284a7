package diagnosis

// appCauses are those that lie with the application.
var appCauses = []Info{
	{
		Code:  RenewalStorm,
		Title: "The app renews without a pause",
		Why: "Many renewals came in a short time: a timer that fires at once, a loop of a failing renewal and its retry, or " +
			"polling.",
		Remedy:   "Renew at the token's expiry, once; after a failure wait, or go to the login page.",
		Sign:     "The log shows one renewal after another.",
		Read:     limitsPage,
		Scenario: "renewal-storm",
	},
	{
		Code:  RequestNeverCame,
		Title: "The renewal never reached the tenant",
		Why: "A renewal was due and no request came: the page was asleep, frozen, offline or closed, its content security " +
			"policy or an extension blocks the frame, it is cross-origin isolated, or a service worker answers in the " +
			"tenant's place.",
		Remedy:   "Look at the page's console and network panel at that time: a blocked frame says so there.",
		Sign:     "The tenant's log shows no request at that time; the console or the network panel says why.",
		Read:     silentPage,
		Scenario: "offline",
	},
	{
		Code:  CrossOriginIsolated,
		Title: "The app's page is cross-origin isolated",
		Why: "Such a page (Cross-Origin-Embedder-Policy) loads a frame of another origin only where that origin opts in, and " +
			"the tenant does not. The tenant answers, and the page never receives it; later SDKs do not even ask.",
		Remedy: "Renew with refresh tokens, or do not send Cross-Origin-Embedder-Policy and Cross-Origin-Opener-Policy with " +
			"pages that renew.",
		Sign:     "crossOriginIsolated is true in the page's console.",
		Read:     silentPage,
		Scenario: "cross-origin-isolated",
	},
	{
		Code:     TwoSDKs,
		Title:    "Two renewals run at once in one page",
		Why:      "Two SDKs, or two instances of one, listen for the same kind of message. The wrong one takes the first answer.",
		Remedy:   "Use one SDK instance per page, and one renewal at a time.",
		Sign:     "Two silent requests of one page overlap, with different auth0Client.",
		Read:     silentPage,
		Scenario: "two-sdks-on-a-page",
	},
	{
		Code:  AppRejectedTheAnswer,
		Title: "The tenant's answer was right, and the app refused it",
		Why: "Nothing is wrong with what the tenant sent, but the app behaved as if the renewal had failed: state or nonce " +
			"were no longer in its storage, the computer's clock is wrong, or another page than the one that asked has parsed the answer.",
		Remedy: "Read the SDK's error: state and nonce errors mean that the storage of the transaction is gone or is another " +
			"origin's; those about iat, nbf or exp mean the clock. Let the page that asked check the answer.",
		Sign:     "The tenant's log shows a success; the error names nonce or state.",
		Read:     idTokenPage,
		Scenario: "silent-page-parses",
	},
	{
		Code:     AppClockWrong,
		Title:    "The clock of the person's machine is wrong",
		Why:      "Tokens are right by the tenant's time, and the app behaves as if they had expired or came from the future.",
		Remedy:   "Set the machine's clock; allow the SDK more leeway.",
		Sign:     "The tenant's log shows a success; iat and exp are right by the tenant's time; other machines are fine.",
		Read:     idTokenPage,
		Scenario: "clock-far-ahead",
	},
	{
		Code:   Unexplained,
		Title:  "The tenant cannot tell",
		Why:    "The renewal failed, and nothing that the tenant observed explains it.",
		Remedy: "Read the evidence and the events of the request; look at the page's console and network panel.",
		Sign:   "Look at the events of the request.",
		Read:   silentPage,
		Variants: []Variant{{
			Name: "not_served", Shown: NotServed,
			Title: "The app asks for what Auth0 has and this mock does not",
			Why: []Sentence{
				given(NotServed, "The mock answers 501 to what it does not do, rather than as if it had done it. Against Auth0 the same request may "+
					"succeed: nothing says that the app is wrong."),
			},
			Remedy: []Sentence{
				given(NotServed, "Read in the answer what is missing. Leave that out of the app's test configuration, or test it against a tenant "+
					"of Auth0's."),
			},
			Sign: "The answer's status is 501, and its error is not_implemented.",
		}},
	},
}
