# SPDX-License-Identifier: MIT
# Libraries that the edges of the system use: packed files and live capture.
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
target_link_libraries(ruview_platform PUBLIC PkgConfig::ZSTD PkgConfig::ZLIB)
