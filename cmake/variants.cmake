# SPDX-License-Identifier: MIT
# A source named *_lanes.c holds kernels written once over the virtual lanes of
# src/math/lanes.h. It is compiled once per instruction set, with RV_VARIANT naming
# the copy; the copy to run is chosen at start (src/math/kernels.c).

function(rv_split_variants plain_out lanes_out)
  set(plain)
  set(lanes)
  foreach(source IN LISTS ARGN)
    if(source MATCHES "_lanes\\.c$")
      list(APPEND lanes ${source})
    else()
      list(APPEND plain ${source})
    endif()
  endforeach()
  set(${plain_out} ${plain} PARENT_SCOPE)
  set(${lanes_out} ${lanes} PARENT_SCOPE)
endfunction()

function(rv_add_variants target)
  if(NOT ARGN)
    return()
  endif()
  set(variants plain base)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT CMAKE_C_FLAGS MATCHES "-m32")
    list(APPEND variants avx2 avx512)
  endif()
  if(RV_ONLY_PLAIN)
    set(variants plain)
  endif()
  set(flags_plain -DRV_LANES_PLAIN)
  set(flags_base "")
  set(flags_avx2 -mavx2 -mpopcnt -mno-fma)
  set(flags_avx512 -mavx512f -mavx512vl -mavx512dq -mavx512bw -mpopcnt
                   -mprefer-vector-width=512)
  list(TRANSFORM variants REPLACE "(.+)" "RV_HAVE_VARIANT_\\1=1" OUTPUT_VARIABLE have)
  if(RV_ONLY_PLAIN)
    list(APPEND have RV_ONLY_PLAIN)
  endif()
  target_compile_definitions(${target} PRIVATE ${have})
  foreach(variant IN LISTS variants)
    add_library(${target}_${variant} OBJECT ${ARGN})
    target_include_directories(
      ${target}_${variant}
      PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/include ${CMAKE_CURRENT_BINARY_DIR}/gen
              ${CMAKE_CURRENT_SOURCE_DIR}/src)
    target_link_libraries(${target}_${variant} PRIVATE rv_warnings rv_exact rv_pure)
    target_compile_definitions(${target}_${variant} PRIVATE RV_VARIANT=${variant} ${have})
    target_compile_options(${target}_${variant} PRIVATE ${flags_${variant}})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${variant}>)
    list(APPEND copies $<TARGET_OBJECTS:${target}_${variant}>)
  endforeach()
  set(${target}_copies ${copies} PARENT_SCOPE)
endfunction()
