package browser

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
)

// Locator finds one element of a page, anew at every use, by what a person perceives: role and name, label, text, or by
// its test id. Every action waits until exactly one such element can be acted on.
type Locator struct {
	page *Page
	what string
	find func(session) ([]proto.DOMBackendNodeID, error)
}

// ByRole finds by ARIA role and accessible name ("" for any): ByRole("button", "Log in").
func (p *Page) ByRole(role, name string) Locator {
	what := role
	if name != "" {
		what = fmt.Sprintf("%s %q", role, name)
	}
	return Locator{p, what, func(s session) ([]proto.DOMBackendNodeID, error) { return queryAX(s, role, name, nil) }}
}

// ByLabel finds a form control by its accessible name.
func (p *Page) ByLabel(label string) Locator {
	controls := []string{
		"textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "spinbutton", "slider", "listbox", "DateTime", "Date",
	}
	return Locator{p, fmt.Sprintf("form control labelled %q", label), func(s session) ([]proto.DOMBackendNodeID, error) {
		return queryAX(s, "", label, controls)
	}}
}

// ByTestID finds by the data-testid attribute.
func (p *Page) ByTestID(id string) Locator {
	quoted, _ := json.Marshal(id)
	return p.bySelector(fmt.Sprintf("test id %q", id), "[data-testid="+string(quoted)+"]")
}

// BySelector finds by a CSS selector, for pages that are not ours.
func (p *Page) BySelector(css string) Locator { return p.bySelector("selector "+css, css) }

func (p *Page) bySelector(what, css string) Locator {
	return Locator{p, what, func(s session) ([]proto.DOMBackendNodeID, error) {
		quoted, _ := json.Marshal(css)
		return nodes(s, "[...document.querySelectorAll("+string(quoted)+")]")
	}}
}

// ByText finds the innermost elements whose whole text is the given one.
func (p *Page) ByText(text string) Locator {
	quoted, _ := json.Marshal(text)
	return Locator{p, fmt.Sprintf("text %q", text), func(s session) ([]proto.DOMBackendNodeID, error) {
		return nodes(s,
			`[...document.querySelectorAll('body *')].filter(e => !['SCRIPT', 'STYLE', 'TEMPLATE'].includes(e.tagName) && e.textContent.trim() === `+
				string(quoted)+` && ![...e.children].some(c => c.textContent.trim() === e.textContent.trim()))`)
	}}
}

// queryAX finds elements in the accessibility tree; roles: those that count, nil: all.
func queryAX(s session, role, name string, roles []string) ([]proto.DOMBackendNodeID, error) {
	found, err := accessible(s, role, name)
	if err != nil {
		return nil, err
	}
	var out []proto.DOMBackendNodeID
	for _, n := range found {
		if roles == nil || hasRole(n, roles) {
			out = append(out, n.BackendDOMNodeID)
		}
	}
	return out, nil
}

// accessible asks the accessibility tree, which is what a screen reader would read, for the elements with a role and a name; "": with any.
func accessible(s session, role, name string) ([]*proto.AccessibilityAXNode, error) {
	root, err := proto.RuntimeEvaluate{Expression: "document"}.Call(s)
	if err != nil {
		return nil, err
	}
	found, err := proto.AccessibilityQueryAXTree{ObjectID: root.Result.ObjectID, Role: role, AccessibleName: name}.Call(s)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found.Nodes, func(n *proto.AccessibilityAXNode) bool { return n.Ignored || n.BackendDOMNodeID == 0 }), nil
}

func hasRole(n *proto.AccessibilityAXNode, roles []string) bool {
	return n.Role != nil && slices.Contains(roles, n.Role.Value.Str())
}

// nodes turns an expression for an array of elements into node ids.
func nodes(s session, expression string) ([]proto.DOMBackendNodeID, error) {
	list, err := proto.RuntimeEvaluate{Expression: expression}.Call(s)
	if err != nil {
		return nil, err
	}
	if list.ExceptionDetails != nil {
		return nil, errors.New(exceptionText(list.ExceptionDetails))
	}
	members, err := proto.RuntimeGetProperties{ObjectID: list.Result.ObjectID, OwnProperties: true}.Call(s)
	if err != nil {
		return nil, err
	}
	var out []proto.DOMBackendNodeID
	for _, m := range members.Result {
		if !m.Enumerable || m.Value == nil || m.Value.ObjectID == "" {
			continue
		}
		d, err := proto.DOMDescribeNode{ObjectID: m.Value.ObjectID}.Call(s)
		if err != nil {
			return nil, err
		}
		out = append(out, d.Node.BackendNodeID)
	}
	return out, nil
}

// Count is how many elements match now, hidden ones included.
func (l Locator) Count() (int, error) {
	s, cancel := l.page.on()
	defer cancel()
	found, err := l.find(s)
	return len(found), l.page.explain(err)
}

