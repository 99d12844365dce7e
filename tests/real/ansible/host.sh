#!/bin/sh
# One host of the fleet: an sshd with a file system of its own.
#
#   ip netns exec NAME unshare --mount --propagation private sh host.sh ROOM PORT
#
# What a host writes goes to ROOM/up; what the tests look at from outside, its
# model and its state directory, is ROOM/model and ROOM/state.
set -eu
room=$1
port=$2

# No host sees what another, or the machine itself, has there.
for folder in etc var root usr/local opt; do
  mkdir -p "$room/up/$folder" "$room/work/$folder"
  mount -t overlay overlay \
    -o "lowerdir=/$folder,upperdir=$room/up/$folder,workdir=$room/work/$folder" \
    "/$folder"
done
# What root has set up for its shells is this machine's own affair.
rm -f /root/.bashrc /root/.profile /root/.bash_profile
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd /var/lib/fwctl /var/lib/fwctl-model
mount --bind "$room/state" /var/lib/fwctl
mount --bind "$room/model" /var/lib/fwctl-model

exec /usr/sbin/sshd -D -e -f /dev/null \
  -p "$port" -h "$room/host_key" \
  -o AuthorizedKeysFile="$room/authorized_keys" \
  -o PermitRootLogin=prohibit-password -o PasswordAuthentication=no \
  -o UsePAM=no -o StrictModes=no -o PidFile=none \
  -o MaxStartups=100 -o MaxSessions=100 \
  -o 'Subsystem=sftp internal-sftp'
