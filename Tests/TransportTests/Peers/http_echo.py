"""An HTTP/1.1 server on Python's own: http_echo.py PORT CERTIFICATE KEY.

A POST's body comes back; how depends on the path: /gzip, /chunked, /close (and the end), /never
(no answer), /slow (after 0.3 s), /cut (half of it and the end), /agent (the User-Agent instead).
"""

import gzip
import http.server
import ssl
import sys
import time


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/agent":
            body = self.headers.get("User-Agent", "").encode()
        if self.path == "/never":
            time.sleep(3600)
        if self.path == "/slow":
            time.sleep(0.3)
        if self.path == "/gzip":
            body = gzip.compress(body)
        self.send_response(200)
        self.send_header("X-Path", self.path)
        if self.path == "/gzip":
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/close":
            self.send_header("Connection", "close")
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            body = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path == "/cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)

    def do_DELETE(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
