# shellcheck shell=sh
# Sourced by the launchers; POSIX sh. Prints which file bin/java-options-* goes with this processor, as far as /proc/cpuinfo
# tells: where that is missing, and on early AVX-512 processors whose wide registers Java leaves alone, it says other, which
# costs speed and no bit.
processor() {
    processor_flags=$(sed -n '/^flags/{p;q;}' /proc/cpuinfo 2>/dev/null) || processor_flags=
    case "$processor_flags " in
        *' avx512f '*) echo other ;;
        *' avx2 '*) echo avx2 ;;
        *) echo other ;;
    esac
}
