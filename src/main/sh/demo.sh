# The demonstration: a client in a network namespace of its own connects to many addresses of one prefix, and three
# receivers answer, each in a namespace that has no network at all. Sourced by bin/socketbox-demo.
# No namespace has a name: each ends with its last process.
# shellcheck shell=sh disable=SC2154 # self is set by the script that sources this one.
set -eu

bin=${self%/*}
PATH=$PATH:/usr/sbin:/sbin
prefix=2001:db8:1::/64

usage() {
    cat <<EOF
usage: socketbox-demo [--once | --stay] [--loopback]
  --once      make one round of connections and exit: 0 if every answer was right (the default without a terminal)
  --stay      stay up after it until Ctrl-C (the default on a terminal)
  --loopback  do without namespaces: addresses of this machine's loopback, and a free port
EOF
}

once=
where=
for option in "$@"; do
    case $option in
    --once) once=yes ;;
    --stay) once=no ;;
    --loopback) where=loopback ;;
    --inside=*) where=${option#*=} ;;
    --help) usage && exit ;;
    *) usage >&2 && exit 1 ;;
    esac
done
[ -n "$once" ] || [ -t 0 ] || once=yes

# Where we can, we start anew in a network namespace: it is the front, where the server listens.
if [ -z "$where" ]; then
    if unshare -n ip link set lo up 2>/dev/null; then
        exec unshare -n "$self" "$@" --inside=namespace
    elif unshare -Urn ip link set lo up 2>/dev/null; then
        exec unshare -Urn "$self" "$@" --inside=user-namespace
    fi
    echo "No right to make namespaces here (or no ip command): using the loopback addresses of this machine."
    where=loopback
fi

processes=
# shellcheck disable=SC2086,SC2317 # A list of numbers; called by the trap.
clean() {
    trap '' INT TERM HUP
    [ -z "$processes" ] || kill $processes 2>/dev/null || true
    wait
    rm -rf "$dir"
}
dir=$(mktemp -d "${TMPDIR:-/tmp}/socketbox-demo.XXXXXX")
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# isolated COMMAND...: in a network namespace of its own, whose only interface is a loopback that is down; and, like the
# server, in a session of its own: Ctrl-C reaches this script alone, which ends the others in order.
isolated() {
    [ "$where" = loopback ] || set -- unshare -n "$@"
    exec setsid "$@"
}

in_client() {
    [ "$where" = loopback ] || set -- nsenter -t "$client" -n "$@"
    "$@"
}

# The front has every address of the prefix, as a local route (AnyIP), and a cable to the client's namespace.
lay_cable() {
    isolated sleep infinity &
    client=$!
    processes="$processes $client"
    ip link set lo up
    ip -6 route add local "$prefix" dev lo
    while [ "$(readlink "/proc/$client/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do
        kill -0 "$client"
        sleep 0.01
    done
    ip link add front type veth peer name client netns "$client"
    ip -6 address add 2001:db8:2::1/64 dev front nodad
    ip link set front up
    in_client ip -6 address add 2001:db8:2::2/64 dev client nodad
    in_client ip link set client up
    in_client ip -6 route add "$prefix" via 2001:db8:2::1
}

if [ "$where" = loopback ]; then
    a=127.0.0.1 b=127.0.0.2 c=127.0.0.3
    ! grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null || c=::1
    rule_a=$a/32 rule_b=$b/32
    set -- -l $a -p 0 -l $b -p 0 -l $c -p 0
else
    lay_cable
    a=2001:db8:1:0:a::1 b=2001:db8:1:0:b::1 c=2001:db8:1:0:c::1
    rule_a=2001:db8:1:0:a::/80 rule_b=2001:db8:1:0:b::/80
    set -- -p 80
fi

cat >"$dir/socketbox.conf" <<EOF
rule-set:0
ip:$rule_a jump-unix:$dir/apple
ip:$rule_b jump-unix:$dir/banana
default jump-unix:$dir/cherry
EOF
echo "The server's rules, in $dir/socketbox.conf:"
sed 's/^/    /' "$dir/socketbox.conf"

for name in apple banana cherry; do
    isolated "$self" receiver "$name" "$dir/$name" &
    processes="$processes $!"
done

mkfifo "$dir/log"
setsid "$bin/socketbox" -f "$dir/socketbox.conf" "$@" 2>"$dir/log" &
server=$!
processes="$processes $server"
exec 3<"$dir/log"
ready=
while [ -z "$ready" ] && read -r line <&3; do
    echo "$line"
    case $line in
    *listen*) ready=$line ;;
    esac
done
if [ -z "$ready" ]; then
    echo "The server did not start." >&2
    exit 1
fi
cat <&3 &

echo
if [ "$where" = loopback ]; then
    # shellcheck disable=SC2046 # Three ports.
    set -- $(echo "${ready%%;*}" | grep -o ':[0-9]*\(,\|$\)' | tr -d ':,')
    [ "$c" != ::1 ] || c='[::1]'
    "$self" client 1 "$a:$1=apple" "$b:$2=banana" "$c:$3=cherry"
    try=$a port=$1
else
    in_client "$self" client 3 \
        "[$a]:80=apple" "[2001:db8:1:0:a:12:34:56]:80=apple" "[$b]:80=banana" "[2001:db8:1:0:b:ffff::]:80=banana" \
        "[$c]:80=cherry" "[2001:db8:1::dead:beef]:80=cherry"
    try=$a port=80
fi
[ "$once" != yes ] || exit 0

case $where in
namespace) enter="nsenter -t $client -n " ;;
user-namespace) enter="nsenter -t $client -U --preserve-credentials -n " ;;
*) enter= ;;
esac
url=$try
[ "$where" = loopback ] || url="[$try]"
echo
echo "Up until Ctrl-C. Try it in another terminal, with any address that the rules above name:"
if command -v curl >/dev/null; then
    echo "    ${enter}curl -sg 'http://$url:$port/'"
else
    echo "    ${enter}bash -c 'exec 3<>/dev/tcp/$try/$port && cat <&3'"
fi
echo "    $bin/socketbox -f $dir/socketbox.conf --explain '$url:$port'"
wait "$server"
echo "The server has ended." >&2
exit 1
