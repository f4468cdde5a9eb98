# SPDX-License-Identifier: MIT
"""``python -m libgpac doctor`` looks at the installation; other arguments are those of the ``gpac`` command."""

import sys

import libgpac

if __name__ == "__main__":  # tools that look at all modules import this one too
    if sys.argv[1:] == ["doctor"]:
        sys.exit(0 if libgpac.doctor() else 1)
    sys.exit(libgpac.main())
