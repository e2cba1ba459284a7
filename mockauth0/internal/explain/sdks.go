package explain

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/pattern"
)

// sdk is a library that renews, or checks tokens, by what can go wrong with it.
type sdk struct {
	id      string
	aliases []string // its other names: on npm, of scenarios
	never   [][]diagnosis.Code
}

// Groups of causes that a kind of library cannot meet.
var (
	inFrames = codes{diagnosis.ThirdPartyCookiesBlocked, diagnosis.WebOriginMissing, diagnosis.CORSMissing, diagnosis.FramingRefused,
		diagnosis.LoginPageInFrame, diagnosis.ErrorPageInFrame, diagnosis.TargetOriginWrong, diagnosis.ResponseModeWrong,
		diagnosis.MessagePostedTwice, diagnosis.MessageNeverPosted, diagnosis.ForeignMessage, diagnosis.CrossOriginIsolated, diagnosis.TwoSDKs,
		diagnosis.LifetimeOverflowsTimer}
	byMessage = codes{diagnosis.WebOriginMissing, diagnosis.TargetOriginWrong, diagnosis.MessagePostedTwice, diagnosis.MessageNeverPosted,
		diagnosis.ResponseModeWrong}
	signatures = codes{diagnosis.KeyUnknown, diagnosis.JWKSBroken, diagnosis.SignatureWrong, diagnosis.AtHashWrong}
	refreshing = codes{diagnosis.RefreshTokenReused, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenExpired,
		diagnosis.RefreshTokenUnknown, diagnosis.RefreshTokenMissing, diagnosis.AnswerLost}
	foreign = codes{diagnosis.ForeignMessage}
	asking  = codes{diagnosis.NoSession, diagnosis.SessionCookieNotSet, diagnosis.SessionCookieInvalid, diagnosis.SessionIdleExpired,
		diagnosis.SessionAbsoluteExpired, diagnosis.SessionTooOld, diagnosis.SessionOtherConnection, diagnosis.SessionEnded,
		diagnosis.SessionLost, diagnosis.SessionAtOtherDomain, diagnosis.LoggedOut, diagnosis.RenewalAfterLogout, diagnosis.DevKeys,
		diagnosis.ConsentMissing,
		diagnosis.ConsentWithdrawn, diagnosis.ConfirmationNeeded, diagnosis.AccountSelectionNeeded, diagnosis.ActionRedirects,
		diagnosis.CallbackMismatch, diagnosis.GrantTypeDisabled, diagnosis.ClientSecretDemanded, diagnosis.CodeExpired, diagnosis.CodeRefused,
		diagnosis.StateWrong, diagnosis.NonceWrong, diagnosis.AtHashWrong, diagnosis.AppRejectedTheAnswer}
)

// sdks are the libraries that --sdk takes.
func sdks() []sdk {
	return []sdk{
		{"auth0-js", []string{"auth0.js", "tutorial"}, [][]diagnosis.Code{refreshing}},
		{"spa-js", []string{"auth0-spa-js"}, [][]diagnosis.Code{signatures, foreign}},
		{"react", []string{"auth0-react"}, [][]diagnosis.Code{signatures, foreign}},
		{"vue", []string{"auth0-vue"}, [][]diagnosis.Code{signatures, foreign}},
		{"angular", []string{"auth0-angular"}, [][]diagnosis.Code{signatures, foreign}},
		{"oidc-client-ts", []string{"oidc-client", "react-oidc-context"}, [][]diagnosis.Code{signatures, byMessage, foreign}},
		{"nextjs", []string{"nextjs-auth0", "next"}, [][]diagnosis.Code{inFrames}},
		{"express-openid-connect", []string{"express"}, [][]diagnosis.Code{inFrames}},
		{"openid-client", []string{"oauth4webapi"}, [][]diagnosis.Code{inFrames}},
		{"auth0-server-js", []string{"auth0-auth-js"}, [][]diagnosis.Code{inFrames}},
		{"passport-auth0", []string{"passport"}, [][]diagnosis.Code{inFrames}},
		{"native", []string{"auth0.android", "auth0.swift", "react-native-auth0", "auth0-flutter"}, [][]diagnosis.Code{inFrames}},
		{"api", []string{"express-oauth2-jwt-bearer", "express-jwt", "jsonwebtoken", "jose"}, [][]diagnosis.Code{inFrames, refreshing, asking}},
	}
}

// SDKs are the names that --sdk takes.
func SDKs() (ids []string) {
	for _, s := range sdks() {
		ids = append(ids, s.id)
	}
	return ids
}

// version is the end of a scenario's id for an SDK: auth0-js-8.10.1, spa-js-2-refresh.
var version = pattern.Lazy(`(?:[-@]v?\d[\d.]*)?(?:-refresh)?$`)

// SDK finds a library by one of its names: auth0-react, @auth0/auth0-react, react-2-refresh.
func SDK(name string) (id string, known bool) {
	plain := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "@auth0/")
	for _, s := range sdks() {
		for _, alias := range append([]string{s.id}, s.aliases...) {
			if plain == alias || version().ReplaceAllString(plain, "") == alias {
				return s.id, true
			}
		}
	}
	return "", false
}

// withSDK leaves out the causes that a library cannot meet.
func withSDK(causes []diagnosis.Code, id string) []diagnosis.Code {
	i := slices.IndexFunc(sdks(), func(s sdk) bool { return s.id == id })
	if i < 0 {
		return causes
	}
	never := slices.Concat(sdks()[i].never...)
	return slices.DeleteFunc(slices.Clone(causes), func(c diagnosis.Code) bool { return slices.Contains(never, c) })
}
