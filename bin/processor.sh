# shellcheck shell=sh
# Sourced by the launchers; POSIX sh. Prints which file bin/java-options-* goes with this processor.
processor() {
    processor_flags=$(sed -n '/^flags/{p;q;}' /proc/cpuinfo 2>/dev/null) || processor_flags=
    case "$processor_flags " in
        *' avx512f '*) echo other ;;
        *' avx2 '*) echo avx2 ;;
        *) echo other ;;
    esac
}
