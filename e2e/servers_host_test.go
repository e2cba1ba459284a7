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
	Type         string `json:"type,omitempty"`        // express-openid-connect: its response_type, when not the default
	PAR          bool   `json:"par,omitempty"`         // authorization requests are pushed first (RFC 9126)
	Backchannel  bool   `json:"backchannel,omitempty"` // the app keeps its sessions, and takes logout tokens
	Strict       bool   `json:"strict,omitempty"`      // express-oauth2-jwt-bearer: RFC 9068 tokens only
	Key          string `json:"key,omitempty"`         // PEM: the client proves who it is by it, and not by the secret
	Alg          string `json:"alg,omitempty"`         // of ID tokens, when not RS256
}

// An appHost is a process in which apps with SDKs of its language run, each on a port of its own.
type appHost struct {
	process *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Reader
	last    int
}

// A language of server-side SDKs, and how its host is started.
type language struct {
	command []string
	dir     string
	trust   []string // environment variables that name the authority, as people set them
}

var javascript = &language{command: []string{"node", "host.mjs"}, dir: serverDir, trust: []string{"NODE_EXTRA_CA_CERTS"}}

// The hosts and the authority that they trust start when a spec first needs them, and end with the suite.
var (
	serverCA = sync.OnceValues(func() (mockauth0.CA, error) {
		dir, err := os.MkdirTemp("", "mockauth0-e2e-")
		if err != nil {
			return nil, err
		}
		return mockauth0.OpenCA(dir, nil)
	})
	hosts = map[*language]*appHost{}
)

// closeServers ends what the specs of server-side SDKs share.
func closeServers() error {
	var errs []error
	for _, h := range hosts {
		errs = append(errs, h.close())
	}
	if ca, err := serverCA(); err == nil {
		errs = append(errs, os.RemoveAll(filepath.Dir(ca.File())))
	}
	return errors.Join(errs...)
}

// start makes an app and returns where it lives.
func (h *appHost) start(o order) string {
	GinkgoHelper()
	h.last++
	o.ID = h.last
	line, err := json.Marshal(o)
	Expect(err).NotTo(HaveOccurred())
	_, err = h.orders.Write(append(line, '\n'))
	Expect(err).NotTo(HaveOccurred(), "the host ended; its complaint is above")
	line, err = h.answers.ReadBytes('\n')
	Expect(err).NotTo(HaveOccurred(), "the host ended; its complaint is above")
	var answer struct {
		ID         int
		URL, Error string
	}
	Expect(json.Unmarshal(line, &answer)).To(Succeed(), "%s", line)
	Expect(answer.Error).To(BeEmpty())
	Expect(answer.ID).To(Equal(o.ID))
	return answer.URL
}

// host is the running process of a language.
func (l *language) host() *appHost {
	GinkgoHelper()
	if hosts[l] != nil {
		return hosts[l]
	}
	ca, err := serverCA()
	Expect(err).NotTo(HaveOccurred())
	process := exec.Command(l.command[0], l.command[1:]...)
	process.Dir, process.Env, process.Stderr = l.dir, os.Environ(), GinkgoWriter
	for _, name := range l.trust {
		process.Env = append(process.Env, name+"="+ca.File())
	}
	orders, err := process.StdinPipe()
	Expect(err).NotTo(HaveOccurred())
	answers, err := process.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(process.Start()).To(Succeed(), "%s runs server-side SDKs: install it", l.command[0])
	hosts[l] = &appHost{process: process, orders: orders, answers: bufio.NewReader(answers)}
	return hosts[l]
}

// close ends the process: it does so by itself when nobody can order any more.
func (h *appHost) close() error {
	return errors.Join(h.orders.Close(), h.process.Wait())
}
