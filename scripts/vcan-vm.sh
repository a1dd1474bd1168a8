#!/bin/bash
# Tries the SocketCAN transport on a real vcan0: boots a small virtual machine that sees this
# machine's own file system read-only, so that the built tree runs in it unchanged. It is a script of
# its own, not a part of `npm test`: it needs a kernel image (70 MB, downloaded once) and emulates a
# processor, so it takes about half a minute. Build first: npm run build.
# Packages: apt-get install --no-install-recommends qemu-system-x86 busybox-static cpio
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cache=${LUKOU_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lukou-vcan}
for tool in qemu-system-x86_64 busybox cpio dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "vcan-vm: $tool is missing; see the head of $0" >&2; exit 2; }
done
[ -f "$root/dist/src/transport/index.js" ] || { echo "vcan-vm: run npm run build first" >&2; exit 2; }

# The kernel is unpacked beside us, never installed.
mkdir -p "$cache"
if [ ! -e "$cache/kernel" ]; then
  package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-/ { print $2; exit }')
  [ -n "$package" ] || { echo "vcan-vm: no kernel package known; run apt-get update" >&2; exit 2; }
  (cd "$cache" && apt-get download -qq "$package")
  rm -rf "$cache/unpacking"
  dpkg-deb -x "$cache"/linux-image-*.deb "$cache/unpacking"
  rm "$cache"/linux-image-*.deb
  mv "$cache/unpacking" "$cache/kernel"
fi
image=$(ls "$cache"/kernel/boot/vmlinuz-*)
modules=$(ls -d "$cache"/kernel/lib/modules/*)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/initrd"/{bin,mod,proc,sys,dev,new}
cp "$(command -v busybox)" "$work/initrd/bin/busybox"
# In the order in which they need one another; one that this kernel has built in is left out.
order="virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci netfs fscache 9pnet
9pnet_virtio 9p can-dev can can-raw vcan"
for name in $order; do
  file=$(find "$modules" -name "$name.ko*" | head -n 1)
  [ -n "$file" ] || continue
  case $file in
    *.xz) xz -dc "$file" >"$work/initrd/mod/$name.ko" ;;
    *) cp "$file" "$work/initrd/mod/$name.ko" ;;
  esac
done

cat >"$work/initrd/init" <<INIT
#!/bin/busybox sh
b=/bin/busybox
\$b mount -t proc none /proc
\$b mount -t sysfs none /sys
\$b mount -t devtmpfs none /dev
for name in $(echo $order); do [ -f /mod/\$name.ko ] && \$b insmod /mod/\$name.ko; done
\$b mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=262144 host /new || \$b poweroff -f
\$b ip link add dev vcan0 type vcan && \$b ip link set vcan0 mtu 72 && \$b ip link set vcan0 up
\$b mount -t tmpfs none /new/run
for name in proc sys dev; do \$b mount --move /\$name /new/\$name; done
exec \$b switch_root /new /bin/bash $work/guest.sh
INIT
chmod 755 "$work/initrd/init"

cat >"$work/guest.sh" <<GUEST
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/run
cd "$root"
"$(node -p process.execPath)" "$work/guest.mjs"
echo "VCAN-VM-STATUS \$?"
echo o >/proc/sysrq-trigger
sleep 60
GUEST

cat >"$work/guest.mjs" <<'MODULE'
import assert from 'node:assert/strict';
const root = new URL(`file://${process.cwd()}/dist/src/`);
const { openTransport } = await import(new URL('transport/index.js', root));
const { SystemClock } = await import(new URL('base/clock.js', root));
const { silentLog } = await import(new URL('base/log.js', root));
const drops = {};
const open = (name) =>
  openTransport(
    { transport: 'can', bus: 'socketcan', interface: name },
    { name, clock: new SystemClock(), log: silentLog, count: (drop) => (drops[drop] = (drops[drop] ?? 0) + 1) },
  );
const [one, other] = [open('vcan0'), open('vcan0')];
const heard = [];
other.onMessage((frame) => heard.push({ ...frame, data: Buffer.from(frame.data).toString('hex') }));
await Promise.all([one.opened, other.opened]);
const data = Uint8Array.of(0x07, 0x52, 0xd3, 0xff, 0x76, 0x20, 0x01, 0x80);
const frames = [
  { id: 0x60b, extended: false, remote: false, fd: false, data },
  { id: 0x18fef100, extended: true, remote: false, fd: false, data: data.subarray(0, 3) },
  { id: 0x123, extended: false, remote: false, fd: true, data: new Uint8Array(64).fill(9) },
];
for (const frame of frames) assert.equal(one.send(frame), true);
const wanted = frames.map((frame) => ({ ...frame, data: Buffer.from(frame.data).toString('hex') }));
while (heard.length < frames.length) await new Promise((resolve) => setTimeout(resolve, 10));
assert.deepEqual(heard, wanted);
const paced = 1000;
for (let index = 0; index < paced; index++) {
  one.send({ ...frames[0], id: index & 0x7ff });
  await new Promise((resolve) => setTimeout(resolve, 1));
}
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(`vcan0: ${heard.length - frames.length} of ${paced} paced frames heard`);
assert.equal(heard.length, frames.length + paced);
await assert.rejects(open('can77').opened, /ip link set can77 up type can bitrate 500000/);
await Promise.all([one.close(), other.close()]);
console.log('drops', JSON.stringify(drops));
process.exit(0);
MODULE

(cd "$work/initrd" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd.gz"
timeout 280 qemu-system-x86_64 -accel tcg,thread=multi -smp 2 -M q35 -cpu max -m 1024 -nodefaults \
  -display none -serial stdio -no-reboot -kernel "$image" -initrd "$work/initrd.gz" \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  -append "console=ttyS0 panic=-1 quiet" | tee "$work/log" || true
status=$(tr -d '\r' <"$work/log" | awk '/^VCAN-VM-STATUS/ { print $2 }')
[ "$status" = 0 ] && echo "vcan-vm: passed" || { echo "vcan-vm: failed (${status:-no answer})" >&2; exit 1; }
