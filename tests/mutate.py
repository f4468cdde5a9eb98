"""Reads damaged files of every format, many of each: see tests/cli/mutations.py. `make mutate` runs it on a build with
sanitizers.

    mutate.py [--each N] [--jobs N] [--keep FOLDER] [FORMAT...]"""

import argparse
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "cli"))
import mutations  # noqa: E402


def make_clip(folder):
    def make(name, *options):
        path = folder / name
        subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, options), "-strict", "-2", str(path)], check=True)
        return path
    return make


def run_format(name, each, keep):
    """Runs all damage of a format; returns what failed."""
    failures = []
    with tempfile.TemporaryDirectory(prefix="mutate") as temporary:
        folder = Path(temporary)
        files = mutations.make_files(name, make_clip(folder))
        path = folder / f"whole{Path(name).suffix}"
        path.write_bytes(files[0])
        whole = mutations.packets_of(mutations.run_on(path, mutations.PACKETS).stdout)
        for kind in mutations.KINDS:
            for index in range(each):
                path = folder / f"{kind}{index}{Path(name).suffix}"
                try:
                    mutations.check(name, kind, index, files, path, whole)
                except (AssertionError, subprocess.TimeoutExpired) as failure:
                    (keep / f"{name.partition('.')[0]}_{path.name}").write_bytes(path.read_bytes())
                    failures.append(f"{name} {kind} {index}: {failure}")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=500, help="damaged files of each format and kind")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("out/mutate"), help="where files that fail are kept")
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=" ".join(mutations.FORMATS))
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    nb_failed = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        runs = {pool.submit(run_format, name, options.each, options.keep): name
                for name in options.formats or mutations.FORMATS}
        for run in as_completed(runs):
            failures = run.result()
            nb_failed += len(failures)
            print(f"{runs[run]}: {options.each * len(mutations.KINDS)} files, {len(failures)} failures", flush=True)
            print(*failures, sep="\n", end="\n" if failures else "", flush=True)
    return 1 if nb_failed else 0


if __name__ == "__main__":
    sys.exit(main())
