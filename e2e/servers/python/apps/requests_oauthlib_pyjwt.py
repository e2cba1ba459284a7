"""requests-oauthlib, with PyJWT for the ID token."""

import os
import secrets
from urllib.parse import urlencode

import jwt
from flask import Flask, redirect, request
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the app itself is on http


def app(domain, clientId, clientSecret, audience, base, callback, **_):
    web = Flask(__name__)
    issuer = f"https://{domain}/"
    keys = jwt.PyJWKClient(f"{issuer}.well-known/jwks.json")
    scope = ["openid", "profile", "email", "offline_access"]
    kept = {}

    def client():
        return OAuth2Session(clientId, redirect_uri=callback, scope=scope, state=kept.get("state"), token=kept.get("token"))

    def report(token, nonce=None):
        key = keys.get_signing_key_from_jwt(token["id_token"])
        user = jwt.decode(token["id_token"], key.key, algorithms=["RS256"], audience=clientId, issuer=issuer)
        if user.get("nonce") != nonce:
            raise ValueError("the nonce is not the one that was sent")
        kept.update(user=user, token=token)
        return {"user": user, "tokens": {k: token.get(k) for k in ("access_token", "refresh_token", "id_token")}}

    @web.get("/login")
    def login():
        kept["nonce"] = secrets.token_urlsafe()
        address, kept["state"] = client().authorization_url(f"{issuer}authorize", audience=audience, nonce=kept["nonce"], **request.args)
        return redirect(address)

    @web.get("/callback")
    def end():
        return report(client().fetch_token(f"{issuer}oauth/token", authorization_response=request.url, client_secret=clientSecret), kept["nonce"])

    @web.get("/userinfo")
    def userinfo():
        answer = client().get(f"{issuer}userinfo")
        answer.raise_for_status()
        return {"user": answer.json()}

    @web.get("/refresh")
    def refresh():
        token = request.args.get("token", kept["token"]["refresh_token"])
        return report(client().refresh_token(f"{issuer}oauth/token", refresh_token=token, client_id=clientId, client_secret=clientSecret))

    @web.get("/logout")
    def logout():
        kept.clear()
        return redirect(f"{issuer}v2/logout?" + urlencode({"client_id": clientId, "returnTo": base}))

    @web.get("/")
    def index():
        return {"user": kept.get("user")}

    @web.errorhandler(Exception)
    def failed(err):
        body = {"name": type(err).__name__, "message": str(err)}
        if isinstance(err, OAuth2Error):
            body |= {"error": err.error, "description": err.description or ""}
        return body, 400

    return web
