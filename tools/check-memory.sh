#!/bin/sh
# The tests under AddressSanitizer and UndefinedBehaviorSanitizer, then the unit tests under valgrind.
set -e
build=build-asan
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:allocator_may_return_null=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tools/lsan.supp:print_suppressions=0
[ -f $build/build.ninja ] || CC=gcc meson setup $build --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
ninja -C $build
meson test -C $build --no-rebuild --print-errorlogs --timeout-multiplier 5
# The command line runs the sanitized library; Python itself would report its own leaks at exit.
GPAC_BUILD=$build .venv/bin/python -m pytest -q -n "$(nproc)" tests/cli
sh tools/link-package.sh $build .venv/bin/python
trap 'sh tools/link-package.sh build .venv/bin/python' EXIT
ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" \
	GPAC_BUILD=$build .venv/bin/python -m pytest -q -n "$(nproc)" tests/python -m "not slow"
[ -f build/build.ninja ] || meson setup build --buildtype=release
ninja -C build
meson test -C build --no-rebuild --print-errorlogs --timeout-multiplier 30 \
	--wrapper 'valgrind -q --fair-sched=yes --leak-check=full --errors-for-leak-kinds=definite,indirect --error-exitcode=99 --suppressions='"$PWD"/tools/valgrind.supp
