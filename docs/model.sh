# For trying things out without hardware. In the checkout:
#
#   . docs/model.sh
#
# Then `fwctl` is this checkout's command on a modelled host that keeps its
# state, its journals and locks until the shell ends, and `use_model NAME`
# starts afresh on another one (`fwctl list --model help` names them). A command
# line with --model or --replay is left as it is. Without Deno, npx fetches it.

fwctl_checkout=$PWD
fwctl_lab=$(mktemp -d)
if [ ! -f "$fwctl_checkout/lib/cli/main.ts" ]; then
  echo "docs/model.sh: source it in the folder of the checkout" >&2
fi

use_model() {
  fwctl_model=$1
  rm -rf "${fwctl_lab:?}/host.json" "$fwctl_lab/state"
}

use_model connectx

fwctl() {
  case " $* " in
  *" --model "* | *" --replay "*) ;;
  *)
    set -- --model "$fwctl_model" --model-state "$fwctl_lab/host.json" \
      --state-dir "$fwctl_lab/state" "$@"
    ;;
  esac
  # Without the checkout's settings Deno fetches what the command needs, and not
  # what its tests do.
  set -- run --quiet --no-config --unstable-worker-options --allow-read \
    --allow-write --allow-import "$fwctl_checkout/lib/cli/main.ts" "$@"
  if command -v deno >/dev/null 2>&1; then deno "$@"; else npx -y deno@2.9.6 "$@"; fi
}
