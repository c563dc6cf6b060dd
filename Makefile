# SPDX-License-Identifier: MIT
# Friends of ./run and ./test. The build itself is CMake's.
.PHONY: build run test bench prove soak install clean format

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

install: build
	cmake --install build

format:
	find include src cli server tests bench proofs wasm examples -name '*.[ch]' | xargs clang-format-14 -i --style=file

clean:
	rm -rf build build-*
