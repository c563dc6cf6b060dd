# SPDX-License-Identifier: MIT
# Flags are code: the numbers depend on them. See CONTRIBUTING.md, "Exactness".

# Warnings, as errors, for everything that is ours
add_library(rv_warnings INTERFACE)
target_compile_options(
  rv_warnings
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion
            -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wdate-time -Wundef
            -Wcast-qual -Wwrite-strings)
option(RV_WERROR "Warnings are errors" ON) # a profile makes gcc see what is not there
if(RV_WERROR)
  target_compile_options(rv_warnings INTERFACE -Werror)
endif()

# Instrumented code makes gcc see conversions that nobody wrote; the release build warns
if(RV_SANITIZE)
  target_compile_options(rv_warnings INTERFACE -Wno-conversion -Wno-maybe-uninitialized)
endif()

# Same bits everywhere: no contraction, no excess precision, no errno from sqrt
add_library(rv_exact INTERFACE)
target_compile_options(rv_exact INTERFACE -fno-fast-math -ffp-contract=off
                                          -fno-math-errno)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(rv_exact INTERFACE -fexcess-precision=fast -Wno-psabi)
endif()
# gcc 12 fuses a multiplication and an alternating sum (vfmaddsub) whatever
# -ffp-contract says, as soon as -march= allows the instruction
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i[3-6]86)$" AND NOT CMAKE_C_COMPILER_TARGET)
  target_compile_options(rv_exact INTERFACE -mno-fma)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^i[3-6]86$")
  target_compile_options(rv_exact INTERFACE -msse2 -mfpmath=sse)
endif()

# The pure core calls nothing but memcpy memmove memset memcmp: no stack protector,
# no FORTIFY (its checks are library calls)
add_library(rv_pure INTERFACE)
target_compile_options(rv_pure INTERFACE -fvisibility=hidden -fno-stack-protector
                                         -ffunction-sections -fdata-sections
                                         -U_FORTIFY_SOURCE)

if(RV_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(RV_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()

# One set of objects serves program, archive and shared library. Nothing outside may
# stand in for a function of ours, so calls stay direct.
if(RV_LIBRARY AND NOT RV_SANITIZE)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(rv_pure INTERFACE -fno-semantic-interposition)
  endif()
endif()
