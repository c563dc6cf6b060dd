# SPDX-License-Identifier: MIT
# Friends of ./run and ./test. The build itself is CMake's.
.PHONY: build run test bench baseline gate gate-baseline prove soak conform day install clean format

build:
	cmake --preset release >/dev/null
	cmake --build --preset release

run:
	./run

test:
	./test

bench: build
	build/ruview bench engine

# Times of this machine, beside those of others: on a Pi 5 it writes aarch64-*.jsonl
baseline: build
	build/ruview bench all --json >bench/baselines/$$(uname -m)-$$(uname -n).jsonl

# Instructions per stage against the committed baseline, and that baseline anew
gate: build
	bench/gate

gate-baseline: build
	bench/gate --update

prove:
	proofs/prove

soak: build
	proofs/soak

# Every recording of ../shared/data: frames expected, read, refused by reason
conform: build
	tests/conform/conform.py build/ruview ../shared/data
	tests/conform/end_to_end.py build/ruview ../shared/data

day: build
	rm -f build/day.db build/day.db-wal build/day.db-shm
	build/proofs/day 24 build/day.db

install: build
	cmake --install build

format:
	find include src cli server tests bench proofs wasm examples -name '*.[ch]' | xargs clang-format-14 -i --style=file

clean:
	rm -rf build build-*
