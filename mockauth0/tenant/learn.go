package tenant

// Learner completes a tenant by what an app asks it for. A server calls it before it judges a request, one call at a time.
type Learner interface {
	// Learn gives what now has to become so that the request can be answered, a new Config, and a name and a value for each thing
	// that is new. nil: now has all that the request names, or may not have it; the request is then judged as it is.
	Learn(now *Config, asked Asked) (next *Config, learned []Learned)
	// Keep lays what was learned so far over a configuration that is about to be loaded.
	Keep(next *Config)
}

// Forker is a Learner that can be given to several tenants: each gets one of its own.
type Forker interface {
	// ForkLearner is a learner that knows what this one has learned so far, and learns on its own from then on.
	ForkLearner() Learner
}

// Rememberer is a Learner whose knowledge goes into a snapshot of its tenant.
type Rememberer interface {
	// Remember is what was learned, as JSON.
	Remember() ([]byte, error)
	// Recall takes what Remember gave in place of what was learned. On an error nothing changes.
	Recall(text []byte) error
}

// Asked is what a request names that a tenant must have. An empty text: it names none.
type Asked struct {
	Login     bool   // it is to log somebody in: /authorize, or the same pushed
	Machine   bool   // the client asks for itself: client_credentials
	ClientID  string // whose request it is
	Secret    string // with which the client says so
	Callback  string // redirect_uri
	Audience  string // the API
	Scope     string // what is asked for, separated by spaces
	LogoutURL string // where a logout is to lead
}

// Learned is one thing that a tenant learned.
type Learned struct {
	Name  string // "client id", "client secret", "audience", "scope", "callback", "logout URL"
	Value string // as the request has it; "" for a secret
}
