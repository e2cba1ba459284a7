package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
)

// serverDir is where host.mjs lives, and where `npm ci` puts the SDKs that it starts.
const (
	serverDir     = "servers"
	serverSDKsDir = serverDir + "/node_modules"
)

// order asks the host for an app. Its members are the ones that the apps in servers/apps take.
type order struct {
	ID           int    `json:"id"`
	App          string `json:"app"`
	Domain       string `json:"domain"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	Audience     string `json:"audience"`
	Code         bool   `json:"code,omitempty"`        // express-openid-connect: the code flow instead of its default
	PAR          bool   `json:"par,omitempty"`         // authorization requests are pushed first (RFC 9126)
	Strict       bool   `json:"strict,omitempty"`      // express-oauth2-jwt-bearer: RFC 9068 tokens only
	Auth0Logout  bool   `json:"auth0Logout,omitempty"` // express-openid-connect: /v2/logout instead of the advertised endpoint
}

// nodeHost is the one Node process of this process: each app in it has a port of its own.
type nodeHost struct {
	process *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Reader
	last    int
}

// The host and the authority that it trusts start when a spec first needs them, and end with the suite.
var (
	serverCA = sync.OnceValues(func() (*mockauth0.CA, error) {
		dir, err := os.MkdirTemp("", "mockauth0-e2e-")
		if err != nil {
			return nil, err
		}
		return mockauth0.OpenCA(dir, nil)
	})
	node *nodeHost
)

// closeServers ends what the specs of server-side SDKs share.
func closeServers() error {
	var errs []error
	if node != nil {
		errs = append(errs, node.close())
	}
	if ca, err := serverCA(); err == nil {
		errs = append(errs, os.RemoveAll(filepath.Dir(ca.File())))
	}
	return errors.Join(errs...)
}

// start makes an app and returns where it lives.
func (h *nodeHost) start(o order) string {
	GinkgoHelper()
	h.last++
	o.ID = h.last
	line, err := json.Marshal(o)
	Expect(err).NotTo(HaveOccurred())
	_, err = h.orders.Write(append(line, '\n'))
	Expect(err).NotTo(HaveOccurred(), "the Node process ended; its complaint is above")
	line, err = h.answers.ReadBytes('\n')
	Expect(err).NotTo(HaveOccurred(), "the Node process ended; its complaint is above")
	var answer struct {
		ID         int
		URL, Error string
	}
	Expect(json.Unmarshal(line, &answer)).To(Succeed(), "%s", line)
	Expect(answer.Error).To(BeEmpty())
	Expect(answer.ID).To(Equal(o.ID))
	return answer.URL
}

// nodeApps is the running Node process. It trusts the tenants' authority as people make it: by NODE_EXTRA_CA_CERTS.
func nodeApps() *nodeHost {
	GinkgoHelper()
	if node != nil {
		return node
	}
	ca, err := serverCA()
	Expect(err).NotTo(HaveOccurred())
	process := exec.Command("node", "host.mjs")
	process.Dir = serverDir
	process.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+ca.File())
	process.Stderr = GinkgoWriter
	orders, err := process.StdinPipe()
	Expect(err).NotTo(HaveOccurred())
	answers, err := process.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(process.Start()).To(Succeed(), "Node.js runs the server-side SDKs: install node")
	node = &nodeHost{process: process, orders: orders, answers: bufio.NewReader(answers)}
	return node
}

// close ends the process: it does so by itself when nobody can order any more.
func (h *nodeHost) close() error {
	return errors.Join(h.orders.Close(), h.process.Wait())
}
