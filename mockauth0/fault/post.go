package fault

import "renewal.example/mockauth0/internal/respond"

func postGroup() group {
	return responding("post", func(e *Effect) bool { return e.Post != "" },
		func(e *Effect, p *Problems) { among(p, "do.post", e.Post, "twice", "never", "foreign") },
		func(e *Effect) any {
			return post{e.Post, map[string]respond.Post{"twice": respond.PostTwice, "never": respond.PostNever, "foreign": respond.PostForeign}[e.Post]}
		})
}

// post changes how often a web_message page posts its response, and what comes before it.
type post struct {
	name string
	how  respond.Post
}

func (p post) String() string {
	if p.name == "foreign" {
		return "web_message posted after a foreign one"
	}
	return "web_message posted " + p.name
}

func (post) concerns(subject any) bool { return posts(subject) }

func (p post) ChangeResponse(r *respond.Response) { r.Post = p.how }
