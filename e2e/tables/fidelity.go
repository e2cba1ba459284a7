package tables

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// factsFile is what mockauth0/testdata/facts.yaml says of Auth0's protocol; its head explains the keys.
type factsFile struct {
	Sections map[string]struct {
		Title   string   `yaml:"title"`
		Sources []string `yaml:"sources"`
	} `yaml:"sections"`
	Later map[string]string `yaml:"later"`
	Facts []fact            `yaml:"facts"`
}

type fact struct {
	ID     string `yaml:"id"`
	Fact   string `yaml:"fact"`
	Tag    string `yaml:"tag"`
	Source string `yaml:"source"`
	Scope  string `yaml:"scope"`
	Reason string `yaml:"reason"`
}

// section is the number that an id begins with.
func (f fact) section() string {
	number, _, _ := strings.Cut(f.ID, "-")
	return number
}

// sureness are the words for the tags.
var sureness = map[string]string{
	"M": "measured", "D": "documented", "S": "SDK source", "I": "confirmed issue", "O": "engine source", "C": "quoted", "~": "assumed",
}

// Fidelity writes down what is known of Auth0's protocol, section by section, and at the end what the tenant does not serve.
func Fidelity(facts []byte) (string, error) {
	var file factsFile
	if err := yaml.Unmarshal(facts, &file); err != nil {
		return "", err
	}
	var b strings.Builder
	served := slices.Clone(file.Facts)
	served = slices.DeleteFunc(served, func(f fact) bool { return f.Scope != "in" })
	assumed := 0
	for _, f := range served {
		if f.Tag == "~" {
			assumed++
		}
	}
	fmt.Fprintf(&b, "\nThe tenant keeps to %d facts, %d of which are assumptions. %d more are known and not served.\n",
		len(served), assumed, len(file.Facts)-len(served))
	for _, number := range sectionsOf(served) {
		section, known := file.Sections[number]
		if !known {
			return "", fmt.Errorf("`sections` has no section %s", number)
		}
		fmt.Fprintf(&b, "\n## %s %s\n\nSources: %s\n\n| id | what Auth0 does | how sure |\n|---|---|---|\n", number, section.Title,
			links(section.Sources))
		for _, f := range served {
			if f.section() == number {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", f.ID, factCell(f.Fact), f.sure())
			}
		}
	}
	b.WriteString("\n## What is not served\n\nThe tenant answers 501 and names what is missing, leaves it out of discovery, or writes a " +
		"warning to its log.\n\n")
	reasons := make([]string, 0, len(file.Later))
	for reason := range file.Later {
		reasons = append(reasons, reason)
	}
	slices.Sort(reasons)
	for _, reason := range reasons {
		var ids []string
		for _, f := range file.Facts {
			if f.Reason == reason {
				ids = append(ids, f.ID)
			}
		}
		fmt.Fprintf(&b, "- %s (%s)\n", factCell(file.Later[reason]), strings.Join(ids, ", "))
	}
	return b.String() + "\n", nil
}

// sectionsOf are the numbers of the sections, in their order.
func sectionsOf(facts []fact) []string {
	var numbers []string
	for _, f := range facts {
		if !slices.Contains(numbers, f.section()) {
			numbers = append(numbers, f.section())
		}
	}
	slices.SortFunc(numbers, func(a, b string) int { return cmp.Or(compareVersions(a, b), cmp.Compare(a, b)) })
	return numbers
}

// sure puts a fact's tag into words, with its own source where it has one.
func (f fact) sure() string {
	var words []string
	for tag := range strings.SplitSeq(f.Tag, "/") {
		words = append(words, sureness[tag])
	}
	out := strings.Join(words, ", ")
	if f.Source != "" {
		out += ": " + link(f.Source)
	}
	return out
}

func links(sources []string) string {
	out := make([]string, len(sources))
	for i, s := range sources {
		out[i] = link(s)
	}
	return strings.Join(out, " · ")
}

// link makes a link of an address, or of repository#number, with a short text.
func link(source string) string {
	if repository, number, ok := strings.Cut(source, "#"); ok && !strings.Contains(source, ":") {
		return fmt.Sprintf("[%s](https://github.com/%s/issues/%s)", source, repository, number)
	}
	text := strings.TrimPrefix(strings.TrimPrefix(source, "https://"), "www.")
	return fmt.Sprintf("[%s](%s)", text, source)
}

// factCell is a fact as it stands in a cell: markup is code or is escaped.
func factCell(text string) string {
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 { // outside of code
			parts[i] = strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`, "[", `\[`).Replace(parts[i])
		} else {
			parts[i] = strings.ReplaceAll(parts[i], "|", `\|`)
		}
	}
	return strings.Join(parts, "`")
}
