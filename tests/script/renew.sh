#!/bin/sh
# Writes the programs on record anew, after a look at what has changed:
#   sh tests/script/renew.sh [target/release/halfmoon]
set -e
halfmoon=$(realpath "${1:-target/release/halfmoon}")
cd "$(dirname "$0")"
while read -r name asked; do
    # The words of a line are words of the command.
    "$halfmoon" script $asked --out "$name.py"
    rm "$name.npz"
done < commands.txt
