# shellcheck shell=sh
# Builds Espalier when needed. Sourced by ./espalier, with root (the clone) and JAVA_HOME set; POSIX sh.
#
# build_once sets app to the folder that holds espalier.jar and lib/. Each build gets a folder of its own, so that a search
# that has been running for days keeps the files that it was started from.

# Prints the folder of the last build, or nothing when there is none or a source is newer.
current_build() {
    current=$root/.build/current
    [ -r "$current" ] || return 0
    name=$(cat "$current")
    [ -r "$root/.build/$name/espalier.jar" ] || return 0
    # Folders count too: theirs is the time that changes when a file is deleted or renamed.
    newer=$(find "$root/pom.xml" "$root/.mvn" "$root"/core/pom.xml "$root"/core/src/main "$root"/lab/pom.xml \
        "$root"/lab/src/main "$root"/report/pom.xml "$root"/report/src/main "$root"/cli/pom.xml "$root"/cli/src/main \
        -newer "$root/.build/$name/started" -print 2>/dev/null | head -n 1)
    [ -n "$newer" ] || echo "$root/.build/$name"
}

# Runs "$@" while no other launcher does. The lock ends with the process that holds it, however that ends.
alone() {
    mkdir -p "$root/.build" 2>/dev/null && [ -w "$root/.build" ] || {
        echo "espalier: $root/.build cannot be written, but the build belongs there" >&2
        exit 3
    }
    if command -v flock >/dev/null 2>&1; then
        (
            flock 9
            "$@"
        ) 9>"$root/.build/lock"
    else
        # macOS has no flock: a folder is the lock, with the number of the process that made it.
        until mkdir "$root/.build/lock.d" 2>/dev/null; do
            holder=$(cat "$root/.build/lock.d/pid" 2>/dev/null) || holder=
            if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
                rm -rf "$root/.build/lock.d"
            else
                sleep 1
            fi
        done
        echo $$ >"$root/.build/lock.d/pid"
        trap 'rm -rf "$root/.build/lock.d"' EXIT INT TERM
        status=0
        ("$@") || status=$?
        rm -rf "$root/.build/lock.d"
        trap - EXIT INT TERM
        return $status
    fi
}

build() {
    # Another launcher may have built while this one waited.
    [ -z "$(current_build)" ] || return 0
    echo "espalier: building (once, about a minute; the first time Maven also fetches libraries)" >&2
    name=app-$(date +%Y%m%d-%H%M%S)-$$
    made=$root/.build/$name
    log=$root/.build/build.log
    mkdir "$made"
    : >"$made/started"
    rm -rf "$root/cli/target/lib"
    if ! (cd "$root" && mvn -B -q -DskipTests -pl cli -am package) >"$log" 2>&1 9>&-; then
        rm -rf "$made"
        grep -E '^\[(ERROR|FATAL)\] *[^ ]' "$log" | grep -v -E 'Re-run Maven|full stack trace|\[Help|possible solutions' |
            head -n 10 >&2 || true
        echo "espalier: the build failed; all that Maven said is in $log" >&2
        return 3
    fi
    cp "$root"/cli/target/espalier-cli-*.jar "$made/espalier.jar"
    cp -R "$root/cli/target/lib" "$made/lib"
    echo "$name" >"$root/.build/current.new"
    mv "$root/.build/current.new" "$root/.build/current"
    # Builds of two weeks ago and before are no longer in use by anyone's search.
    find "$root/.build" -maxdepth 1 -name 'app-*' ! -name "$name" -mtime +14 -exec rm -rf {} +
}

build_once() {
    app=$(current_build)
    if [ -z "$app" ]; then
        need_maven espalier
        alone build || exit $?
        app=$root/.build/$(cat "$root/.build/current")
    fi
}
