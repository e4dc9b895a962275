# The county's agent as a package that needs nothing of the machine but its kernel: program, libraries, loader and
# text converters of the system it is built on, all in one folder. Old systems (glibc 2.28 and below) run it as it is;
# drivers of databases, which are the county's own, can still be loaded. Nothing of it is built or installed unless asked:
#
#   cmake -S . -B BUILD -G Ninja -DCMAKE_BUILD_TYPE=Release -DDUBAN_TESTS=OFF
#   cmake --build BUILD --target agent_packages     → BUILD/packages/duban-agent-….deb, ….tar.xz

set(agent_root /opt/duban-agent)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64)$")
  set(agent_architecture amd64)
  set(agent_loader ld-linux-x86-64.so.2)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(agent_architecture arm64)
  set(agent_loader ld-linux-aarch64.so.1)
else()
  return() # no package for this kind of machine
endif()

# The collector once more, linked for its folder. An old-style rpath counts for the libraries of its libraries, and for
# what is loaded later, as well.
add_executable(agent_program EXCLUDE_FROM_ALL services/collector/main.c)
set_target_properties(agent_program PROPERTIES OUTPUT_NAME duban-collector RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/agent-linked)
target_link_libraries(agent_program PRIVATE duban_collector)
target_link_options(agent_program PRIVATE $<${lto}:-flto=auto>
  -Wl,--dynamic-linker=${agent_root}/lib/${agent_loader} -Wl,-rpath,${agent_root}/lib -Wl,--disable-new-dtags)
target_compile_definitions(agent_program PRIVATE DUBAN_AGENT_GCONV="${agent_root}/lib/gconv")

set(agent_folder ${CMAKE_BINARY_DIR}/agent)
add_custom_command(OUTPUT ${agent_folder}/lib/${agent_loader}
  COMMAND ${CMAKE_SOURCE_DIR}/deploy/agent/gather ${CMAKE_C_COMPILER} $<TARGET_FILE:agent_program> ${agent_loader} ${agent_folder}
  DEPENDS agent_program ${CMAKE_SOURCE_DIR}/deploy/agent/gather VERBATIM)
add_custom_target(agent_packages
  COMMAND ${CMAKE_CPACK_COMMAND} --config ${CMAKE_BINARY_DIR}/CPackConfig.cmake
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${CMAKE_BINARY_DIR}/packages/_CPack_Packages
  DEPENDS ${agent_folder}/lib/${agent_loader} VERBATIM)

set(here ${CMAKE_SOURCE_DIR}/deploy/agent)
string(SUBSTRING ${agent_root} 1 -1 inside)
install(PROGRAMS ${agent_folder}/bin/duban-collector ${here}/duban-agent DESTINATION ${inside}/bin COMPONENT agent EXCLUDE_FROM_ALL)
install(DIRECTORY ${agent_folder}/lib ${agent_folder}/share DESTINATION ${inside} USE_SOURCE_PERMISSIONS COMPONENT agent EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/systemd/duban-collector.service DESTINATION ${inside}/share COMPONENT agent EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_SOURCE_DIR}/services/collector/README.zh.md DESTINATION ${inside}/share COMPONENT agent EXCLUDE_FROM_ALL)
install(CODE "file(WRITE \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${inside}/share/package \"${PROJECT_VERSION} ${agent_architecture}\\n\")"
  COMPONENT agent EXCLUDE_FROM_ALL)
install(PROGRAMS ${here}/install.sh DESTINATION . COMPONENT archive EXCLUDE_FROM_ALL)
install(FILES ${here}/README.zh.md DESTINATION . COMPONENT archive EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB TXZ)
set(CPACK_PACKAGE_NAME duban-agent)
set(CPACK_PACKAGE_VENDOR duban)
set(CPACK_PACKAGE_CONTACT "duban <duban@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "duban's county agent (采集端): reads drop folders and sends figures to the centre")
set(CPACK_PACKAGE_FILE_NAME duban-agent-${PROJECT_VERSION}-${agent_architecture})
set(CPACK_OUTPUT_FILE_PREFIX ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_STRIP_FILES OFF) # Debian's libraries are, and the program is when it is gathered
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${agent_architecture})
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS OFF) # it brings them
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)   # what an old dpkg reads
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${here}/debian/postinst ${here}/debian/prerm ${here}/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PROJECT_CONFIG_FILE ${here}/cpack.cmake)
include(CPack)
