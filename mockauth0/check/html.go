package check

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"html/template"
	"time"
)

//go:embed report.html
var reportPage string

// HTML is the report as one page, with the evidence of each finding.
func (r *Report) HTML() ([]byte, error) {
	page, err := template.New("report").Funcs(template.FuncMap{
		"picture": func(png []byte) template.URL {
			return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)) //nolint:gosec // a picture of our own
		},
		"clock":    func(t time.Time) string { return t.UTC().Format("Jan 2 15:04:05.000") },
		"date":     func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") },
		"findings": func() []Result { return r.Findings() },
	}).Parse(reportPage)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = page.Execute(&b, r)
	return b.Bytes(), err
}
