#!/bin/sh
# fwctl from one folder: the Deno beside this file runs the program beside it.
# Nothing is fetched, and nothing of this folder is written.
#
# Only links to this file are followed, not links to folders above it: called
# through /opt/fwctl/current, everything it writes down names that, not a version.
case $0 in
*/*) self=$0 ;;
*) self=./$0 ;;
esac
while [ -L "$self" ]; do
  # The dot keeps line breaks at the end of a name.
  link=$(readlink -n -- "$self" && echo .) || exit 1
  link=${link%.}
  case $link in
  /*) self=$link ;;
  *) self=${self%/*}/$link ;;
  esac
done
bin=${self%/*}
# Where V8 keeps what it compiled: root does not take it from a user's folder,
# and who has no home keeps nothing.
if [ -z "${DENO_DIR:-}" ]; then
  if [ -w /var/cache/fwctl ] || [ -w /var/cache ]; then
    export DENO_DIR=/var/cache/fwctl
  elif [ -z "${HOME:-}" ]; then
    export DENO_DIR=/dev/null/none
  fi
fi
# A served model listens at its socket; nothing else has a way to any network.
net=
if [ "${1-}" = serve ]; then
  before=
  for word; do
    case $word in
    --socket=*) net=${word#*=} ;;
    *) [ "$before" != --socket ] || net=$word ;;
    esac
    before=$word
  done
  case $net in
  "" | /*) ;;
  *) net=$PWD/$net ;;
  esac
fi
export DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1
# The permissions are explained in README.md, "Permissions".
exec "$bin/deno" run --quiet --no-prompt --no-config --no-lock --no-npm \
  --unstable-worker-options --allow-ffi --allow-read --allow-write --allow-import \
  ${net:+"--allow-net=unix:$net"} \
  "$bin/../lib/cli/main.js" "$@"
