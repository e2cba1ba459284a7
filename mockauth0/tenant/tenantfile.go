package tenant

import (
	"path"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// tenantFile reads tenant.yaml, the deploy CLI's export, into t.
func (r *reading) tenantFile(t *Config, root *strict.Node) {
	top := r.Object(root, "", "the document")
	if top == nil {
		return
	}
	r.fileReferences(root, "")
	if o := readSection(top, "tenant", "tenant"); o != nil {
		r.settings(&t.Settings, o)
	}
	if o := readSection(top, "prompts", "prompts"); o != nil { // most of it is texts of pages
		o.Flag("identifier_first", &t.Settings.IdentifierFirst)
		experience := "new"
		if t.Settings.ClassicLogin {
			experience = "classic"
		}
		o.Text("universal_login_experience", &experience)
		among(o, "universal_login_experience", experience, loginExperiences)
		t.Settings.ClassicLogin = experience == "classic"
		o.Slips("prompts")
	}
	for _, n := range top.List("pages") {
		r.page(&t.Settings, n)
	}
	for _, n := range top.List("clients") {
		r.client(t, n)
	}
	for _, n := range top.List("databases") {
		r.connection(t, n, "auth0")
	}
	for _, n := range top.List("connections") {
		r.connection(t, n, "")
	}
	for _, n := range top.List("resourceServers") {
		r.resourceServer(t, n)
	}
	if grants := top.Get("clientGrants"); grants != nil { // they have no names, so a list replaces the one before
		t.ClientGrants = nil
	}
	for _, n := range top.List("clientGrants") {
		r.clientGrant(t, n)
	}
	if protection := readSection(top, "attackProtection", "tenant.attackProtection"); protection != nil {
		readAttackProtection(protection, &t.Settings.MaxAttempts)
	}
	r.guardian(&t.Settings, top)
	for _, n := range top.List("organizations") {
		r.organization(t, n)
	}
	if domains := top.Get("customDomains"); domains != nil {
		t.CustomDomains = nil
	}
	for _, n := range top.List("customDomains") {
		r.customDomain(t, n)
	}
	for _, n := range top.List("roles") {
		r.role(t, n)
	}
	top.Finish("tenant.yaml", exportSections, false)
}

// readSection is a child whose path in the model has another name than its key.
func readSection(o *strict.Object, key, modelPath string) *strict.Object {
	n := o.Get(key)
	if n == nil {
		return nil
	}
	return o.Object(n, modelPath, key)
}

// among refuses a value that is not one of the allowed (space-separated) ones; "" is not set.
func among(o *strict.Object, key, value, allowed string) {
	if value == "" {
		return
	}
	if message := notAmong(key, value, allowed); message != "" {
		o.Found.Refuse(o.Places[o.Path+"."+key], "%s", message)
	}
}

// fileReferences looks for files that an export refers to. This mock reads the error page alone, and a directory that points
// outside of itself is refused all the same: it would not work anywhere else.
func (r *reading) fileReferences(n *strict.Node, key string) {
	for _, item := range n.Items {
		r.fileReferences(item, key)
	}
	for _, m := range n.Members {
		r.fileReferences(m.Value, m.Key)
	}
	if n.Kind != strict.KindString || strings.ContainsAny(n.Text, "\n<") || holdsURLs(key) {
		return
	}
	target := strings.ReplaceAll(n.Text, `\`, "/")
	relative := strings.HasPrefix(target, "./") || strings.HasPrefix(target, "../")
	absolute := strings.HasPrefix(target, "/") && strings.Contains(" script html code body custom_login_page ", " "+key+" ")
	if absolute || relative && strings.HasPrefix(path.Clean(target)+"/", "../") {
		r.Found.Refuse(r.At(n), "%s refers to %s, outside of the tenant directory; expected a path inside it, such as ./pages/login.html",
			key, strict.Quoted(n.Text))
	}
}

// holdsURLs tells keys whose values are addresses, not files.
func holdsURLs(key string) bool {
	for _, end := range []string{"url", "urls", "uri", "origins", "callbacks"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}
