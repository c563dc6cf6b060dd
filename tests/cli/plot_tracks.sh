#!/bin/sh
# SPDX-License-Identifier: MIT
# plot_tracks.sh RUVIEW: ways and skeletons of a simulated walk as a map; the same
# witness at every instruction set with the model loaded; nothing where it is withheld
set -eu
ruview=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$ruview" simulate one-walker --seconds 45 -o walk.pcapng --quiet 2>/dev/null
"$ruview" plot tracks walk.pcapng -o map.svg >/dev/null
grep -q '<polyline' map.svg
"$ruview" plot tracks walk.pcapng --every 0 -o none.svg 2>said && exit 1
grep -q -- '--every is a number of seconds' said
if grep -q 'trained on simulation' map.svg; then
    echo "a skeleton without a model"
    exit 1
fi
sed 's/mode: raw_research/mode: private_home/' walk.site.yaml >home.yaml
code=0
"$ruview" plot tracks walk.pcapng -c home.yaml -o home.svg 2>said || code=$?
[ $code -eq 1 ] && grep -q 'privacy\|withholds' said
[ -f "$source/models/pose.safetensors" ] || exit 0
{ cat walk.site.yaml; echo 'pose: true'; } >pose.yaml
"$ruview" plot tracks walk.pcapng -c pose.yaml -o pose.svg >/dev/null
grep -q 'trained on simulation' pose.svg && grep -q '<path' pose.svg
"$ruview" replay walk.pcapng -c pose.yaml -F json 2>/dev/null >records.jsonl
grep -q '"keypoints_trained_on":"simulation"' records.jsonl
for mask in 0 1 256; do
    "$ruview" replay walk.pcapng -c pose.yaml --cpu $mask | grep '^witness'
done | sort -u | wc -l | grep -qx 1
echo "plot_tracks: ways, skeletons and one witness"
