// The page of the tutorial's hidden frame, in the forms that people give it.
'use strict';
{
  const webAuth = new auth0.WebAuth({
    domain: config.domain,
    clientID: config.clientID,
    scope: 'openid profile',
    responseType: 'token id_token',
    redirectUri: config.origin,
  });
  const post = (message) => parent.postMessage(message, config.origin);
  const parse = (how) => webAuth.parseHash(how, (error, response) => post(error || response));
  const hash = location.hash;
  ({
    'parses-the-string': () => parse(hash),
    'parses-an-object': () => parse({ hash }),
    'posts-the-hash': () => post(hash),
    'posts-twice': () => {
      post({ type: 'webpackOk' });
      parse(hash);
    },
    'posts-nothing': () => {},
  })[config.form]();
}
