# Sourced by the comparisons: installs the peers, builds what is compared, and sets root, java and platform. The caller has
# set here to this folder and calls itself "$name".
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
. "$root/bin/find-jdk.sh"
. "$root/bin/processor.sh"
need_jdk "$name"
need_maven "$name"

# With the reference BLAS that Debian's PyTorch runs on otherwise it would be ten times slower: no fair peer.
if ! /usr/bin/python3 -c "import torch, numpy" 2>/dev/null || ! ldconfig -p | grep -q libopenblas.so.0; then
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    $sudo apt-get install -y -q --no-install-recommends python3-torch python3-numpy libopenblas0-pthread >&2
fi
# Only this system's binaries of libtorch: all of them are gigabytes.
case $(uname -s)-$(uname -m) in
    Linux-x86_64) platform=linux-x86_64 ;;
    Linux-aarch64) platform=linux-arm64 ;;
    Darwin-arm64) platform=macosx-arm64 ;;
    *) echo "$name: libtorch for Java has no binaries for $(uname -sm)" >&2; exit 3 ;;
esac
# A peer runs on the kernels that its library chooses for this processor; these variables can force older ones, which take
# twice as long.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
(cd "$root" && mvn -B -q -DskipTests -pl benchmarks -am package) >&2
(cd "$here/libtorch" && mvn -B -q -Djavacpp.platform=$platform package) >&2
java=$JAVA_HOME/bin/java
