# SPDX-License-Identifier: MIT
# Libraries that the edges of the system use: packed files and live capture.
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
target_link_libraries(ruview_platform PUBLIC PkgConfig::ZSTD PkgConfig::ZLIB)
# JSON in, and the history database
pkg_check_modules(JANSSON_EDGE REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
target_link_libraries(ruview_platform PUBLIC PkgConfig::JANSSON_EDGE PkgConfig::SQLITE)
