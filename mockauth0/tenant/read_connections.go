package tenant

import (
	"renewal.example/mockauth0/internal/strict"
)

func (r *reading) connection(t *Config, n *strict.Node, strategy string) {
	section := "connections"
	if strategy != "" {
		section = "databases"
	}
	name := named(n, "name")
	c, place := entry(r, t.Connections, func(c *Connection) bool { return c.Name == name }, &Connection{Strategy: strategy})
	o := r.Object(n, connectionPath(place), "an entry of "+section)
	if o == nil {
		return
	}
	o.Required("name", "an entry of "+section, &c.Name)
	o.Text("display_name", &c.DisplayName)
	if strategy == "" && c.Strategy == "" {
		o.Required("strategy", "connection "+strict.Quoted(c.Name), &c.Strategy)
	} else {
		o.Text("strategy", &c.Strategy)
		if strategy != "" {
			among(o, "strategy", c.Strategy, "auth0")
		}
	}
	o.Texts("enabled_clients", &c.EnabledClients)
	// The options differ for every strategy, and hold much that is not modelled: only slips in our own matter.
	if options := o.Child("options"); options != nil {
		if c.Database() {
			readDatabase(options, c)
		}
		options.Slips("options of " + strict.Quoted(c.Name))
	}
	o.Finish("connection "+strict.Quoted(c.Name), connectionKeys, false)
	put(&t.Connections, c, place)
}
