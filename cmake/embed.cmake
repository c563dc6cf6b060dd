# SPDX-License-Identifier: MIT
# cmake -DOUT=file.c -DFILES=a;b -P embed.cmake: the scenarios as C strings
set(code "// Generated from scenarios/\n#include \"cli/scenario_file.h\"\n\n#include <stddef.h>\n\n")
string(APPEND code "const rv_scenario_shipped rv_scenarios_shipped[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n     \"" text "${text}")
  string(APPEND code "    {\"${name}\",\n     \"${text}\"},\n")
endforeach()
string(APPEND code "    {NULL, NULL},\n};\n")
file(WRITE ${OUT} "${code}")
