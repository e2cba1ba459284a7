// The app of Auth0's tutorial "JavaScript Token Renewal", written anew for auth0.js 8.10.1.
//
// It keeps the tutorial's weaknesses, because the specs show what they lead to. Do not copy this file:
// hardened/ has the same protocol without the weaknesses.
//
// Calls of `page` only show on the page what happened (page/page.js).

var webAuth = new auth0.WebAuth({
  domain: AUTH0_DOMAIN,
  clientID: AUTH0_CLIENT_ID,
  redirectUri: AUTH0_CALLBACK_URL,
  audience: '{YOUR_API_IDENTIFIER}',
  responseType: 'token id_token',
  scope: 'openid profile email'
});

var tokenRenewalTimeout;

function login() {
  webAuth.authorize();
}

function handleAuthentication() {
  webAuth.parseHash(function(err, authResult) {
    window.history.replaceState(null, '', '/');
    if (authResult && authResult.accessToken && authResult.idToken) {
      setSession(authResult);
      page.loggedIn(authResult);
    } else if (err) {
      console.log(err);
      page.failed(err, 'login');
    }
  });
}

function setSession(authResult) {
  // Set the time that the access token will expire at
  var expiresAt = JSON.stringify(
    authResult.expiresIn * 1000 + new Date().getTime()
  );
  localStorage.setItem('access_token', authResult.accessToken);
  localStorage.setItem('id_token', authResult.idToken);
  localStorage.setItem('expires_at', expiresAt);
  scheduleRenewal();
}

function renewToken() {
  webAuth.renewAuth(
    {
      audience: '{YOUR_API_IDENTIFIER}',
      redirectUri: 'http://localhost:3001/silent',
      usePostMessage: true
    },
    function(err, result) {
      if (err) {
        console.log(err);
        page.failed(err, 'renewal');
      } else {
        setSession(result);
        page.renewed(result);
      }
    }
  );
}

function scheduleRenewal() {
  var expiresAt = JSON.parse(localStorage.getItem('expires_at'));
  var delay = expiresAt - Date.now();
  if (delay > 0) {
    tokenRenewalTimeout = setTimeout(function() {
      renewToken();
    }, delay);
  }
}

function logout() {
  // Clear access token and ID token from local storage
  localStorage.removeItem('access_token');
  localStorage.removeItem('id_token');
  localStorage.removeItem('expires_at');
  clearTimeout(tokenRenewalTimeout);
  page.loggedOut();
}

// The tutorial ends here: logging out of the app leaves the session at the tenant alone, so the next
// login asks for nothing. This button ends both.
function logoutAtTenant() {
  logout();
  webAuth.logout({ returnTo: 'http://localhost:5000' });
}

window.addEventListener('load', function() {
  page.connect({
    login: login,
    renew: renewToken,
    logout: logout,
    logoutAtTenant: logoutAtTenant
  });
  if (window.location.pathname === '/callback') {
    handleAuthentication();
  }
  scheduleRenewal();
});
