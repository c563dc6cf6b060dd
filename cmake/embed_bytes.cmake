# SPDX-License-Identifier: MIT
# cmake -DOUT=file.c -DFILE=models/pose.safetensors -P embed_bytes.cmake: the pose model
# as a C array; an empty one where the file is missing
set(bytes "")
if(EXISTS ${FILE})
  file(READ ${FILE} bytes HEX)
  string(REGEX REPLACE "(................................................)" "\\1\n    " bytes
                       "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
endif()
file(WRITE ${OUT} "// Generated from models/pose.safetensors
#include \"cli/pose_shipped.h\"

const uint8_t rv_pose_shipped[] = {
    ${bytes}0x00};
const size_t rv_n_pose_shipped = sizeof rv_pose_shipped - 1;
")
