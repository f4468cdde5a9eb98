#!/bin/sh
# Makes `import libgpac` work from the virtual environment on the build tree: link-package.sh BUILD PYTHON
set -e
build=$(cd "$1" && pwd)
python=$2
root=$(cd "$(dirname "$0")/.." && pwd)
dir=$build/python/libgpac
mkdir -p "$dir"
for f in "$root"/python/libgpac/*; do
	case $f in */__pycache__) continue ;; esac
	ln -sfn "$f" "$dir/$(basename "$f")"
done
find "$dir" -xtype l -delete # files that were renamed
ln -sfn "$build/libgpac.so.16" "$dir/libgpac.so.16"
for module in "$build"/gf_*.so; do
	[ ! -e "$module" ] || ln -sfn "$module" "$dir/$(basename "$module")"
done
ln -sfn "$build/python/_native.abi3.so" "$dir/_native.abi3.so"
ln -sfn "$build/gpac" "$dir/gpac"
site=$("$python" -c 'import site; print(site.getsitepackages()[0])')
echo "$build/python" > "$site/libgpac-build.pth"
