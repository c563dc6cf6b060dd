# SPDX-License-Identifier: MIT
# What is packaged: link-time optimisation, and symbols in files of their own, found by
# debuggers through the build id and the debug link. Objects keep ordinary code beside the
# optimiser's, so that libruview.a serves every compiler.
add_compile_options(-g -flto=auto -ffat-lto-objects)
add_link_options(-flto=auto -Wl,--build-id=sha1)

function(rv_split_symbols target)
  add_custom_command(
    TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_OBJCOPY} --only-keep-debug $<TARGET_FILE:${target}>
            $<TARGET_FILE:${target}>.debug
    COMMAND ${CMAKE_STRIP} --strip-unneeded $<TARGET_FILE:${target}>
    COMMAND ${CMAKE_OBJCOPY} --add-gnu-debuglink=$<TARGET_FILE:${target}>.debug
            $<TARGET_FILE:${target}>
    VERBATIM)
  install(FILES $<TARGET_FILE:${target}>.debug DESTINATION lib/debug COMPONENT symbols)
endfunction()
