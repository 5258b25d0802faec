"""Says to each client which addresses it sees, on port 7 of [::], in the style that the argument names."""

import asyncio
import os
import signal
import socket
import socketserver
import sys


def answer(connection):
    peer, local = connection.getpeername(), connection.getsockname()
    return f"{peer[0]} {peer[1]} {local[0]} {local[1]}\n".encode()


def listener():
    made = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("::", 7))
    made.listen(128)
    return made


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.readline()
        self.wfile.write(answer(self.connection))


class Server(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True


def thread():
    Server(("::", 7), Handler).serve_forever()


def worker(shared):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        connection, _ = shared.accept()
        with connection:
            connection.recv(100)
            connection.sendall(answer(connection))


def prefork():
    shared = listener()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            worker(shared)
        children.append(child)
    try:
        signal.pause()
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
        shared.close()


async def converse(reader, writer):
    await reader.readline()
    writer.write(answer(writer.get_extra_info("socket")))
    await writer.drain()
    writer.close()


async def serve():
    server = await asyncio.start_server(converse, sock=listener())
    async with server:
        await server.serve_forever()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
if sys.argv[1] == "asyncio":
    asyncio.run(serve())
else:
    {"thread": thread, "prefork": prefork}[sys.argv[1]]()
