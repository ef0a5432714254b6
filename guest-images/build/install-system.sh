#!/bin/sh
# install-system.sh WORK LABEL BYTES KERNEL SOURCES PACKAGES [mmdebstrap's options]: installs a Debian into
# WORK/root and makes the filesystem WORK/system.raw of it. Runs as root of namespaces of its own (see
# namespace.ts). WORK/packages holds what has been fetched and verified, WORK/overlay the recipe's files,
# WORK/setup the recipe's script.
set -eu
umask 022
work=$1 label=$2 bytes=$3 kernel=$4 sources=$5 packages=$6
shift 6
export TMPDIR="$work/tmp"
mkdir -p "$TMPDIR"
chmod 1777 "$TMPDIR"
# Mounts made here end here.
mount --make-rprivate /

mmdebstrap --verbose --mode=root --format=directory --variant=apt --architectures=amd64 \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
  --aptopt='APT::Sandbox::User "root"' --dpkgopt='force-unsafe-io' --skip=essential/unlink,chroot/mount/sys \
  --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\" && cp '$work'/packages/*.deb \"\$1/var/cache/apt/archives/\"" \
  --include="$packages" "$@" trixie "$work/root" "$sources"

echo 'I: rayos: the own files' >&2
cp -a --no-preserve=ownership "$work/overlay/." "$work/root/"
rm -rf "$work/root"/etc/apt/sources.list.d/*
mount -t proc proc "$work/root/proc"
cp "$work/setup" "$work/root/setup"
chroot "$work/root" /bin/sh /setup "$kernel" >&2
rm "$work/root/setup"
umount "$work/root/proc"

echo 'I: rayos: the disk' >&2
truncate --size="$bytes" "$work/system.raw"
mke2fs -q -t ext4 -L "$label" -m 1 -E lazy_itable_init=0,root_owner=0:0 -d "$work/root" "$work/system.raw" >&2
