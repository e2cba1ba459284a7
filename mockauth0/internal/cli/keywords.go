package cli

import "encoding/json"

// mappingsVariable is where Auth0's deploy CLI looks for the values of ##KEY## and @@KEY@@ markers, as JSON
// (https://auth0.com/docs/deploy-monitor/deploy-cli-tool/keyword-replacement).
const mappingsVariable = "AUTH0_KEYWORD_REPLACE_MAPPINGS"

// keywords looks up the value of a marker: in the deploy CLI's mappings, else in the environment itself.
func (a *app) keywords() (func(key string) (string, bool), error) {
	written := a.env.get(mappingsVariable)
	if written == "" {
		return a.env.Lookup, nil
	}
	var mappings map[string]json.RawMessage
	if err := json.Unmarshal([]byte(written), &mappings); err != nil || mappings == nil {
		return nil, refuse(`%s is no JSON object; expected one such as {"ENVIRONMENT": "dev", "ORIGINS": ["http://localhost:3000"]}`,
			mappingsVariable)
	}
	return func(key string) (string, bool) {
		value, ok := mappings[key]
		if !ok {
			return a.env.Lookup(key)
		}
		var text string
		if json.Unmarshal(value, &text) == nil {
			return text, true
		}
		return string(value), true // a list, an object or a number, as JSON
	}, nil
}
