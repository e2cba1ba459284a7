package tenant

import (
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

func (r *reading) connection(t *Config, n *strict.Node, strategy string) {
	section := "connections"
	if strategy != "" {
		section = "databases"
	}
	o := r.Object(n, "connections["+strconv.Itoa(len(t.Connections))+"]", "an entry of "+section)
	if o == nil {
		return
	}
	c := &Connection{Strategy: strategy}
	o.Required("name", "an entry of "+section, &c.Name)
	o.Text("display_name", &c.DisplayName)
	if strategy == "" {
		o.Required("strategy", "connection "+strict.Quoted(c.Name), &c.Strategy)
	} else {
		o.Text("strategy", &c.Strategy)
		among(o, "strategy", c.Strategy, "auth0")
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
	t.Connections = append(t.Connections, c)
}
