"""Authlib in Flask, as in Auth0's quickstart."""

from urllib.parse import urlencode

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session


def app(domain, clientId, clientSecret, audience, base, callback, **_):
    web = Flask(__name__)
    web.secret_key = "a secret for the cookies of the app itself"
    client = OAuth(web).register(
        "auth0",
        client_id=clientId,
        client_secret=clientSecret,
        client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256"},
        server_metadata_url=f"https://{domain}/.well-known/openid-configuration",
    )
    kept = {}

    def report(token):
        kept.update(token)
        return {"user": kept.get("userinfo"), "tokens": {k: token.get(k) for k in ("access_token", "refresh_token", "id_token")}}

    @web.get("/login")
    def login():
        return client.authorize_redirect(redirect_uri=callback, audience=audience, **request.args)

    @web.get("/callback")
    def end():
        return report(client.authorize_access_token())

    @web.get("/userinfo")
    def userinfo():
        return {"user": client.userinfo(token=kept)}

    @web.get("/refresh")
    def refresh():
        token = client.fetch_access_token(grant_type="refresh_token", refresh_token=request.args.get("token", kept["refresh_token"]))
        token["userinfo"] = client.parse_id_token(token, nonce=None)
        return report(token)

    @web.get("/logout")
    def logout():
        kept.clear()
        session.clear()
        return redirect(f"https://{domain}/v2/logout?" + urlencode({"client_id": clientId, "returnTo": base}))

    @web.get("/")
    def index():
        return {"user": kept.get("userinfo")}

    @web.errorhandler(Exception)
    def failed(err):
        return {
            "error": getattr(err, "error", ""),
            "description": getattr(err, "description", "") or "",
            "name": type(err).__name__,
            "message": str(err),
        }, 400

    return web
