"""Serves the repositories of a folder over smart HTTP, on a free port of loopback that it prints: `http-backend.py FOLDER`.

What git's own CGI program answers, and nothing else.
"""
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FROM_REQUEST = {
    "CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length", "GIT_PROTOCOL": "Git-Protocol",
    "HTTP_CONTENT_ENCODING": "Content-Encoding",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        variables = {
            **os.environ, "GIT_PROJECT_ROOT": sys.argv[1], "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_ADDR": self.client_address[0],
        }
        variables |= {name: self.headers[header] for name, header in FROM_REQUEST.items() if header in self.headers}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # Until its end: a worker that held on to the CGI program's stdout would keep the pusher waiting here.
        answer = subprocess.run(["git", "http-backend"], env=variables, input=body, stdout=subprocess.PIPE).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        status = [value for name, value in headers if name == "Status"]
        self.send_response_only(int(status[0].split()[0]) if status else 200)
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
