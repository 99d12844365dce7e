# For trying things out without hardware. In the checkout:
#
#   . docs/model.sh
#
# Then `fwctl` is this checkout's command on a modelled host that keeps its
# state, its journals and locks until the shell ends, and `use_model NAME`
# starts afresh on another one (`fwctl list --model help` names them). A command
# line with --model or --replay is left as it is. Without Deno, npx fetches it.

fwctl_lab=$(mktemp -d)
if [ ! -f lib/cli/main.ts ]; then
  echo "docs/model.sh: source it in the folder of the checkout" >&2
fi

use_model() {
  echo "$1" >"$fwctl_lab/model"
  rm -rf "${fwctl_lab:?}/host.json" "$fwctl_lab/state"
}

use_model connectx

# A program and no function, so that scripts find it too.
mkdir "$fwctl_lab/bin"
{
  printf '#!/bin/sh\nlab=%s\ncheckout=%s\n' "'$fwctl_lab'" "'$PWD'"
  cat <<'END'
case " $* " in
*" --model "* | *" --model="* | *" --replay "*) ;;
*)
  set -- --model "$(cat "$lab/model")" --model-state "$lab/host.json" \
    --state-dir "$lab/state" "$@"
  ;;
esac
# Without the checkout's settings Deno fetches what the command needs, and not
# what its tests do.
set -- run --quiet --no-config --unstable-worker-options --allow-read \
  --allow-write --allow-import "$checkout/lib/cli/main.ts" "$@"
if command -v deno >/dev/null 2>&1; then exec deno "$@"; fi
exec npx -y deno@2.9.6 "$@"
END
} >"$fwctl_lab/bin/fwctl"
chmod +x "$fwctl_lab/bin/fwctl"
PATH=$fwctl_lab/bin:$PATH
