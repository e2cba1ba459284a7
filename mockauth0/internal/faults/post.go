package faults

import (
	"fmt"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/respond"
)

func newPost(e *fault.Effect) fmt.Stringer { return post{e.Post} }

// post changes how often a web_message page posts its response, and what comes before it.
type post struct{ how string }

func (p post) String() string {
	if p.how == fault.PostForeign {
		return "web_message posted after a foreign one"
	}
	return "web_message posted " + p.how
}

func (post) concerns(subject any) bool { return posts(subject) }

func (p post) ChangeResponse(r *respond.Response) {
	switch p.how {
	case fault.PostTwice:
		r.Post = respond.PostTwice
	case fault.PostNever:
		r.Post = respond.PostNever
	default:
		r.Post = respond.PostForeign
	}
}
