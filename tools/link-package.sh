#!/bin/sh
# Makes `import libgpac` work from the virtual environment on the build tree: link-package.sh BUILD PYTHON
set -e
build=$1
python=$2
root=$(pwd)
dir=$root/$build/python/libgpac
mkdir -p "$dir"
for f in "$root"/python/libgpac/*; do
	case $f in *.c|*.h|*/meson.build|*/__pycache__) continue ;; esac
	ln -sfn "$f" "$dir/$(basename "$f")"
done
ln -sfn "$root/$build/libgpac.so.16" "$dir/libgpac.so.16"
ln -sfn "$root/$build/gpac" "$dir/gpac"
site=$("$python" -c 'import site; print(site.getsitepackages()[0])')
echo "$root/$build/python" > "$site/libgpac-build.pth"
