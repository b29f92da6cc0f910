#!/usr/bin/env bash
# Time from start to codes and picture, and processor time while nothing moves: benches/idle.sh, after a
# release build. Needs Xvfb. Five rounds with software drawing; the figures are milliseconds.
set -euo pipefail
cd "$(dirname "$0")/.."
program=target/release/halfmoon
log=$(mktemp)
trap 'kill "$server" 2>/dev/null; rm -f "$log"' EXIT
exec 3< <(exec Xvfb -displayfd 1 -screen 0 1280x800x24 -nolisten tcp -noreset 2>/dev/null)
server=$!
read -r number <&3
unset WAYLAND_DISPLAY
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
for _ in 1 2 3 4 5; do
  XDG_DATA_HOME=$(mktemp -d) DISPLAY=":$number" RUST_LOG=halfmoon=info "$program" 2>"$log" &
  pid=$!
  sleep 5
  before=$(ticks $pid)
  sleep 10
  idle=$(( ($(ticks $pid) - before) * 1000 / $(getconf CLK_TCK) ))
  kill $pid; wait $pid 2>/dev/null || true
  echo "first picture after $(grep -o 'after [0-9]* ms' "$log" | grep -o '[0-9]*') ms; $idle ms of processor in 10 s idle"
done
