// The settings of the sample app. The Go server of this folder fills them in; when you serve the files
// yourself, write your own values here.
var AUTH0_DOMAIN = 'YOUR_AUTH0_DOMAIN';
var AUTH0_CLIENT_ID = 'YOUR_CLIENT_ID';
var AUTH0_CALLBACK_URL = 'http://localhost:5000/callback';

// Used only in the advice that the page gives when the browser blocks the tenant's cookie.
var SAME_SITE_ADDRESS = 'YOUR_SAME_SITE_ADDRESS';
