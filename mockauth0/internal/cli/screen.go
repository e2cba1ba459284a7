package cli

import (
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"renewal.example/mockauth0/internal/terminal"
)

// styleOf is what whoever reads w can show: colour, links and lines of the right width on a terminal, plain text elsewhere.
func (e Environment) styleOf(w io.Writer) terminal.Style {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return terminal.Style{Color: e.forcesColor()}
	}
	style := terminal.Style{Color: e.showsColor(), Links: e.showsLinks()}
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
		style.Width = columns
	}
	return style
}

// forcesColor tells whether colour is wanted wherever the text goes (https://bixense.com/clicolors/); NO_COLOR is stronger.
func (e Environment) forcesColor() bool {
	force := e.get("CLICOLOR_FORCE")
	return force != "" && force != "0" && e.get("NO_COLOR") == ""
}

// showsColor tells whether a terminal shows colour, and the person wants it (https://no-color.org).
func (e Environment) showsColor() bool {
	switch {
	case e.get("NO_COLOR") != "":
		return false
	case e.forcesColor():
		return true
	case e.get("CLICOLOR") == "0", e.get("TERM") == "dumb":
		return false
	case e.GOOS == "windows": // an old console shows the sequences themselves
		return e.get("WT_SESSION") != "" || e.get("TERM") != "" || e.get("TERM_PROGRAM") != ""
	}
	return e.get("TERM") != ""
}

// showsLinks tells whether a terminal is known to make addresses clickable by OSC 8. Others may show the sequence.
func (e Environment) showsLinks() bool {
	kind := e.get("TERM")
	if kind == "dumb" || strings.HasPrefix(kind, "screen") || strings.HasPrefix(kind, "tmux") || e.get("TMUX") != "" || e.get("STY") != "" {
		return false
	}
	switch e.get("TERM_PROGRAM") {
	case "iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "WarpTerminal":
		return true
	}
	if vte, err := strconv.Atoi(e.get("VTE_VERSION")); err == nil && vte >= 5000 { // GNOME Terminal and its relatives, since 0.50
		return true
	}
	return e.get("WT_SESSION") != "" || e.get("KONSOLE_VERSION") != "" || strings.HasPrefix(kind, "xterm-kitty") ||
		strings.HasPrefix(kind, "alacritty") || strings.HasPrefix(kind, "foot") || strings.HasPrefix(kind, "xterm-ghostty")
}

// styled is a writer that knows what its reader can show.
type styled struct {
	io.Writer
	style terminal.Style
}

// widthOf is the number of columns of who reads w; 0: lines are not broken.
func widthOf(w io.Writer) int {
	switch w := w.(type) {
	case *output:
		return w.style.Width
	case styled:
		return w.style.Width
	}
	return 0
}
