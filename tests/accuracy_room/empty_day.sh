#!/bin/sh
# SPDX-License-Identifier: MIT
# empty_day.sh PROGRAM OUT [HOURS [JOBS [FIRST_SEED [SEEDS]]]]: HOURS of an empty flat for
# each of SEEDS seeds and 4, 6 and 8 nodes, JOBS at once and at idle priority; rows go to
# OUT as they come, below a line that names their columns, the sums with their 95 % Poisson
# upper bounds to standard output.
set -eu
program=$1 out=$2 hours=${3:-2.4} jobs=${4:-2} first=${5:-101} seeds=${6:-10}
idle=
chrt -i 0 true 2>/dev/null && idle='chrt -i 0'
[ -s "$out" ] || "$program" --header > "$out"
seed=$first
while [ "$seed" -lt $((first + seeds)) ]; do
    for nodes in 4 6 8; do
        echo "$nodes $seed $hours"
    done
    seed=$((seed + 1))
done | xargs -P "$jobs" -L 1 $idle "$program" >> "$out"
exec "$(dirname "$0")/empty_day.py" "$out"
