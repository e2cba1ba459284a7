package e2e

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Evidence of a failed spec", Label("evidence"), func() {
	It("has a directory of its own, though many names differ only at their end", func() {
		long := strings.Repeat("a claim of many words, ", 10)
		names := map[string]string{}
		for _, spec := range []string{"short (tutorial)", "short (hardened)", long + "(tutorial)", long + "(hardened)", long + "10 minutes ahead", long + "-10 minutes ahead"} {
			name := evidenceName(spec)
			Expect(names).NotTo(HaveKey(name), "%q and %q", spec, names[name])
			names[name] = spec
			Expect(name).To(MatchRegexp("^[a-zA-Z0-9-]{1,128}$"))
		}
		Expect(names).To(HaveKey("short-tutorial-"), "a short name is readable as it is")
	})
})

// evidenceName turns the full text of a spec into the name of its directory. What was cut off counts by its hash.
func evidenceName(spec string) string {
	const most = 120
	name := regexp.MustCompile(`[^a-zA-Z0-9]+`).ReplaceAllString(spec, "-")
	if len(name) <= most {
		return name
	}
	sum := sha256.Sum256([]byte(spec))
	return fmt.Sprintf("%s-%x", name[:most], sum[:3])
}
