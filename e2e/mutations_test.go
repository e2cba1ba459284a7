package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"
	"go.yaml.in/yaml/v3"
)

// A mutation whose spec has another name by now would be found out when the mutations are run: that is seldom.
var _ = ReportAfterSuite("mutations name specs that there are", func(r Report) {
	files, err := filepath.Glob("mutations/*.yaml")
	Expect(err).NotTo(HaveOccurred())
	Expect(files).NotTo(BeEmpty())
	var lost []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		var mutations []struct{ Name, Spec string }
		Expect(yaml.Unmarshal(content, &mutations)).To(Succeed(), file)
		for _, m := range mutations {
			if m.Spec == "" {
				continue
			}
			wanted, err := regexp.Compile(m.Spec)
			Expect(err).NotTo(HaveOccurred(), "%s: %s", file, m.Name)
			if !slices.ContainsFunc(r.SpecReports, func(s types.SpecReport) bool { return wanted.MatchString(s.FullText()) }) {
				lost = append(lost, file+": "+m.Name+": no spec matches "+m.Spec)
			}
		}
	}
	Expect(lost).To(BeEmpty())
})
