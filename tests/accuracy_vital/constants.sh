#!/bin/sh
# SPDX-License-Identifier: MIT
# Every constant of the vital signs stands in docs/vital.md with its origin.
# Usage: constants.sh SOURCE_DIR
set -eu
cd "$1"
missing=0
for name in $(sed -nE 's/^#define ([A-Z][A-Z0-9_]*) .*/\1/p; s/^ *([A-Za-z][A-Za-z0-9_]*) *= [-0-9a-zA-Z+* \/_]+,? *(\/\/\/<.*)?$/\1/p; s/^enum \{ ([a-zA-Z_]+) *=.*/\1/p' \
        src/vital/*.c src/vital/*.h include/ruview/vital/*.h | sort -u); do
    case $name in
    RV_*_H | bands | RV_FALL_NONE | RV_PRESENCE_*) continue ;;
    esac
    # assignments in functions are no constants: only names of enums and macros
    grep -qE "^#define $name |^enum \{ $name|^    $name +=|^    $name =" src/vital/*.[ch] \
        include/ruview/vital/*.h || continue
    grep -qE "^(#define $name |enum \{ $name)" src/vital/*.[ch] include/ruview/vital/*.h ||
        grep -qE "^    $name += [-0-9a-zA-Z_ +]+,|^    $name += [0-9]+ ///<" src/vital/*.[ch] include/ruview/vital/*.h ||
        continue
    if ! grep -q "\`$name\`" docs/vital.md; then
        echo "$name is not in docs/vital.md"
        missing=1
    fi
done
exit $missing
