# Finds Java 25 or later without starting a process: every JDK states its version in its file `release`.
# Sourced by the launchers and by the build.
# shellcheck shell=sh

# is_java_home DIR TOOL: succeeds if DIR holds bin/TOOL of Java 25 or later.
is_java_home() {
    [ -n "$1" ] && [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 1
    while IFS='="' read -r key _ version _; do
        if [ "$key" = JAVA_VERSION ]; then
            version=${version%%[!0-9]*}
            [ "${version:-0}" -ge 25 ]
            return
        fi
    done <"$1/release"
    return 1
}

# find_java_home TOOL [DIR]: sets java_home to the first of JAVA_HOME, DIR, those on PATH and the usual folders that has
# bin/TOOL of Java 25 or later; fails if there is none.
find_java_home() {
    for java_home in "${JAVA_HOME-}" "${2-}"; do
        is_java_home "$java_home" "$1" && return
    done
    tool=$1
    saved_ifs=$IFS
    IFS=:
    # shellcheck disable=SC2086 # PATH is a list.
    set -- $PATH
    IFS=$saved_ifs
    for folder; do
        [ -x "$folder/$tool" ] || continue
        java_home=$(readlink -f "$folder/$tool")
        java_home=${java_home%/bin/*}
        is_java_home "$java_home" "$tool" && return
    done
    for java_home in /usr/lib/jvm/* /usr/java/* /opt/* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/*; do
        is_java_home "$java_home" "$tool" && return
    done
    return 1
}
