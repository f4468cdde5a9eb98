"""Reads damaged files of every format, many of each: see tests/cli/mutations.py. `make mutate` runs it, on a build with
sanitizers several files at a time.

    mutate.py [--each N] [--together N] [--jobs N] [--keep FOLDER] [FORMAT...]"""

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


def passes_together(name, kind, numbers, files, folder):
    """Reads several damaged files in one process: sanitizers start slowly. What they say in the end of each file is not
    compared."""
    paths = [folder / f"{kind}{index}{Path(name).suffix}" for index in numbers]
    for path, index in zip(paths, numbers):
        path.write_bytes(mutations.damage(kind, *files, index))
    try:
        mutations.run_on(paths, *mutations.use_of(numbers[0], folder))
        return True
    except (AssertionError, subprocess.TimeoutExpired):
        return False
    finally:
        for path in paths:
            path.unlink()


def run_format(name, each, together, keep):
    """Runs all damage of a format; returns what failed."""
    failures = []
    with tempfile.TemporaryDirectory(prefix="mutate") as temporary:
        folder = Path(temporary)
        files = mutations.make_files(name, make_clip(folder))
        path = folder / f"whole{Path(name).suffix}"
        path.write_bytes(files[0])
        whole = mutations.packets_of(mutations.run_on(path, mutations.PACKETS).stdout)
        for kind in mutations.KINDS:
            alone = range(each)
            if together > 1:
                # those of the same use together
                groups = [range(use, each, 4)[i:i + together] for use in range(4) for i in range(0, each // 4 + 1, together)]
                alone = [index for group in groups if group and not passes_together(name, kind, group, files, folder)
                         for index in group]
            for index in alone:
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
    parser.add_argument("--together", type=int, default=1, help="files read by one process; each alone when that fails")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("out/mutate"), help="where files that fail are kept")
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=" ".join(mutations.FORMATS))
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    nb_failed = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        runs = {pool.submit(run_format, name, options.each, options.together, options.keep): name
                for name in options.formats or mutations.FORMATS}
        for run in as_completed(runs):
            failures = run.result()
            nb_failed += len(failures)
            print(f"{runs[run]}: {options.each * len(mutations.KINDS)} files, {len(failures)} failures", flush=True)
            print(*failures, sep="\n", end="\n" if failures else "", flush=True)
    return 1 if nb_failed else 0


if __name__ == "__main__":
    sys.exit(main())
