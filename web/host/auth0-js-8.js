// auth0.js 8.12 is published as sources for a bundler; the rest is as for the others.
window.auth0 = require('auth0-js-8');
require('./auth0-js.js');
