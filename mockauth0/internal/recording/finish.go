package recording

// Finish takes out of everything kept the secrets that became known only later in the file, and sorts.
func (r *Recording) Finish(red *Redactor) {
	for _, e := range r.Exchanges {
		for name, value := range e.Request.Params {
			if name != "client_id" {
				e.Request.Params[name] = red.known(value)
			}
		}
		for name, value := range e.Response.Headers {
			e.Response.Headers[name] = red.known(value)
		}
		for _, text := range []*string{
			&e.Path, &e.Request.Origin, &e.Request.Referer, &e.Response.Location, &e.Response.Failure, &e.Response.Error,
			&e.Response.Description, &e.Response.Scope, &e.Response.Target, &e.Response.Issuer,
		} {
			*text = red.known(*text)
		}
		for i := range e.Response.Tokens {
			t := &e.Response.Tokens[i]
			t.Issuer = red.known(t.Issuer)
			for j := range t.Audience {
				t.Audience[j] = red.known(t.Audience[j])
			}
		}
		if e.Log != nil {
			for _, text := range []*string{&e.Log.Description, &e.Log.ClientName, &e.Log.Connection, &e.Log.Strategy} {
				*text = red.known(*text)
			}
			for i := range e.Log.Allowed {
				e.Log.Allowed[i] = red.known(e.Log.Allowed[i])
			}
		}
	}
	for _, list := range [][]string{r.Notes, r.Skipped} {
		for i := range list {
			list[i] = red.known(list[i])
		}
	}
	r.Sort()
}
