package mail_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/mockauth0test"
)

func TestMailsSayWhatWasSent(t *testing.T) {
	t.Parallel()
	srv := mockauth0test.Start(t)
	if mails := srv.Mails(); len(mails) != 0 {
		t.Fatalf("a new tenant has mails: %+v", mails)
	}
	srv.Freeze()
	now := srv.Now()
	ask := func() {
		t.Helper()
		form := url.Values{
			"client_id": {srv.Snapshot().Clients[0].ClientID}, "connection": {srv.Snapshot().Connections[0].Name}, "email": {"ada@example.test"},
		}
		res, err := srv.Client().PostForm(srv.URL()+"/dbconnections/change_password", form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatal(res.Status)
		}
	}
	ask()
	srv.Advance(time.Minute)
	ask()
	mails := srv.Mails()
	if len(mails) != 2 {
		t.Fatalf("%d mails: %+v", len(mails), mails)
	}
	m := mails[0]
	if m.To != "ada@example.test" || m.Template != event.TemplateResetPassword || m.Subject == "" || m.Code != "" ||
		m.UserID != srv.Snapshot().Users[0].ID || !m.Time.Equal(now) {
		t.Errorf("the first mail: %+v", m)
	}
	if got := mails[1].Time.Sub(m.Time); got != time.Minute {
		t.Errorf("the second came %v later", got)
	}
	for i, want := range []int{http.StatusBadRequest, http.StatusOK} { // only the newest mail's link works
		res, err := srv.Client().Get(mails[i].Link)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("the link of mail %d: %s", i+1, res.Status)
		}
	}
	srv.Reset()
	if mails := srv.Mails(); len(mails) != 0 {
		t.Errorf("after a reset: %+v", mails)
	}
}
