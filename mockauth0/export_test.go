package mockauth0

// MountWithoutPlan puts the endpoints of the server's first tenant together anew, with nothing at their seams.
func (s *Server) MountWithoutPlan() error {
	handler, err := s.mount(&s.options, nil)
	if err == nil {
		s.handler = handler
	}
	return err
}
