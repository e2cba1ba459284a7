package strict

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Scalar is a text as a YAML file has it in one line: as it is where that reads as the same text, and in quotes otherwise.
func Scalar(text string) string {
	if strings.Contains(text, "\n") { // YAML would take a block of lines
		quoted, _ := json.Marshal(text) // a string always can be; what is JSON is YAML
		return string(quoted)
	}
	written, _ := yaml.Marshal(text) // likewise
	return strings.TrimSuffix(string(written), "\n")
}
