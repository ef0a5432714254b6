#!/bin/sh
# enter.sh TOOLS WORK COMMAND [ARGS]: runs COMMAND with TOOLS as its root and WORK at its own path. Run inside
# a mount namespace that ends with it (see guest-images/build/namespace.ts). By pivot_root and not by chroot:
# in a chroot the kernel refuses the user namespaces that mkosi works in. With EMULATOR (a program of TOOLS)
# set, programs for 64-bit ARM run by it.
set -eu
umask 022
tools=$1 work=$2
shift 2
mount --make-rprivate /
mount --bind "$tools" "$tools"
mkdir -p "$tools/proc" "$tools/sys" "$tools/dev" "$tools$work" "$tools/mnt"
mount -t proc proc "$tools/proc"
mount --rbind /sys "$tools/sys"
mount --rbind /dev "$tools/dev"
mount --bind "$work" "$tools$work"
mount --bind "$(dirname "$0")" "$tools/media"
for file in resolv.conf hosts; do
  [ -e "$tools/etc/$file" ] || : >"$tools/etc/$file"
  mount --bind "/etc/$file" "$tools/etc/$file"
done
cd "$tools"
pivot_root . mnt
cd /
umount -l /mnt
cd "$work"
set -- /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
[ -z "${EMULATOR-}" ] || set -- sh /media/emulate.sh "$EMULATOR" "$@"
exec "$@"
