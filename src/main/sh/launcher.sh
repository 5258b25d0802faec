# The body of every program in bin/: finds Java and becomes the program named by $program and $main.
# It is sourced by a script whose absolute path is $self, and starts no process when Java is where it was at build
# time. SOCKETBOX_JAVA_OPTS adds options for the Java virtual machine.
# shellcheck shell=sh disable=SC2154 # program, main and self are set by the script that sources this one.

root=${self%/*}
case $root in
*/bin) root=${root%/bin} ;;
*) root=$root/.. ;;
esac
lib=$root/lib
# A package has a Java of its own, the one that its class cache fits; else any that is there will do.
java_home=$root/runtime
if [ ! -x "$java_home/bin/java" ]; then
    # shellcheck source=src/main/sh/jdk.sh
    . "$lib/jdk.sh"
    read -r built_with <"$lib/jdk"
    if ! find_java_home java "$built_with"; then
        echo "$program: no Java 25 or later found in JAVA_HOME, $built_with, PATH, /usr/lib/jvm, /usr/java and /opt;" \
            "install one or set JAVA_HOME" >&2
        exit 1
    fi
fi

# The cache that a run of this program trained at build time, or, for socketbox-inetd-p, of socketbox-inetd; the server's
# serves a program that has none of its own.
# Its absence, or another Java than the one it was made with, costs start-up time and nothing else.
aot=$lib/${program%-p}.aot
[ -r "$aot" ] || aot=$lib/socketbox.aot
[ -r "$aot" ] || aot=

# HotSpot takes SIGUSR2 for itself unless this names another signal: one above those of glibc (32, 33) that the JDK's
# network code (62) does not use. The program unsets it before it starts another.
export _JAVA_SR_SIGNUM=60

# A start of the server runs much code some hundred times, and most of it never again. socketbox-inetd spends its time in
# the kernel, and does without the second compiler: it takes more than it saves for the first 18,000 connections, and
# makes no difference after them (bench/NOTES.md).
compilers=
case $program in
socketbox) compilers=-XX:CompileThresholdScaling=5 ;;
socketbox-inetd*) compilers=-XX:TieredStopAtLevel=1 ;;
esac

# What the options are for:
# - small and quick: the serial collector, a heap that starts small and leaves room outside it for a million rules, no
#   performance file in /tmp, cached classes;
# - quiet: what the virtual machine has to say is about errors and goes to standard error;
# - the kernel's interface: native access, Agrona's use of jdk.internal.misc, the descriptor limit left as it was;
# - no garbage: what calls the kernel is compiled by itself. Where it is inlined, the compiler may reach its limits
#   before it has seen that the segment for errno, which the JDK makes for each call, need not be an object;
# - closed: nobody attaches to a process that has given up its privileges. For jcmd: -XX:-DisableAttachMechanism.
# shellcheck disable=SC2086 # One option or none, and a list of words.
exec "$java_home/bin/java" \
    -XX:+UseSerialGC -Xms8m -Xmx400m -XX:-UsePerfData $compilers ${aot:+-XX:AOTCache="$aot"} \
    -Xlog:disable -Xlog:all=error:stderr -Xlog:aot*=off:stderr -XX:+DisplayVMOutputToStderr \
    --enable-native-access=ALL-UNNAMED --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED -XX:-MaxFDLimit \
    -XX:CompileCommand=quiet -XX:CompileCommand=dontinline,io.socketbox.linux.Native::call \
    -XX:+DisableAttachMechanism \
    -Dsocketbox.home="$root" ${SOCKETBOX_JAVA_OPTS-} -cp "$lib/socketbox.jar" "$main" "$@"
