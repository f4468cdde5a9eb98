#!/bin/sh
# Runs each libFuzzer target for the given number of seconds: fuzz.sh SECONDS
set -e
seconds=${1:-60}
build=build-fuzz
[ -f $build/build.ninja ] || CC=clang meson setup $build --buildtype=debugoptimized -Db_sanitize=address,undefined \
	-Db_lundef=false -Dwerror=false -Dc_args=-fsanitize=fuzzer-no-link
ninja -C $build libgpac_core.a
status=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Iinclude -Isrc "$source" $build/libgpac_core.a \
		-lm -lpthread -ldl -lgnutls -o "$build/$name"
	mkdir -p "$build/corpus/$name"
	echo "== $name: $seconds s"
	"$build/$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=0 \
		-verbosity=0 -close_fd_mask=3 -artifact_prefix="$build/$name-" "$build/corpus/$name" || status=1
done
exit $status
