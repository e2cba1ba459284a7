package fault

import "net/url"

var targetOriginKind = kind{
	name:  "target_origin",
	given: func(e *Effect) bool { return e.TargetOrigin != "" },
	check: func(e *Effect, p *Problems) {
		u, err := url.Parse(e.TargetOrigin)
		if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != e.TargetOrigin {
			p.add("do.target_origin", `do.target_origin is %q: give an origin such as "https://other.example", without a path`, e.TargetOrigin)
		}
	},
	acts: responding, where: answering,
}
