"""The plainest sender: hands every connection to [::]:80 to the datagram socket at the path that the argument names."""

import array
import socket
import sys

listener = socket.create_server(("::", 80), family=socket.AF_INET6, dualstack_ipv6=True, backlog=1024)
print("ready", flush=True)
while True:
    connection, _ = listener.accept()
    rights = array.array("i", [connection.fileno()])
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)], 0, sys.argv[1])
    connection.close()
