"""`kubectl exec`: a program in a pod, its streams as messages of a WebSocket (v5.channel.k8s.io)."""
import base64
import hashlib
import json
import struct
import subprocess
import threading

STDIN, STDOUT, STDERR, ENDING, CLOSED = 0, 1, 2, 3, 255
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT_AND_BINARY, CLOSE, PING, PONG, BINARY = (0, 1, 2), 8, 9, 10, 2


class Socket:
    """One WebSocket, as its server."""

    def __init__(self, handler, protocol):
        self.reader, self.writer, self.lock = handler.rfile, handler.wfile, threading.Lock()
        key = handler.headers["Sec-WebSocket-Key"] + MAGIC
        handler.send_response(101)
        handler.send_header("Upgrade", "websocket")
        handler.send_header("Connection", "Upgrade")
        handler.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        handler.send_header("Sec-WebSocket-Protocol", protocol)
        handler.end_headers()
        self.writer.flush()

    def send(self, kind, payload):
        size = len(payload)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack("!H", size) if size < 1 << 16 else (
            b"\x7f" + struct.pack("!Q", size))
        with self.lock:
            self.writer.write(bytes([0x80 | kind]) + length + payload)
            self.writer.flush()

    def receive(self):
        """The next message with data; None when there is none any more."""
        message = b""
        while len(head := self.reader.read(2)) == 2:
            kind, size = head[0] & 15, head[1] & 127
            if size > 125:
                size = struct.unpack("!H" if size == 126 else "!Q", self.reader.read(2 if size == 126 else 8))[0]
            mask = self.reader.read(4) if head[1] & 128 else bytes(4)
            data = self.reader.read(size)
            key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
            data = (int.from_bytes(data, "big") ^ key).to_bytes(size, "big")
            if kind == CLOSE:
                return None
            if kind == PING:
                self.send(PONG, data)
            if kind in TEXT_AND_BINARY:
                message += data
                if head[0] & 128:
                    return message
        return None


def execute(handler, command, environment):
    """Runs the command with the caller's streams, and says how it ended."""
    socket = Socket(handler, "v5.channel.k8s.io")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment, cwd="/", start_new_session=True)

    def feed():
        try:
            while (message := socket.receive()) is not None:
                if message[:1] == bytes([STDIN]):
                    process.stdin.write(message[1:])
                    process.stdin.flush()
                elif message[:2] == bytes([CLOSED, STDIN]):
                    process.stdin.close()
        except (OSError, ValueError):
            pass

    def drain(pipe, channel):
        while data := pipe.read1(1 << 15):
            socket.send(BINARY, bytes([channel]) + data)

    feeder = threading.Thread(target=feed, daemon=True)
    drains = [threading.Thread(target=drain, args=each, daemon=True)
              for each in ((process.stdout, STDOUT), (process.stderr, STDERR))]
    for thread in (feeder, *drains):
        thread.start()
    for thread in drains:
        thread.join()
    code = process.wait()
    status = {"metadata": {}, "status": "Success"} if code == 0 else {
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]}}
    socket.send(BINARY, bytes([ENDING]) + json.dumps(status).encode())
    socket.send(CLOSE, struct.pack("!H", 1000))
