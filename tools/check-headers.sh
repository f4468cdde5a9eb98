#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles each public header alone, as strict C11 and as C++. Usage: check-headers.sh INCLUDE_DIR
# Compilers are taken from CC and CXX; without a C++ compiler only C is checked.
set -u
include=${1:-include}
failed=0

check() { # language, header, compiler and options
	language=$1
	header=$2
	shift 2
	printf '#include <gpac/%s>\nextern int not_empty;\n' "$header" | "$@" -Wall -Wextra -Werror -fsyntax-only -I"$include" -x "$language" - || {
		echo "gpac/$header does not compile alone as $language" >&2
		failed=1
	}
}

cxx=${CXX:-c++}
command -v ${cxx%% *} >/dev/null || { echo "no C++ compiler: headers are checked as C only" >&2; cxx=; }
for path in "$include"/gpac/*.h; do
	header=$(basename "$path")
	check c "$header" ${CC:-cc} -std=c11 -pedantic
	[ -z "$cxx" ] || check c++ "$header" $cxx -std=c++11 -pedantic
done
exit $failed
