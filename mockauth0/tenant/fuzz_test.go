package tenant_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/tenant"
)

// Whatever a directory holds, Load gives a tenant that is valid or Problems with sensible positions, and never panics.
func FuzzLoad(f *testing.F) {
	dirs, err := filepath.Glob("testdata/bad/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, dir := range append(dirs, "testdata/export", "../../fixtures/tenants/tutorial") {
		var content [3][]byte
		for i, name := range []string{"tenant.yaml", "users.json", "mock.yaml"} {
			content[i], _ = os.ReadFile(filepath.Join(dir, name)) // not every case has every file
		}
		f.Add(content[0], content[1], content[2])
	}
	f.Fuzz(func(t *testing.T, tenantFile, usersFile, mockFile []byte) {
		files := fstest.MapFS{"tenant.yaml": {Data: tenantFile}}
		if len(usersFile) > 0 {
			files["users.json"] = &fstest.MapFile{Data: usersFile}
		}
		if len(mockFile) > 0 {
			files["mock.yaml"] = &fstest.MapFile{Data: mockFile}
		}
		loaded, err := tenant.Load(files, "t", tenant.LoadOptions{Env: bindings})
		var problems tenant.Problems
		switch {
		case err == nil:
			if err := loaded.Clone().Validate(); err != nil {
				t.Errorf("what loads is not valid: %v", err)
			}
		case !errors.As(err, &problems) || len(problems) == 0:
			t.Errorf("the error is %T: %v", err, err)
		}
		for _, p := range problems {
			if p.Line < 0 || p.Line > 0 && p.Column < 1 || p.Message == "" || p.File == "" {
				t.Errorf("a bad position: %+v", p)
			}
		}
	})
}
