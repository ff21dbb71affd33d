# shellcheck shell=sh
# Finds a JDK that is new enough. Sourced by the launchers; POSIX sh.
#
# find_jdk sets JAVA_HOME to the first of these that is a JDK of at least version $jdk_needed:
#   1. JAVA_HOME, 2. the java on the PATH, 3. the usual places, of which the lowest version that will do is taken, since
#      that is the one the tests run with.
# ESPALIER_JVM_DIRS, a list of folders with colons between them, replaces the usual places.

jdk_needed=25

# Prints the feature version (25) of the JDK in folder $1, or nothing when there is none.
jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
    if [ -r "$1/release" ]; then
        # The file says JAVA_VERSION="25.0.3"; reading it is much faster than starting a virtual machine.
        sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release" | head -n 1
    else
        "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p' | head -n 1
    fi
}

# True when folder $1 holds a JDK that is new enough.
jdk_suits() {
    jdk_found=$(jdk_version "$1")
    [ -n "$jdk_found" ] && [ "$jdk_found" -ge "$jdk_needed" ]
}

# Looks at the folders given and remembers the lowest version that will do in jdk_best and jdk_best_version.
jdk_look_at() {
    for jdk_home in "$@"; do
        if jdk_suits "$jdk_home" && { [ -z "$jdk_best" ] || [ "$jdk_found" -lt "$jdk_best_version" ]; }; then
            jdk_best=$jdk_home
            jdk_best_version=$jdk_found
        fi
    done
}

find_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && jdk_suits "$JAVA_HOME"; then
        export JAVA_HOME
        return 0
    fi
    jdk_java=$(command -v java 2>/dev/null) || jdk_java=
    if [ -n "$jdk_java" ]; then
        jdk_java=$(readlink -f "$jdk_java" 2>/dev/null || echo "$jdk_java")
        jdk_home=$(dirname "$(dirname "$jdk_java")")
        if jdk_suits "$jdk_home"; then
            JAVA_HOME=$jdk_home
            export JAVA_HOME
            return 0
        fi
    fi
    jdk_best=
    jdk_best_version=
    if [ -n "${ESPALIER_JVM_DIRS+set}" ]; then
        jdk_rest=$ESPALIER_JVM_DIRS:
        while [ -n "$jdk_rest" ]; do
            jdk_dir=${jdk_rest%%:*}
            jdk_rest=${jdk_rest#*:}
            [ -z "$jdk_dir" ] || jdk_look_at "$jdk_dir" "$jdk_dir"/*
        done
    else
        jdk_look_at /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
            /Library/Java/JavaVirtualMachines/*/Contents/Home
        [ -z "${HOME:-}" ] || jdk_look_at "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
            "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home
    fi
    [ -n "$jdk_best" ] || return 1
    JAVA_HOME=$jdk_best
    export JAVA_HOME
}

# As find_jdk; without a JDK says so in one line and ends the script named $1 with exit code 3.
need_jdk() {
    if ! find_jdk; then
        echo "$1: no JDK $jdk_needed or newer was found in JAVA_HOME, on the PATH or in" \
            "${ESPALIER_JVM_DIRS-/usr/lib/jvm and the other usual places}: install one, or set JAVA_HOME to it" >&2
        exit 3
    fi
}

# Without Maven says so in one line and ends the script named $1 with exit code 3.
need_maven() {
    if ! command -v mvn >/dev/null 2>&1; then
        echo "$1: Maven (mvn) is not on the PATH: install it (Debian, Ubuntu: apt-get install maven; macOS: brew install maven)" >&2
        exit 3
    fi
    # Maven's own libraries make newer JDKs warn about themselves; that is not news for anyone here.
    MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
    export MAVEN_OPTS
}