const visible = `e => {
	const r = e.getBoundingClientRect();
	return r.width > 0 && r.height > 0 && e.checkVisibility({ visibilityProperty: true });
}`

// use waits for exactly one match that passes ready (a function of an element) and runs action on it.
func (l Locator) use(verb, ready string, action func(session, proto.RuntimeRemoteObjectID) error) error {
	return l.page.waitUntil("can "+verb+" "+l.what, func(s session) (bool, string, error) {
		found, err := l.find(s)
		if err != nil {
			return false, err.Error(), nil
		}
		if len(found) != 1 {
			return false, fmt.Sprintf("%d elements match", len(found)), nil
		}
		object, err := proto.DOMResolveNode{BackendNodeID: found[0]}.Call(s)
		if err != nil {
			return false, err.Error(), nil
		}
		if ready != "" {
			var is bool
			if err := callOn(s, object.Object.ObjectID, ready, &is); err != nil || !is {
				return false, cmp.Or(errorText(err), "it is not shown, or disabled"), nil
			}
		}
		if err := action(s, object.Object.ObjectID); err != nil {
			return false, err.Error(), nil
		}
		return true, "", nil
	})
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// callOn calls a JavaScript function of an element.
func callOn(s session, object proto.RuntimeRemoteObjectID, function string, out any) error {
	r, err := proto.RuntimeCallFunctionOn{
		FunctionDeclaration: "function () { return (" + function + ")(this) }", ObjectID: object, ReturnByValue: true, AwaitPromise: true,
	}.Call(s)
	if err != nil {
		return err
	}
	if r.ExceptionDetails != nil {
		return errors.New(exceptionText(r.ExceptionDetails))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal([]byte(r.Result.Value.JSON("", "")), out)
}

const enabled = `e => (` + visible + `)(e) && !e.matches(':disabled')`

// middle is where a click on an element goes, and what lies over it there.
const middle = `e => {
	const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2, top = e.getRootNode().elementFromPoint(x, y);
	return { x, y, over: top === e || e.contains(top) ? '' : top ? top.tagName.toLowerCase() : 'something outside of the window' };
}`

// Click clicks the middle of the element with the mouse.
func (l Locator) Click() (err error) {
	w := l.page.world
	d := w.begin(l.page, "click "+l.what)
	defer w.end(d, &err)
	// Rod's Click waits without a bound for a repaint, which may not come: in a hidden tab, or where scripts are disabled.
	return l.use("click", enabled, func(s session, object proto.RuntimeRemoteObjectID) error {
		if err := (proto.DOMScrollIntoViewIfNeeded{ObjectID: object}).Call(s); err != nil {
			return err
		}
		var at struct {
			X, Y float64
			Over string
		}
		if err := callOn(s, object, middle, &at); err != nil {
			return err
		}
		if at.Over != "" {
			return fmt.Errorf("%s covers it", at.Over)
		}
		d.Moment = w.now()
		return press(s, object, at.X, at.Y)
	})
}

// watchPress tells whether a press meets the element. Where it does not, since the page has moved meanwhile, nothing else gets it
// either. The answer is undefined where no event came, as in a page without scripts.
const watchPress = `e => {
	const view = e.ownerDocument.defaultView, kinds = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'], seen = {};
	let shown = e; // a closed shadow tree is seen as its host
	for (let root = e.getRootNode(); root.host; root = root.host.getRootNode()) if (root.mode === 'closed') shown = root.host;
	const look = event => {
		if (!event.isTrusted) return;
		seen.met ??= event.composedPath().includes(shown);
		if (seen.met) return;
		event.preventDefault();
		event.stopImmediatePropagation();
	};
	for (const kind of kinds) view.addEventListener(kind, look, true);
	seen.end = () => { for (const kind of kinds) view.removeEventListener(kind, look, true); return seen.met !== false; };
	return seen;
}`

// press presses the mouse at a place where the element was a moment ago.
func press(s session, object proto.RuntimeRemoteObjectID, x, y float64) error {
	watch, err := proto.RuntimeCallFunctionOn{
		FunctionDeclaration: "function () { return (" + watchPress + ")(this) }", ObjectID: object,
	}.Call(s)
	if err != nil {
		return err
	}
	for _, step := range []proto.InputDispatchMouseEvent{
		{Type: proto.InputDispatchMouseEventTypeMouseMoved},
		{Type: proto.InputDispatchMouseEventTypeMousePressed, Button: proto.InputMouseButtonLeft, ClickCount: 1},
		{Type: proto.InputDispatchMouseEventTypeMouseReleased, Button: proto.InputMouseButtonLeft, ClickCount: 1},
	} {
		step.X, step.Y = x, y
		if err := step.Call(s); err != nil {
			return err
		}
	}
	met := true
	// An error: the press led to another page.
	if err := callOn(s, watch.Result.ObjectID, `seen => seen.end()`, &met); err == nil && !met {
		return errors.New("it moved away as it was pressed")
	}
	return nil
}

// fill replaces the text of a field as by typing. It is one step for the page: what takes the focus right after does not get the text.
const fill = `(e, text) => {
	e.focus();
	e.select?.();
	return text ? document.execCommand('insertText', false, text) : !e.value || document.execCommand('delete');
}`

// secretive says whether the text of a field must not be shown.
const secretive = `e => e.type === 'password' || /password/.test(e.autocomplete ?? '')`

// Fill replaces the text of a field as by typing.
func (l Locator) Fill(text string) (err error) {
	w := l.page.world
	d := w.begin(l.page, "fill "+l.what)
	defer w.end(d, &err)
	return l.use("fill", enabled, func(s session, object proto.RuntimeRemoteObjectID) error {
		secret := true
		if err := callOn(s, object, secretive, &secret); err != nil {
			return err
		}
		d.Moment, d.Text = w.now(), fmt.Sprintf("fill %s with %q", l.what, text)
		if secret {
			d.Text = "fill " + l.what + " with a secret"
		}
		quoted, _ := json.Marshal(text)
		var filled bool
		if err := callOn(s, object, fmt.Sprintf("e => (%s)(e, %s)", fill, quoted), &filled); err != nil {
			return err
		}
		if !filled {
			return errors.New("it takes no text")
		}
		return nil
	})
}

// Focus moves the keyboard focus to the element.
func (l Locator) Focus() (err error) {
	w := l.page.world
	d := w.begin(l.page, "focus "+l.what)
	defer w.end(d, &err)
	return l.use("focus", visible, func(s session, object proto.RuntimeRemoteObjectID) error {
		return callOn(s, object, `e => e.focus()`, nil)
	})
}

// Text is what the element shows, as a person reads it.
func (l Locator) Text() (text string, err error) {
	err = l.use("read", "", func(s session, object proto.RuntimeRemoteObjectID) error {
		return callOn(s, object, `e => e.innerText ?? e.textContent`, &text)
	})
	return text, err
}

// Value is what a form control holds.
func (l Locator) Value() (value string, err error) {
	err = l.use("read", "", func(s session, object proto.RuntimeRemoteObjectID) error {
		return callOn(s, object, `e => String(e.value)`, &value)
	})
	return value, err
}

// WaitVisible waits until exactly one such element is shown.
func (l Locator) WaitVisible() error {
	return l.use("see", visible, func(session, proto.RuntimeRemoteObjectID) error { return nil })
}

// WaitGone waits until no such element is shown.
func (l Locator) WaitGone() error {
	return l.page.waitUntil(l.what+" is gone", func(s session) (bool, string, error) {
		found, err := l.find(s)
		if err != nil {
			return false, err.Error(), nil
		}
		for _, id := range found {
			object, err := proto.DOMResolveNode{BackendNodeID: id}.Call(s)
			var shown bool
			if err == nil {
				err = callOn(s, object.Object.ObjectID, visible, &shown)
			}
			if err != nil || shown {
				return false, cmp.Or(errorText(err), "it is still shown"), nil
			}
		}
		return true, "", nil
	})
}

// WaitText waits until the element's text satisfies want, which what describes: "says Logged in".
func (l Locator) WaitText(what string, want func(string) bool) error {
	return l.page.waitUntil(l.what+" "+what, func(s session) (bool, string, error) {
		found, err := l.find(s)
		if err != nil || len(found) != 1 {
			return false, cmp.Or(errorText(err), fmt.Sprintf("%d elements match", len(found))), nil
		}
		object, err := proto.DOMResolveNode{BackendNodeID: found[0]}.Call(s)
		var text string
		if err == nil {
			err = callOn(s, object.Object.ObjectID, `e => e.innerText ?? e.textContent`, &text)
		}
		if err != nil {
			return false, err.Error(), nil
		}
		return want(text), fmt.Sprintf("it says %q", text), nil
	})
}

func keyNamed(name string) (input.Key, error) {
	named := map[string]input.Key{
		"Tab": input.Tab, "Enter": input.Enter, "Escape": input.Escape, "Space": input.Space, "Backspace": input.Backspace,
		"ArrowUp": input.ArrowUp, "ArrowDown": input.ArrowDown, "ArrowLeft": input.ArrowLeft, "ArrowRight": input.ArrowRight,
		"Home": input.Home, "End": input.End,
	}
	if k, ok := named[name]; ok {
		return k, nil
	}
	if r, size := utf8.DecodeRuneInString(name); size == len(name) && size > 0 {
		return input.Key(r), nil
	}
	return 0, fmt.Errorf("%q: %w; use Tab, Enter, Escape, Space, Backspace, Home, End, Arrow… or one character", name, errNoKey)
}
