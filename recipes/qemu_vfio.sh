#!/bin/sh
# Starts QEMU with virtual functions that got their firmware profile first, and
# gives back what was there before when QEMU has ended, however it did.
#
#   recipes/qemu_vfio.sh PROFILES.json VM 0000:3b:00.2,0000:3b:00.3 \
#     qemu-system-x86_64 -m 4G … -device vfio-pci,host=0000:3b:00.2 …
#
# FWCTL names the command, `fwctl` unless set. A refusal ends the script with
# its exit code before QEMU is started, and standard error says why.
set -eu
if [ $# -lt 4 ]; then
  echo "usage: $0 PROFILES.json VM VF,… QEMU ARGUMENT…" >&2
  exit 64
fi
profiles=$1 vm=$2 vfs=$(printf %s "$3" | tr , ' ')
shift 3
: "${FWCTL:=fwctl}"

# Words of $FWCTL and $vfs are meant to be split.
# shellcheck disable=SC2086
$FWCTL vfio prepare $vfs --profile "$profiles" --vm "$vm" --yes --lock-timeout 30

# QEMU gets the signals; the script waits for it and then releases.
trap : HUP INT TERM
code=0
"$@" || code=$?
# shellcheck disable=SC2086
$FWCTL vfio release $vfs --yes --lock-timeout 30 || echo "$0: not released" >&2
exit "$code"
