"""Reads and writes through objects of ours; the destination may become many files.

    fileio.py IN OUT [FILTER]
"""

import os
import sys

import libgpac as gpac

gpac.init(1, b"0")
gpac.set_args(sys.argv[:1])


class MyFile:
    """Called on copies of one factory, one for each file opened."""

    def __init__(self, folder):
        self.folder = folder
        self.is_eof = False

    def open(self, url, mode):
        print("open", os.path.basename(url), "w" if "w" in mode else "r")
        if "b" not in mode:
            mode += "b"
        try:
            self.file = open(os.path.join(self.folder, url), mode)
        except OSError:
            return False
        return True

    def close(self):
        print("close", os.path.basename(self.file.name))
        self.file.close()

    def read(self, buffer, size):
        nb_read = self.file.readinto(buffer)
        self.is_eof = nb_read == 0
        return nb_read

    def write(self, buffer, size):
        return self.file.write(buffer[:size])

    def seek(self, pos, whence):
        self.is_eof = False
        self.file.seek(pos, whence)
        return 0

    def tell(self):
        return self.file.tell()

    def eof(self):
        return self.is_eof

    def exists(self, url):
        return os.path.exists(os.path.join(self.folder, url))


source = gpac.FileIO(os.path.basename(sys.argv[1]), MyFile(os.path.dirname(sys.argv[1])))
target = gpac.FileIO(os.path.basename(sys.argv[2]), MyFile(os.path.dirname(sys.argv[2])))

fs = gpac.FilterSession()
src = fs.load_src(source.url)
if len(sys.argv) > 3:
    fs.load(sys.argv[3])
dst = fs.load_dst(target.url)
fs.run()
fs.delete()
sys.exit(gpac.close())
