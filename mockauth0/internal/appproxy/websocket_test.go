package appproxy

import (
	"bufio"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// echo is an app with a WebSocket that sends back what it gets (RFC 6455), as a dev server's hot reload has one.
func echo(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || r.Header.Get("Origin") != "https://"+r.Host {
		http.Error(
			w,
			fmt.Sprintf("Upgrade %q, Origin %q, Host %q", r.Header.Get("Upgrade"), r.Header.Get("Origin"), r.Host),
			http.StatusForbidden,
		)
		return
	}
	c, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(buffered, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]), r.Header.Get("Sec-WebSocket-Protocol"))
	for buffered.Flush() == nil {
		text, err := readFrame(buffered)
		if err != nil {
			return
		}
		buffered.Write(append([]byte{0x81, byte(len(text))}, text...))
	}
}

// readFrame reads a short text frame that is masked, as a browser's are.
func readFrame(r io.Reader) ([]byte, error) {
	head := make([]byte, 6)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	text := make([]byte, head[1]&0x7f)
	_, err := io.ReadFull(r, text)
	for i := range text {
		text[i] ^= head[2+i%4]
	}
	return text, err
}

func frame(text string) []byte {
	mask := []byte{1, 2, 3, 4}
	out := append([]byte{0x81, 0x80 | byte(len(text))}, mask...)
	for i := range len(text) {
		out = append(out, text[i]^mask[i%4])
	}
	return out
}

func TestWebSocketsPass(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(echo))
	defer app.Close()
	p := serve(t, app.URL)
	config := p.tls.Clone()
	config.NextProtos = []string{"http/1.1"} // as browsers ask for WebSockets
	host := strings.TrimPrefix(p.origin, "https://")
	c, err := tls.Dial("tcp", strings.Replace(host, "localhost", "127.0.0.1", 1), config)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /?token=abc HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: %s\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: vite-hmr\r\n\r\n", host, p.origin)
	read := bufio.NewReader(c)
	res, err := http.ReadResponse(read, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" ||
		res.Header.Get("Sec-WebSocket-Protocol") != "vite-hmr" {
		body, _ := io.ReadAll(res.Body)
		t.Fatalf("%s %v %s", res.Status, res.Header, body)
	}
	for _, text := range []string{"ping", "full reload"} {
		if _, err := c.Write(frame(text)); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 2+len(text))
		if _, err := io.ReadFull(read, got); err != nil || string(got[2:]) != text {
			t.Fatalf("%q, %v; want %q back", got, err, text)
		}
	}
	// The socket is open still: the end of the proxy, which the test waits for, ends it.
}
