package check

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Date     string      `xml:"timestamp,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit is the report as JUnit's XML: a test case for each check, a failure for each finding; what was not made is skipped.
func (r *Report) JUnit() ([]byte, error) {
	suite := junitSuite{
		Name: "mockauth0 check " + r.App, Tests: len(r.Results), Failures: len(r.Findings()),
		Skipped: len(r.having(NotChecked)) + len(r.having(DoesNotApply)), Time: fmt.Sprintf("%.3f", r.Took.Seconds()),
		Date: r.Date.UTC().Format(time.DateOnly + "T" + time.TimeOnly),
	}
	for _, result := range r.Results {
		c := junitCase{Class: "mockauth0.check", Name: result.ID + ": " + result.Title}
		switch result.Outcome {
		case Found:
			var texts []string
			for _, seen := range result.Seen {
				texts = append(texts, seen.Text)
			}
			c.Failure = &junitMessage{Message: texts[0], Type: string(result.Severity),
				Text: strings.Join(texts, "\n") + "\nWhy: " + result.Why + "\nRemedy: " + result.Remedy + "\n"}
		case NotChecked, DoesNotApply:
			c.Skipped = &junitMessage{Message: string(result.Outcome) + ": " + result.Reason}
		}
		suite.Cases = append(suite.Cases, c)
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}
