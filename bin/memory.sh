# shellcheck shell=sh
# Sourced by the launchers; POSIX sh. Prints how many MiB of memory Java may take outside the heap, where activations are: half
# of the machine's memory, or of its container's, and at least as much as the heap. The virtual machine's own limit would be the
# heap's, which is too little for the maps of a residual network.
outside_heap() {
    memory_kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo 2>/dev/null) || memory_kib=
    [ -n "$memory_kib" ] || memory_kib=$(($(sysctl -n hw.memsize 2>/dev/null || echo 0) / 1024))
    memory_bound=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null) || true
    case $memory_bound in
        '' | *[!0-9]*) ;; # no container, or one without a bound
        *) [ $((memory_bound / 1024)) -ge "$memory_kib" ] || memory_kib=$((memory_bound / 1024)) ;;
    esac
    memory_mib=$((memory_kib / 2048))
    [ "$memory_mib" -ge 640 ] || memory_mib=640
    echo "$memory_mib"
}
