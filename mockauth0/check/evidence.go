package check

import (
	"encoding/json"

	"renewal.example/mockauth0/browser"
)

// mostLines is how many of the newest lines evidence has.
const mostLines = 80

// evidence is what the World has of what was just seen, without secrets.
func (s *scene) evidence() Evidence {
	var lines []Line
	for _, l := range s.World.Timeline() {
		lines = append(lines, Line{Tenant: l.Tenant, Source: l.Source, Text: l.Text, Bad: l.Bad})
	}
	if len(lines) > mostLines {
		lines = lines[len(lines)-mostLines:]
	}
	if text, err := json.Marshal(lines); err == nil {
		var clean []Line
		if json.Unmarshal(browser.JSONWithoutSecrets(text, s.World.Secrets()), &clean) == nil {
			lines = clean
		}
	}
	for i, l := range lines {
		lines[i].Text = shorten(l.Text)
	}
	picture, err := s.Page.Screenshot()
	if err != nil {
		picture = nil // the page is gone, and the lines tell
	}
	return Evidence{Lines: lines, Picture: picture}
}

// mostText is how much of a line is kept: addresses with tokens have thousands of characters.
const mostText = 300

func shorten(text string) string {
	runes := []rune(text)
	if len(runes) <= mostText {
		return text
	}
	return string(runes[:mostText-1]) + "…"
}
