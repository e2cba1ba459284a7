package mockauth0

import "time"

// MountWithoutPlan puts the endpoints of the server's first tenant together anew, with nothing at their seams.
func (s *Server) MountWithoutPlan() { s.handler = s.mount(&s.options, s.shared, nil) }

// SetBodyPatience says how long the body of a request may take.
func SetBodyPatience(o *Options, patience time.Duration) { o.bodyPatience = patience }
