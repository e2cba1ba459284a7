package browser

import "fmt"

// action is something that a spec did as a person would: a click, a typed text, a reload. Evidence shows it, so that what
// the browser and the tenant did can be read as an answer to it.
type action struct {
	Moment // when it took effect; when it failed, the moment it was given up
	Tab    int
	Text   string
	Err    error
}

// begin starts an action in the page, or (nil) in all of them. The caller must end it.
func (w *World) begin(p *Page, text string) *action {
	a := &action{Moment: w.now(), Text: text}
	if p != nil {
		a.Tab = p.number
	}
	return a
}

// end puts the action on record, with the error that it ended with.
func (w *World) end(a *action, err *error) {
	if *err != nil {
		a.Moment, a.Err = w.now(), *err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.actions = append(w.actions, *a)
}

// actionsDone lists them as lines. The tab is named only where there was more than one.
func (w *World) actionsDone() []line {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []line
	for _, a := range w.actions {
		l := line{Source: "spec", Text: a.Text, Begins: true}
		if a.Tab > 0 && w.tabs > 1 {
			l.Text = fmt.Sprintf("tab %d: %s", a.Tab, a.Text)
		}
		if a.Err != nil {
			l.Bad, l.Text = true, l.Text+" failed: "+a.Err.Error()
		}
		out = append(out, l.at(a.Moment))
	}
	return out
}

// keysPressed describes keys by name, but not the characters: they may be those of a password.
func keysPressed(keys []string) string {
	text, characters := "press", 0
	flush := func() {
		if characters > 0 {
			text += fmt.Sprintf(" %d characters", characters)
			if characters == 1 {
				text = text[:len(text)-1]
			}
		}
		characters = 0
	}
	for _, k := range keys {
		if len([]rune(k)) == 1 {
			characters++
			continue
		}
		flush()
		text += " " + k
	}
	flush()
	return text
}
