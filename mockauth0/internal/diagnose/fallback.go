package diagnose

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
)

// reasoned gives an entry of the log the reason that its words say, until all who write entries give one.
func reasoned(e event.Event, l *event.LogEntry) *event.LogEntry {
	if l.Reason != "" {
		return l
	}
	among := func(text string, words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	text, out := e.Description, *l
	lower := strings.ToLower(text)
	switch {
	case among(l.Cause, "there is no client"):
		out.Reason = event.ClientUnknown
	case l.Error == errAccessDenied && text == "Unauthorized" && l.Cause != "":
		out.Reason = event.ClientUnauthenticated
	case l.Error == errAccessDenied && text == "Unauthorized":
		out.Reason = event.ClientRefused
	case among(l.Cause, "the code has expired"):
		out.Reason = event.CodeExpired
	case among(l.Cause, "used before") && e.Type == event.FailedExchangeCode:
		out.Reason = event.CodeUnknown
	case among(text, "user is blocked"):
		out.Reason = event.UserIsBlocked
	case among(text, "Unable to construct sso user", "doesn't exist anymore"):
		out.Reason = event.UserUnknown
	case among(lower, "multifactor", "mfa"):
		out.Reason = event.SecondFactorDue
	case among(text, "Service not found", "Service not enabled"):
		out.Reason = event.AudienceUnknown
	case among(text, "registered origin"):
		out.Reason = event.OriginNotListed
	case among(text, "organization"):
		out.Reason = event.OrganizationRefused
	case among(text, "Unknown client"):
		out.Reason = event.ClientUnknown
	case among(text, "not authorized to access resource server"):
		out.Reason = event.AudienceNotAuthorized
	case among(text, "Callback URL mismatch", "list of allowed callback URLs"):
		out.Reason = event.CallbackNotListed
	case among(text, "Grant type"):
		out.Reason = event.GrantTypeNotAllowed
	case among(text, "Missing required parameter: refresh_token"):
		out.Reason = event.RefreshTokenNotSent
	case l.Error == errInvalidRequest && among(text, "connection"):
		out.Reason = event.ConnectionUnusable
	case e.Type == event.Warning && among(lower, "development keys", "developer keys"):
		out.Reason = event.DevelopmentKeys
	}
	return &out
}
