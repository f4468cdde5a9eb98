# Everything a fresh Debian 12 needs to build, show and test the project. See README.md.
SHELL := /bin/bash
BUILD := build
VENV := .venv
PY := $(VENV)/bin/python
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES := build-essential meson ninja-build pkg-config python3-dev python3-venv ffmpeg libcmocka-dev \
	libavcodec-dev libavfilter-dev libavformat-dev libavutil-dev libswresample-dev libswscale-dev \
	libcurl4-openssl-dev libmicrohttpd-dev zlib1g-dev libgnutls28-dev libepoxy-dev libegl-dev libgl1-mesa-dri
TEST_PACKAGES := chromium curl
MEMORY_PACKAGES := valgrind clang
FUZZ_PACKAGES := clang
LINT_PACKAGES := clang-tidy
BENCH_PACKAGES := curl nginx wrk

.PHONY: all deps build demo test test-unit test-python bench check-memory fuzz mutate load lint docs clean

all: build

# Installs the packages that are missing; asks for nothing when all are there.
define install
	@missing=""; for p in $(1); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
		$(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; fi
endef

deps:
	$(call install,$(PACKAGES))

$(BUILD)/build.ninja: | deps
	meson setup $(BUILD) --buildtype=release -Dpython=enabled

# Made again when the Makefile changes: the list of packages may have.
$(VENV)/installed: Makefile | deps
	/usr/bin/python3 -m venv $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check pytest pytest-xdist hypothesis numpy h2 prometheus_client mypy 'pyright[nodejs]' pdoc
	@touch $@

build: $(BUILD)/build.ninja $(VENV)/installed
	ninja -C $(BUILD)
	@sh tools/link-package.sh $(BUILD) $(PY)

demo: build $(BUILD)/demo.mp4
	@mkdir -p out
	$(PY) examples/custom_filter.py $${INPUT:-$(BUILD)/demo.mp4} out/demo_fragmented.mp4

# A small real clip, made here: five seconds of test picture and tone.
$(BUILD)/demo.mp4:
	ffmpeg -v error -y -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 \
		-t 5 -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -b:a 96k $@

test: test-unit test-python

test-unit: build
	meson test -C $(BUILD) --print-errorlogs --no-rebuild

test-python: build
	$(call install,$(TEST_PACKAGES))
	$(PY) -m pytest -q -n $$(nproc) tests/python tests/cli

bench: build
	$(call install,$(BENCH_PACKAGES))
	$(PY) -m pip install -q --disable-pip-version-check av
	$(PY) bench/run.py
	$(PY) bench/http_rates.py

# Ten minutes of mixed HTTP requests at full speed: wrong bytes, growing memory, what is left behind.
load: build
	$(PY) bench/load.py --seconds $${SECONDS_EACH:-600}

# The whole test suite under AddressSanitizer and UndefinedBehaviorSanitizer, then the unit tests under valgrind.
check-memory: $(VENV)/installed
	$(call install,$(MEMORY_PACKAGES))
	sh tools/check-memory.sh

fuzz: deps
	$(call install,$(FUZZ_PACKAGES))
	sh tools/fuzz.sh $${SECONDS_EACH:-60}

# 500 damaged files of each format and kind of damage: what is told of each, and all under sanitizers.
mutate: build
	$(PY) tests/mutate.py --jobs $$(nproc)
	[ -f build-asan/build.ninja ] || meson setup build-asan --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
	ninja -C build-asan
	GPAC_BUILD=build-asan UBSAN_OPTIONS=halt_on_error=1 LSAN_OPTIONS=suppressions=$(CURDIR)/tools/lsan.supp:print_suppressions=0 \
		$(PY) tests/mutate.py --together 25 --jobs $$(nproc)

# clang-tidy with the checks of .clang-tidy, over every C file that is not a test.
lint: build
	$(call install,$(LINT_PACKAGES))
	git ls-files 'src/*.c' 'apps/*.c' 'python/native/*.c' | xargs -P$$(nproc) -n1 clang-tidy -p $(BUILD) --quiet

docs: build
	$(BUILD)/gpac -h reference > docs/filters.md.new && mv docs/filters.md.new docs/filters.md
	$(PY) tools/api_pages.py docs/api

clean:
	rm -rf $(BUILD) build-asan build-fuzz $(VENV) out
