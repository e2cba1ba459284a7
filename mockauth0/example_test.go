package mockauth0_test

import (
	"fmt"
	"log"
	"net/http"
	"net/url"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
)

func ExampleNew() {
	srv, err := mockauth0.New(mockauth0.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	res, err := srv.Client().Get(srv.URL() + "/.well-known/openid-configuration")
	if err != nil {
		log.Fatal(err)
	}
	res.Body.Close()
	fmt.Println(res.Status)
	fmt.Println(srv.Issuer() == "https://"+srv.Domain()+"/")
	// Output:
	// 200 OK
	// true
}

func ExampleTenant_Arm() {
	srv, err := mockauth0.New(mockauth0.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	// The next silent request of this client fails, once, in the channel that it asks for.
	if _, err := srv.Arm(fault.Fault{
		When:  fault.Match{Client: "My App", Prompt: "none"},
		Times: 1,
		Do:    fault.Effect{Error: "consent_required"},
	}); err != nil {
		log.Fatal(err)
	}
	client := *srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	query := url.Values{"client_id": {srv.Snapshot().ClientByName("My App").ClientID}, "redirect_uri": {"http://localhost:3000"},
		"response_type": {"token"}, "prompt": {"none"}, "state": {"abc"}}
	for range 2 {
		res, err := client.Get(srv.URL() + "/authorize?" + query.Encode())
		if err != nil {
			log.Fatal(err)
		}
		res.Body.Close()
		fmt.Println(res.Header.Get("Location"))
	}
	// Output:
	// http://localhost:3000#error=consent_required&error_description=Consent%20required&state=abc
	// http://localhost:3000#error=login_required&error_description=Login%20required&state=abc
}

func ExampleTenant_Advance() {
	srv, err := mockauth0.New(mockauth0.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	token, err := srv.MintToken(mockauth0.TokenRequest{Client: "My App", User: "ada@example.test"})
	if err != nil {
		log.Fatal(err)
	}
	ask := func() {
		res, err := srv.Client().Get(srv.URL() + "/userinfo?access_token=" + token.AccessToken)
		if err != nil {
			log.Fatal(err)
		}
		res.Body.Close()
		fmt.Println(res.Status)
	}
	ask()
	srv.Advance(time.Duration(token.ExpiresIn) * time.Second)
	ask()
	// Output:
	// 200 OK
	// 401 Unauthorized
}
