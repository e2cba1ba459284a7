package control_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// described is the document with its schemas, which in OpenAPI 3.1 are JSON Schema 2020-12.
type described struct {
	root       any
	operations map[string]operation // by method and path, "GET /__mock/v1/clock"
	compiler   *jsonschema.Compiler

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema // by where they stand
}

// operation is one of the document.
type operation struct {
	at          string // where it stands, as a JSON pointer (RFC 6901)
	ID          string `json:"operationId"`
	Parameters  []map[string]any
	RequestBody *struct {
		Required bool
		Content  map[string]any
	}
	Responses map[string]any
}

const documentURL = "file:///openapi.json"

// document reads it once for all tests.
var document = sync.OnceValue(func() *described {
	d := &described{operations: map[string]operation{}, compiled: map[string]*jsonschema.Schema{}}
	if err := d.read(); err != nil {
		panic(err)
	}
	return d
})

func (d *described) read() error {
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		return err
	}
	var loose any
	if err := yaml.Unmarshal(raw, &loose); err != nil {
		return err
	}
	text, err := json.Marshal(loose)
	if err != nil {
		return err
	}
	if d.root, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
		return err
	}
	var parts struct {
		Paths map[string]map[string]operation
	}
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	for path, methods := range parts.Paths {
		for method, op := range methods {
			op.at = "/paths/" + escaped(path) + "/" + method
			d.operations[strings.ToUpper(method)+" "+path] = op
		}
	}
	d.compiler = jsonschema.NewCompiler()
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	return d.compiler.AddResource(documentURL, d.root)
}

func escaped(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
}

// judge holds a value to the schema that stands somewhere in the document.
func (d *described) judge(at string, value any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	schema := d.compiled[at]
	if schema == nil {
		var err error
		if schema, err = d.compiler.Compile(documentURL + "#" + at); err != nil {
			return err
		}
		d.compiled[at] = schema
	}
	return schema.Validate(value)
}

// judgeText is judge for JSON.
func (d *described) judgeText(at string, raw []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return d.judge(at, value)
}

// of finds the operation of a request. A path that is written out comes before one with a placeholder.
func (d *described) of(method, path string) (operation, bool) {
	if op, ok := d.operations[method+" "+path]; ok {
		return op, true
	}
	for name, op := range d.operations {
		pattern := regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(name), `[^/]+`)
		if ok, _ := regexp.MatchString("^"+pattern+"$", method+" "+path); ok {
			return op, true
		}
	}
	return operation{}, false
}

// parameter resolves a parameter of an operation.
func (d *described) parameter(p map[string]any) (at string, out map[string]any) {
	at, _ = p["$ref"].(string)
	name := at[strings.LastIndexByte(at, '/')+1:]
	all := d.root.(map[string]any)["components"].(map[string]any)["parameters"].(map[string]any)
	out, _ = all[name].(map[string]any)
	return strings.TrimPrefix(at, "#"), out
}

// serve is tenanttest.Serve with a client that holds every exchange with the control API to the document.
func serve(t testing.TB, change func(*tenant.Config)) *mockauth0.Server {
	t.Helper()
	s := tenanttest.Serve(t, change)
	watch(t, s)
	return s
}

func watch(t testing.TB, s *mockauth0.Server) {
	s.Client().Transport = &watched{t, s.Client().Transport}
}

// watched carries requests and compares them and their answers with the document.
type watched struct {
	testing.TB
	http.RoundTripper
}

func (w *watched) CloseIdleConnections() {
	w.RoundTripper.(interface{ CloseIdleConnections() }).CloseIdleConnections()
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, "/__mock/") {
		return w.RoundTripper.RoundTrip(r)
	}
	var asked []byte
	if r.Body != nil && r.Body != http.NoBody {
		var err error
		if asked, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(asked))
	}
	res, err := w.RoundTripper.RoundTrip(r)
	if err != nil || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return res, err
	}
	if mediaType, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); mediaType == "text/event-stream" {
		return res, nil
	}
	answered, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(answered))
	if err := document().compare(r, asked, res, answered); err != nil {
		w.Errorf("%s %s %s: %s\n%s\n%v", r.Method, r.URL, asked, res.Status, answered, err)
	}
	return res, nil
}

// compare is an error when an answer is not as the document says, or something was taken that it does not have.
func (d *described) compare(r *http.Request, asked []byte, res *http.Response, answered []byte) error {
	op, ok := d.of(r.Method, r.URL.Path)
	if !ok {
		if res.StatusCode == http.StatusMethodNotAllowed || res.StatusCode == http.StatusNotFound {
			return nil
		}
		return fmt.Errorf("the document has no such operation")
	}
	if res.StatusCode < 300 {
		if err := d.compareRequest(op, r, asked); err != nil {
			return fmt.Errorf("this was taken, and the document does not have it: %w", err)
		}
	}
	status := strconv.Itoa(res.StatusCode)
	at := op.at + "/responses/" + status
	if declared, ok := op.Responses[cmp.Or(map[bool]string{true: status}[op.Responses[status] != nil], "default")].(map[string]any); !ok {
		return fmt.Errorf("the document does not have this status")
	} else if ref, ok := declared["$ref"].(string); ok {
		at = strings.TrimPrefix(ref, "#")
	} else if res.StatusCode >= 300 {
		return fmt.Errorf("the document does not have this status")
	}
	mediaType, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if mediaType != "application/json" {
		return nil
	}
	return d.judgeText(at+"/content/application~1json/schema", answered)
}

