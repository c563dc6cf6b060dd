# SPDX-License-Identifier: MIT
# libruview as others use it: static and shared, headers, pkg-config and CMake package.
# It is the pure core alone: no library beside it, not even libc's heap.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

file(STRINGS src/base/version.h.in abi_line REGEX "define RV_ABI_VERSION")
string(REGEX REPLACE ".*RV_ABI_VERSION +([0-9]+).*" "\\1" ruview_abi "${abi_line}")

add_library(ruview_static STATIC $<TARGET_OBJECTS:ruview_core>)
add_library(ruview_shared SHARED $<TARGET_OBJECTS:ruview_core>)
foreach(library ruview_static ruview_shared)
  set_target_properties(${library} PROPERTIES LINKER_LANGUAGE C)
  target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:include>)
  # Objects of the instruction-set copies come through the core's archive
  target_sources(${library} PRIVATE ${ruview_core_copies})
endforeach()
set_target_properties(ruview_static PROPERTIES OUTPUT_NAME ruview EXPORT_NAME static
                      ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set_target_properties(
  ruview_shared
  PROPERTIES OUTPUT_NAME ruview EXPORT_NAME shared VERSION ${PROJECT_VERSION}
             SOVERSION ${ruview_abi} LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib
             LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/packaging/ruview.map)
target_link_options(
  ruview_shared PRIVATE
  -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/packaging/ruview.map
  -Wl,--no-undefined -Wl,-Bsymbolic -Wl,--gc-sections)
if(RV_SHIP)
  rv_split_symbols(ruview_shared)
endif()

foreach(folder IN LISTS core_folders)
  install(DIRECTORY include/ruview/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ruview
          COMPONENT library
          FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES ${CMAKE_BINARY_DIR}/gen/ruview/base/version.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ruview/base COMPONENT library)
install(FILES ${CMAKE_BINARY_DIR}/gen/ruview/ruview.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ruview COMPONENT library)
install(TARGETS ruview_static ruview_shared EXPORT ruview
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
                NAMELINK_COMPONENT library)
install(EXPORT ruview NAMESPACE ruview:: FILE ruview-targets.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ruview COMPONENT library)
configure_package_config_file(packaging/ruview-config.cmake.in
                              ${CMAKE_BINARY_DIR}/gen/ruview-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ruview)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/gen/ruview-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/gen/ruview-config.cmake
              ${CMAKE_BINARY_DIR}/gen/ruview-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ruview COMPONENT library)

# From lib/pkgconfig back to the prefix, so that the tree can be moved
file(RELATIVE_PATH ruview_up /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(packaging/ruview.pc.in ${CMAKE_BINARY_DIR}/gen/ruview.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/gen/ruview.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
install(DIRECTORY bindings/python/ruview
        DESTINATION lib/python3/dist-packages COMPONENT library
          FILES_MATCHING PATTERN "*.py")
install(DIRECTORY examples/
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT library)
