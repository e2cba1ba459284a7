package explain

import (
	"strings"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/pattern"
)

// Texts and causes that several rules share.
const (
	unreadable    = "A fetch failed, and the browser does not tell the page why. Its console and its network panel do."
	brokeOff      = "The connection broke while the request was under way."
	neverLeft     = "The request did not reach a server, so the tenant knows nothing of it."
	noTrust       = "The server's certificate is not trusted, or TLS could not be agreed on, so no request was sent."
	tooSlow       = "The SDK or the HTTP client gave up waiting for the answer."
	notReadable   = "The answer is not what it should be: cut, empty, or no JSON."
	fetchStopped  = "A fetch was stopped before its answer came. SDKs stop their own when it takes too long; leaving the page stops it too."
	networkOfPage = "The network, the browser or something installed in it stopped the request before it was sent."
)

// fetchFailed are the causes of a fetch that failed without a reason that the page may know.
var fetchFailed = codes{diagnosis.CORSMissing, diagnosis.RequestNeverCame, diagnosis.ConnectionCut, diagnosis.TLSFailed,
	diagnosis.AnswerUnusable}

// askConsole says where the reason of a failed fetch stands.
var askConsole = []string{"Read the browser's console and the request in its network panel: " +
	"net::ERR_…, CORS and the like name the reason."}

// The families of network errors.
var (
	cut       = answer{meaning: brokeOff, causes: codes{diagnosis.ConnectionCut, diagnosis.AnswerLost}}
	neverSent = answer{meaning: neverLeft, causes: codes{diagnosis.RequestNeverCame}}
	prevented = answer{meaning: networkOfPage, causes: codes{diagnosis.RequestNeverCame}}
	untrusted = answer{meaning: noTrust, causes: codes{diagnosis.TLSFailed}}
	late      = answer{meaning: tooSlow, causes: codes{diagnosis.AnswerLate, diagnosis.RequestNeverCame, diagnosis.ConnectionCut}}
	unusable  = answer{meaning: notReadable, causes: codes{diagnosis.AnswerUnusable, diagnosis.ServerError, diagnosis.RequestNeverCame}}
	stopped   = answer{meaning: fetchStopped, causes: codes{diagnosis.AnswerLate, diagnosis.ConnectionCut, diagnosis.RequestNeverCame}}
	looped    = answer{meaning: "App and tenant lead to each other without an end: the app does not accept what it gets and starts over.",
		causes: codes{diagnosis.AppRejectedTheAnswer, diagnosis.RenewalStorm, diagnosis.LoginPageInFrame}}
	isolated = answer{meaning: "The page is cross-origin isolated (Cross-Origin-Embedder-Policy), and the frame's page does not opt in.",
		causes: codes{diagnosis.CrossOriginIsolated}}
	unexplainedFetch = answer{meaning: unreadable, causes: fetchFailed, ask: askConsole}
	fetchOfNode      = answer{meaning: "A fetch of a server (Node) failed. Its message does not tell why; there is no CORS on a server.",
		guess:  true,
		causes: codes{diagnosis.RequestNeverCame, diagnosis.ConnectionCut, diagnosis.TLSFailed, diagnosis.AnswerLate},
		ask:    []string{"Log the error's cause (error.cause): Node keeps the reason there, such as ECONNREFUSED or ENOTFOUND."}}
)

// networkCode is a family of codes: those that begin so and, after it, those that are exactly this.
type networkCode struct {
	prefixes []string
	exactly  []string
	answer
}

