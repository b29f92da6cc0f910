#!/bin/sh
# The compiler, with counters of coverage for what is built for the target, `rten` left out: with them it
# alone would build longer than all the rest, and its panics are errors to halfmoon anyway.
case " $* " in
*" --crate-name rten"*) exec "$@" ;;
*" --target "*)
    exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1
    ;;
*) exec "$@" ;;
esac
