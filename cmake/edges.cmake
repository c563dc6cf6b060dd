# SPDX-License-Identifier: MIT
# Well-kept libraries at the edges; the core needs none of them.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CYAML REQUIRED IMPORTED_TARGET libcyaml)
pkg_check_modules(JANSSON_EDGE REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
find_package(Threads REQUIRED)
target_link_libraries(
  ruview_platform
  PUBLIC Threads::Threads PkgConfig::JANSSON_EDGE PkgConfig::SQLITE PkgConfig::ZLIB
         PkgConfig::ZSTD
  PRIVATE PkgConfig::CYAML PkgConfig::PCAP PkgConfig::CRYPTO)
