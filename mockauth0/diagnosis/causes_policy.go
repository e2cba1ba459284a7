package diagnosis

// policyCauses lie with what the tenant's policies decide.
var policyCauses = []Info{
	{
		Code:     UserBlocked,
		Title:    "The user is blocked",
		Why:      "An administrator blocked the user. Live sessions and refresh tokens are refused from then on.",
		Remedy:   "Unblock the user in the dashboard (User Management), or treat the answer as a logout.",
		Sign:     "The description is \"user is blocked\".",
		Read:     docs + "manage-users/user-accounts/block-and-unblock-users",
		Scenario: "blocked-user",
	},
	{
		Code:     UserDeleted,
		Title:    "The user was deleted while the session lived",
		Why:      "The session's user no longer exists, so nothing is issued for it.",
		Remedy:   "End the sessions of users that you delete, and treat this answer as a logout.",
		Sign:     "The frame shows a 500 page: Unable to construct sso user. A refresh is refused: the user doesn't exist anymore.",
		Read:     docs + "manage-users/user-accounts/delete-users",
		Scenario: "deleted-user",
		Variants: []Variant{
			{
				Name: "in_frame", Shown: InFrame,
				Why: []Sentence{
					says("The session's user no longer exists."),
					given(InFrame, "The silent request got a hosted 500 page in its frame, which no SDK can read, so the SDK waits for its timeout."),
				},
				Remedy: []Sentence{given(InFrame, "End the sessions of users that you delete, and treat a timeout as a logout.")},
				Sign:   "The frame shows a 500 page: Unable to construct sso user.",
			},
			{
				Name: "at_refresh", Shown: OfRefreshToken,
				Title:  "The user of the refresh token was deleted",
				Why:    []Sentence{given(OfRefreshToken, "The refresh token's user no longer exists, so the token endpoint refuses the exchange.")},
				Remedy: []Sentence{given(OfRefreshToken, "Treat the refusal (invalid_grant) as a logout.")},
				Sign:   "The description says that the user doesn't exist anymore.",
			},
		},
	},
	{
		Code:   ConsentMissing,
		Title:  "The person has not yet given the app consent",
		Why:    "The app asks for something that needs the person's consent, and a silent request cannot show a consent page.",
		Remedy: "Log in once interactively and accept. For a first-party app enable Allow Skipping User Consent on the API.",
		Sign:   "The error is consent_required, from the first renewal on; on localhost only, or for a new scope.",
		Read:   consentPage,
		Variants: []Variant{{
			Name: "on_localhost", Shown: LocalCallback,
			Why: []Sentence{
				says("The app asks for something that needs the person's consent, and a silent request cannot show a consent page."),
				given(LocalCallback, "Its callback is on the person's own machine, where the tenant cannot verify it: such an app always needs "+
					"consent under the classic policy."),
			},
			Remedy: []Sentence{
				says("Log in once interactively and accept."),
				given(LocalCallback, "To skip consent for a first-party app, use a host name other than localhost and enable Allow Skipping User "+
					"Consent on the API."),
			},
		}},
		Scenario: "consent-on-localhost",
	},
	{
		Code:     ConsentWithdrawn,
		Title:    "The person's consent was withdrawn",
		Why:      "The grant that the person had given was deleted, so the next silent request needs consent again.",
		Remedy:   "Log in interactively and accept once more.",
		Sign:     "The error is consent_required, and renewals worked before.",
		Read:     consentPage,
		Scenario: "consent-withdrawn",
	},
	{
		Code:  ConfirmationNeeded,
		Title: "The login has to be confirmed, since its callback cannot be verified",
		Why: "Any program on the person's machine may listen on localhost or claim a custom scheme, so the tenant asks the " +
			"person to confirm each login; a silent request cannot ask.",
		Remedy:   "Use a callback on a host name of your own, or switch the prompt off for this application.",
		Sign:     "The callback is on localhost or has a scheme of its own, and the tenant confirms logins.",
		Read:     docs + "secure/security-guidance/measures-against-app-impersonation",
		Scenario: "consent-new-policy",
	},
	{
		Code:  DevKeys,
		Title: "The connection uses Auth0's developer keys",
		Why: "A login with Auth0's own developer keys creates no session at the tenant, so every silent request is answered " +
			"login_required, for this connection only.",
		Remedy:   "Enter a client id and secret of your own for the connection (Authentication > Social).",
		Sign:     "It fails for one social connection only, from the first renewal on.",
		Read:     docs + "authenticate/identity-providers/social-identity-providers/devkeys",
		Scenario: "dev-keys",
	},
	{
		Code:     MFADemanded,
		Title:    "Multi-factor authentication is demanded",
		Why:      "The tenant wants a second factor for this login, and a silent request or a refresh cannot ask for it.",
		Remedy:   "Remember the browser (allowRememberBrowser), require it only where it is needed, or log in interactively.",
		Sign:     "The description mentions multifactor, or the error is mfa_required.",
		Read:     docs + "secure/multi-factor-authentication",
		Scenario: "mfa-demanded",
	},
	{
		Code:     ActionDenied,
		Title:    "An Action refused the login",
		Why:      "An Action of the login flow called api.access.deny, or threw; its message is the description that the app gets.",
		Remedy:   "Read the Action's code and its log for the condition. Silent requests run the login flow too.",
		Sign:     "The description is a text of your own Action.",
		Read:     loginAction,
		Scenario: "action-denies",
	},
	{
		Code:  ActionRedirects,
		Title: "An Action wants to redirect the person",
		Why: "An Action of the login flow calls api.redirect.sendUserTo, which a silent request cannot follow: it answers " +
			"interaction_required.",
		Remedy:   "Leave the redirect out when event.request.query.prompt is none, or log in interactively.",
		Sign:     "The error is interaction_required, and an Action redirects.",
		Read:     loginAction + "/redirect-with-actions",
		Scenario: "action-redirects",
	},
	{
		Code:     OrganizationRefused,
		Title:    "The organization is missing or the wrong one",
		Why:      "The request names no organization where the app requires one, or one to which the person does not belong.",
		Remedy:   "Send the organization of the login in silent requests as well, and check the user's membership.",
		Sign:     "The description mentions the organization.",
		Read:     orgPage,
		Scenario: "org-membership-ended",
		Variants: []Variant{
			{
				Name: "named", Shown: NamesOrganization,
				Title: "The organization refuses the person or the app",
				Why: []Sentence{given(NamesOrganization, "The request names an organization that does not exist, that the app may not use, or to "+
					"which the person does not belong, or not any more.")},
				Remedy: []Sentence{given(NamesOrganization, "Compare the organization of the request with that of the login, and check the "+
					"user's membership.")},
			},
			{
				Name: "not_named", Shown: NamesNone,
				Title:  "The request names no organization",
				Why:    []Sentence{given(NamesNone, "The app is set up to require an organization, and the request names none.")},
				Remedy: []Sentence{given(NamesNone, "Send the organization of the login in silent requests as well.")},
			},
		},
	},
	{
		Code:   AccountSelectionNeeded,
		Title:  "The person has to choose an account",
		Why:    "The request asks for an account chooser, which a silent request cannot show.",
		Remedy: "Leave prompt=select_account out of silent requests.",
		Sign:   "The request has prompt=select_account.",
		Read:   silentPage,
	},
}
