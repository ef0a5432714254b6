#!/bin/sh
# emulate.sh EMULATOR COMMAND [ARGS]: runs COMMAND where programs for 64-bit ARM run by EMULATOR, a static QEMU.
# Since Linux 6.7 each user namespace has such rules of its own (binfmt_misc): this one has every id, so
# nothing else differs in it, and the machine's own rules stay as they are.
set -eu
if [ "$1" != --inside ]; then
  before=$(readlink /proc/$$/ns/user)
  (
    while [ "$(readlink /proc/$$/ns/user)" = "$before" ]; do sleep 0.02; done
    echo '0 0 4294967295' >/proc/$$/uid_map
    echo '0 0 4294967295' >/proc/$$/gid_map
  ) &
  exec unshare --user --mount sh "$0" --inside "$@"
fi
emulator=$2
shift 2
until read -r _ </proc/self/uid_map && read -r _ </proc/self/gid_map; do sleep 0.02; done
mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
# An ELF file, 64 bits, little endian, for machine 183. F: the emulator is opened now, so that it is there in
# every root; P, O and C: as its documentation wants it.
magic='\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
printf '%s' ":rayos-image:M::$magic:$mask:$emulator:FPOC" >/proc/sys/fs/binfmt_misc/register
exec "$@"
