"""Starts apps with a Python OAuth library in them, as host.mjs does for Node: the same lines on stdin and stdout, the same routes."""

import importlib
import json
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def start(order):
    server = make_server("127.0.0.1", 0, None, handler_class=Quiet)
    base = f"http://localhost:{server.server_port}"
    app = importlib.import_module(f"apps.{order['app']}").app(base=base, callback=f"{base}/callback", **order)
    server.set_app(app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return base


for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = {"id": order["id"], "url": start(order)}
    except Exception as err:  # whatever a library raises, the spec shall tell
        answer = {"id": order["id"], "error": repr(err)}
    print(json.dumps(answer), flush=True)
