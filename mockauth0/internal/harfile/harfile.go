// Package harfile has the parts of an HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/) that viewers
// read. Members that begin with an underscore are this project's own.
package harfile

import "time"

// Version is that of the format.
const Version = "1.2"

// File is the whole of it.
type File struct {
	Log Log `json:"log"`
}

// New makes an archive without entries.
func New(creator string) File {
	return File{Log: Log{Version: Version, Creator: Creator{Name: creator, Version: "1"}, Entries: []Entry{}}}
}

// Log holds the entries, and who wrote them.
type Log struct {
	Version string  `json:"version"`
	Creator Creator `json:"creator"`
	Entries []Entry `json:"entries"`
	Comment string  `json:"comment,omitempty"`
}

// Creator is the program that wrote the archive.
type Creator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Entry is one exchange. Time is in milliseconds, -1 when there was no answer.
type Entry struct {
	Started  time.Time `json:"startedDateTime"`
	Time     float64   `json:"time"`
	Request  Request   `json:"request"`
	Response Response  `json:"response"`
	Cache    struct{}  `json:"cache"`
	Timings  Timings   `json:"timings"`

	TenantTime  time.Time `json:"_tenantTime"`           // when it started, by the tenant's clock
	BrowserTime time.Time `json:"_browserTime,omitzero"` // the same by the browser's, where one was driven
	Type        string    `json:"_resourceType"`         // as browsers name it: document, fetch, …
	Error       string    `json:"_error,omitempty"`      // why there is no answer
	Endpoint    string    `json:"_endpoint,omitempty"`   // the tenant's name for what was asked
	ClientID    string    `json:"_clientId,omitempty"`   // the app that asked
	TenantLog   []string  `json:"_tenantLog,omitempty"`  // what the tenant logged, as "fsa: Login required"
}

// Pair is a header, a cookie or a parameter.
type Pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Request is what was sent.
type Request struct {
	Method      string `json:"method"`
	URL         string `json:"url"`
	HTTPVersion string `json:"httpVersion"`
	Cookies     []Pair `json:"cookies"`
	Headers     []Pair `json:"headers"`
	QueryString []Pair `json:"queryString"`
	PostData    *Post  `json:"postData,omitempty"`
	HeadersSize int    `json:"headersSize"`
	BodySize    int    `json:"bodySize"`
}

// Post is the body of a request.
type Post struct {
	MimeType string `json:"mimeType"`
	Params   []Pair `json:"params"`
	Text     string `json:"text"`
}

// Response is what came back.
type Response struct {
	Status      int     `json:"status"`
	StatusText  string  `json:"statusText"`
	HTTPVersion string  `json:"httpVersion"`
	Cookies     []Pair  `json:"cookies"`
	Headers     []Pair  `json:"headers"`
	Content     Content `json:"content"`
	RedirectURL string  `json:"redirectURL"`
	HeadersSize int     `json:"headersSize"`
	BodySize    int     `json:"bodySize"`
}

// Content is the body of a response.
type Content struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"` // base64, or empty
}

// Timings are the phases of an exchange, in milliseconds; -1 is unknown.
type Timings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}
