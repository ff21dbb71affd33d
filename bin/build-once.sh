# shellcheck shell=sh
# Builds Espalier when needed. Sourced by ./espalier, with root (the clone) and JAVA_HOME set; POSIX sh.
#
# build_once sets app to the folder that holds espalier.jar and lib/. Each build gets a folder of its own, so that a search
# that has been running for days keeps the files that it was started from.

# Prints size and check sum of each file of the build in folder $1.
sums() {
    (cd "$1" && cksum espalier.jar lib/*) 2>/dev/null
}

# Prints the folder of the last build, or nothing when there is none, a file of it was damaged, or a source is newer.
current_build() {
    current=$root/.build/current
    [ -r "$current" ] || return 0
    name=$(cat "$current")
    [ -r "$root/.build/$name/espalier.jar" ] && [ -s "$root/.build/$name/sums" ] || return 0
    [ "$(sums "$root/.build/$name")" = "$(cat "$root/.build/$name/sums")" ] || return 0
    # Folders count too: theirs is the time that changes when a file is deleted or renamed.
    newer=$(find "$root/pom.xml" "$root/.mvn" "$root/bin" "$root"/core/pom.xml "$root"/core/src/main "$root"/lab/pom.xml \
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
                # One launcher at a time looks again and removes it: another may have done so and hold the lock by now.
                if mkdir "$root/.build/lock.break" 2>/dev/null; then
                    holder=$(cat "$root/.build/lock.d/pid" 2>/dev/null) || holder=
                    [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null || rm -rf "$root/.build/lock.d"
                    rmdir "$root/.build/lock.break"
                fi
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

# Says why there is no build, $1, removes what there is of it, and fails.
not_built() {
    rm -rf "$made"
    echo "espalier: the build failed: $1" >&2
    return 3
}

# Says every half minute that the build goes on, as long as the launcher lives. What sleeps keeps no one's output open.
signs_of_life() {
    seconds=0
    while kill -0 $$ 2>/dev/null; do
        sleep 5 >/dev/null 2>&1 || return 0
        seconds=$((seconds + 5))
        [ $((seconds % 30)) -ne 0 ] || echo "espalier: still building, $seconds s" >&2
    done
}

build() {
    # Another launcher may have built while this one waited.
    [ -z "$(current_build)" ] || return 0
    echo "espalier: building (once; it can take several minutes, the first time Maven also fetches libraries)" >&2
    name=app-$(date +%Y%m%d-%H%M%S)-$$
    made=$root/.build/$name
    log=$root/.build/build.log
    # Each step is checked by hand: the shell's -e is off in a function whose result is asked for.
    mkdir "$made" && : >"$made/started" || not_built "$made cannot be made" || return
    # Jars of other versions must not be taken for this build's.
    rm -rf "$root/cli/target/lib" "$root"/cli/target/espalier-cli-*.jar
    signs_of_life >/dev/null 9>&- &
    life=$!
    if ! (cd "$root" && mvn -B -q -DskipTests -pl cli -am package) >"$log" 2>&1 9>&-; then
        rm -rf "$made"
        kill "$life" 2>/dev/null || true
        grep -E '^\[(ERROR|FATAL)\] *[^ ]' "$log" | grep -v -E 'Re-run Maven|full stack trace|\[Help|possible solutions' |
            head -n 10 >&2 || true
        echo "espalier: the build failed; all that Maven said is in $log" >&2
        return 3
    fi
    kill "$life" 2>/dev/null || true
    set -- "$root"/cli/target/espalier-cli-*.jar
    [ $# -eq 1 ] && [ -r "$1" ] || not_built "Maven left no single $root/cli/target/espalier-cli-*.jar" || return
    cp "$1" "$made/espalier.jar" && cp -R "$root/cli/target/lib" "$made/lib" ||
        not_built "the built files could not be copied to $made" || return
    sums "$made" >"$made/sums" && [ -s "$made/sums" ] ||
        not_built "the built files in $made could not be read back" || return
    echo "$name" >"$root/.build/current.new" && mv "$root/.build/current.new" "$root/.build/current" ||
        not_built "$root/.build/current could not be written" || return
    # Builds of two weeks ago and before are no longer in use by anyone's search.
    find "$root/.build" -maxdepth 1 -name 'app-*' ! -name "$name" -mtime +14 -exec rm -rf {} + || true
}

build_once() {
    app=$(current_build)
    if [ -z "$app" ]; then
        need_maven espalier
        alone build || exit $?
        app=$root/.build/$(cat "$root/.build/current")
    fi
}