func (d *described) compareRequest(op operation, r *http.Request, asked []byte) error {
	for name, values := range r.URL.Query() {
		i := slices.IndexFunc(op.Parameters, func(p map[string]any) bool {
			_, parameter := d.parameter(p)
			return parameter["in"] == "query" && parameter["name"] == name
		})
		if i < 0 {
			return fmt.Errorf("the parameter %s", name)
		}
		at, _ := d.parameter(op.Parameters[i])
		if err := d.judge(at+"/schema", text(values[0])); err != nil {
			return err
		}
	}
	if op.RequestBody == nil || len(asked) == 0 {
		if op.RequestBody != nil && op.RequestBody.Required || len(asked) > 0 && string(asked) != "{}" {
			return fmt.Errorf("a body, or none")
		}
		return nil
	}
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != "application/json" {
		return nil
	}
	return d.judgeText(op.at+"/requestBody/content/application~1json/schema", asked)
}

// text is a parameter as its schema sees it.
func text(value string) any {
	if _, err := strconv.ParseUint(value, 10, 64); err == nil {
		return json.Number(value)
	}
	return value
}

// routes are what a tenant serves of its control API, by what it answers to an unknown path.
func routes(t *testing.T, p *tenanttest.Person) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`(/__mock/\S+) \(([A-Z, ]+)\)`).FindAllStringSubmatch(p.Get("/__mock/nowhere").Text, -1) {
		for method := range strings.SplitSeq(m[2], ", ") {
			out = append(out, method+" "+m[1])
		}
	}
	slices.Sort(out)
	return out
}

// TestTheDocumentHasEveryRoute and no other.
func TestTheDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	got, want := slices.Sorted(maps.Keys(document().operations)), routes(t, tenanttest.Browse(t, tenanttest.Serve(t, nil)))
	for _, one := range want {
		if !slices.Contains(got, one) {
			t.Errorf("openapi.yaml does not have %s", one)
		}
	}
	for _, one := range got {
		if !slices.Contains(want, one) {
			t.Errorf("openapi.yaml has %s, which is no route", one)
		}
	}
	if len(want) < 20 {
		t.Errorf("there are %d routes", len(want))
	}
}

// TestTheDocumentIsOpenAPI by the schema of the OpenAPI Initiative (https://spec.openapis.org/oas/3.1/schema/2022-10-07), and each of
// its schemas is one.
func TestTheDocumentIsOpenAPI(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/openapi-3.1-schema.json")
	if err != nil {
		t.Fatal(err)
	}
	meta, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("file:///oas31.json", meta); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("file:///oas31.json")
	if err != nil {
		t.Fatal(err)
	}
	d := document()
	if err := schema.Validate(d.root); err != nil {
		t.Errorf("%#v", err)
	}
	ids := map[string]string{}
	for name, op := range d.operations {
		if ids[op.ID] != "" || op.ID == "" {
			t.Errorf("%s and %s are both %q", name, ids[op.ID], op.ID)
		}
		ids[op.ID] = name
		for _, p := range op.Parameters {
			if at, parameter := d.parameter(p); parameter == nil {
				t.Errorf("%s: there is no parameter %s", name, at)
			}
		}
	}
	for name := range d.root.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any) {
		d.mu.Lock()
		_, err := d.compiler.Compile(documentURL + "#/components/schemas/" + name)
		d.mu.Unlock()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryObjectOfTheDocumentIsClosed: a member that is in no schema must not pass for one that is, in either direction.
func TestEveryObjectOfTheDocumentIsClosed(t *testing.T) {
	t.Parallel()
	var walk func(at string, node any, within bool)
	walk = func(at string, node any, within bool) {
		switch v := node.(type) {
		case []any:
			for i, one := range v {
				walk(fmt.Sprintf("%s/%d", at, i), one, within)
			}
		case map[string]any:
			_, properties := v["properties"].(map[string]any)
			if properties && v["additionalProperties"] == nil && v["unevaluatedProperties"] == nil && !within {
				t.Errorf("%s takes any further member", at)
			}
			for name, one := range v {
				walk(at+"/"+name, one, v["unevaluatedProperties"] == false)
			}
		}
	}
	walk("", document().root.(map[string]any)["paths"], false)
	schemas := document().root.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	for name, schema := range schemas {
		if name == "Event" { // its oneOf are parts of it
			if schema.(map[string]any)["unevaluatedProperties"] != false {
				t.Error("Event takes any further member")
			}
			continue
		}
		walk(name, schema, false)
	}
}

// TestTheDocumentIsServed as JSON, of which clients are made.
func TestTheDocumentIsServed(t *testing.T) {
	t.Parallel()
	var served struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	body := tenanttest.Browse(t, serve(t, nil)).Get("/__mock/v1/openapi.json").Text
	if err := json.Unmarshal([]byte(body), &served); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, methods := range served.Paths {
		n += len(methods)
	}
	if served.OpenAPI != "3.1.0" || n != len(document().operations) {
		t.Errorf("%s with %d operations, want %d", served.OpenAPI, n, len(document().operations))
	}
}

// TestNobodyTakesAMemberThatTheDocumentDoesNotHave: a misspelt one must not be taken for none, here or in a client that was made of
// the document.
func TestNobodyTakesAMemberThatTheDocumentDoesNotHave(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for name, op := range document().operations {
		if op.RequestBody == nil {
			continue
		}
		method, path, _ := strings.Cut(name, " ")
		path = regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, url.PathEscape(s.Snapshot().Users[0].ID))
		a := p.Ask(method, path, `{"surplus":1}`, "Content-Type", "application/json")
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.Text, "surplus") {
			t.Errorf("%s answers %s %s", name, a.Status, a.Text)
		}
		err := document().judgeText(op.at+"/requestBody/content/application~1json/schema", []byte(`{"surplus":1}`))
		if err == nil || !strings.Contains(err.Error(), "surplus") && !strings.Contains(err.Error(), "maxProperties") {
			t.Errorf("%s: the document lets it through: %v", name, err)
		}
	}
}