// networkCodes are the codes of browsers, Node and libraries for HTTP, the most particular first: Chromium's net/base/net_error_list.h,
// Firefox' NS_ERROR, SSL_ERROR, SEC_ERROR and MOZILLA_PKIX_ERROR, Node's system and TLS errors, undici and axios.
var networkCodes = []networkCode{
	{exactly: []string{"err_too_many_redirects", "ns_error_redirect_loop"}, answer: looped},
	{exactly: []string{"err_blocked_by_csp"}, answer: answer{meaning: "A content security policy of your page stops the request.",
		causes: codes{diagnosis.RequestNeverCame}}},
	{
		prefixes: []string{"err_cert_", "err_ssl_", "err_tls_", "err_bad_ssl_", "sec_error_", "ssl_error_", "mozilla_pkix_error_", "cert_"},
		exactly: []string{
			"unable_to_verify_leaf_signature", "unable_to_get_issuer_cert", "unable_to_get_issuer_cert_locally", "self_signed_cert_in_chain",
			"depth_zero_self_signed_cert", "hostname_mismatch", "eproto", "err_certificate_transparency_required", "err_ech_not_negotiated",
			"err_no_ssl_versions_enabled", "invalid_ca", "path_length_exceeded", "invalid_purpose", "ns_error_net_inadequate_security",
		}, answer: untrusted,
	},
	{
		prefixes: []string{"err_http2_", "err_quic_", "err_spdy_"},
		exactly: []string{
			"err_connection_reset", "err_connection_closed", "err_connection_aborted", "err_network_changed", "err_empty_response",
			"err_incomplete_chunked_encoding", "err_socket_not_connected", "econnreset", "epipe", "und_err_socket", "und_err_closed",
			"und_err_destroyed", "ns_error_net_reset", "ns_error_net_interrupt", "ns_error_net_partial_transfer", "err_stream_premature_close",
			"err_content_length_mismatch",
		}, answer: cut,
	},
	{
		prefixes: []string{"err_name_", "err_dns_", "err_proxy_", "err_tunnel_", "err_socks_", "err_address_", "err_blocked_by_local"},
		exactly: []string{
			"err_connection_refused", "err_connection_failed", "err_internet_disconnected", "err_connection_timed_out", "econnrefused", "enotfound",
			"eai_again", "ehostunreach", "enetunreach", "enetdown", "und_err_connect_timeout", "ns_error_connection_refused",
			"ns_error_unknown_host", "ns_error_offline", "ns_error_unknown_proxy_host", "ns_error_proxy_connection_refused",
			"err_mandatory_proxy_configuration_failed", "err_network_io_suspended", "err_icann_name_collision", "err_unknown_url_scheme",
			"err_unsafe_port", "err_cleartext_not_permitted", "err_insufficient_resources",
		}, answer: neverSent,
	},
	{
		exactly: []string{"err_blocked_by_client", "err_blocked_by_administrator", "err_network_access_denied", "err_context_shut_down",
			"err_blocked_by_private_network_access_checks", "ns_error_blocked_by_policy", "ns_error_interception_failed",
			"ns_error_tracking_uri"},
		answer: prevented,
	},
	{
		exactly: []string{"err_timed_out", "etimedout", "esockettimedout", "und_err_headers_timeout", "und_err_body_timeout", "econnaborted",
			"ns_error_net_timeout", "err_http_request_timeout", "oauth_timeout"},
		answer: late,
	},
	{
		exactly: []string{"err_response_headers_too_big", "err_invalid_response", "err_invalid_http_response", "err_content_decoding_failed",
			"err_response_body_too_big_to_drain", "hpe_invalid_constant", "hpe_header_overflow", "und_err_headers_overflow",
			"und_err_res_content_length_mismatch", "oauth_response_is_not_json", "oauth_parse_error"},
		answer: unusable,
	},
	{exactly: []string{"und_err_aborted", "err_canceled", "abort_err", "aborterror", "oauth_abort", "ns_binding_aborted"}, answer: stopped},
	{exactly: []string{"err_aborted"}, answer: answer{
		meaning: "The browser gave the request up: the page was left, the frame was removed, or the answer was a download or nothing.",
		guess:   true,
		causes:  codes{diagnosis.RequestNeverCame, diagnosis.AnswerLate, diagnosis.ConnectionCut}}},
}

// byTenantsNetwork answers for a network error within the tenant's own answer: it is the tenant that met it, and not the app.
func byTenantsNetwork(r reading) (answer, bool) {
	if _, ok := byNetworkCode(r); !ok || !r.has("access_denied") {
		return answer{}, false
	}
	return answer{
		meaning: "The tenant answers that something of its own met a network error: an Action, a Rule, or the script of a connection.",
		guess:   true,
		causes:  codes{diagnosis.ActionDenied, diagnosis.ServerError},
	}, true
}

// byNetworkCode answers for a code of a browser's or of Node's network.
func byNetworkCode(r reading) (answer, bool) {
	if r.says("err_blocked_by_response") {
		if strings.Contains(r.text, "bycoep") || strings.Contains(r.text, "coepframe") || strings.Contains(r.text, "notsameorigin") {
			return isolated, true
		}
		return framed, true
	}
	for _, family := range networkCodes {
		if r.has(family.exactly...) || r.begins(family.prefixes...) {
			return family.answer, true
		}
	}
	if m := foundationCode().FindStringSubmatch(r.text); m != nil {
		a, ok := foundation[m[1]]
		return a, ok
	}
	return answer{}, false
}

// begins tells whether a word of the text begins so. A code has more than one part.
func (r reading) begins(prefixes ...string) bool {
	for id := range r.idents {
		for _, p := range prefixes {
			if len(id) > len(p) && strings.HasPrefix(id, p) {
				return true
			}
		}
	}
	return false
}

// foundationCode is how Apple's systems number their network errors.
var foundationCode = pattern.Lazy(`(?:nsurlerrordomain|kcferrordomaincfnetwork)\W+(?:error|code)?\W*(-\d{3,4})\b`)

// foundation are Apple's numbers (https://developer.apple.com/documentation/foundation/urlerror).
var foundation = map[string]answer{
	"-999": stopped, "-1001": late, "-1003": neverSent, "-1004": neverSent, "-1005": cut, "-1006": neverSent, "-1007": looped,
	"-1009": neverSent, "-1011": unusable, "-1017": unusable, "-1018": neverSent, "-1020": neverSent, "-1022": neverSent, "-1200": untrusted,
	"-1201": untrusted, "-1202": untrusted, "-1203": untrusted, "-1204": untrusted, "-1205": untrusted, "-1206": untrusted,
}
