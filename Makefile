# SPDX-License-Identifier: MIT
# Friends of ./run and ./test. The build itself is CMake's.
.PHONY: build run test bench prove soak day install clean format

build:
	cmake --preset release >/dev/null
	cmake --build --preset release

run:
	./run

test:
	./test

bench: build
	build/ruview bench engine

prove:
	proofs/prove

soak: build
	proofs/soak

day: build
	rm -f build/day.db build/day.db-wal build/day.db-shm
	build/proofs/day 24 build/day.db

install: build
	cmake --install build

format:
	find include src cli server tests bench proofs wasm examples -name '*.[ch]' | xargs clang-format-14 -i --style=file

clean:
	rm -rf build build-*
