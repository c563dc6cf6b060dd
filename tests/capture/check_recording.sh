#!/bin/sh
# SPDX-License-Identifier: MIT
# A recording of ours is read by tshark and capinfos, packed and unpacked without loss,
# and converted to itself byte for byte.
set -eu
ruview=$1 data=$2
capture=$data/csikit/nexmon/example_4366c0.pcap
[ -f "$capture" ] || { echo "not run: no data"; exit 77; }
command -v tshark >/dev/null || { echo "not run: tshark is not there"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$ruview" convert --quiet "$capture" -o "$work/a.pcapng"
n=$(tshark -r "$work/a.pcapng" -Y 'udp.dstport == 5500 && udp.checksum.status != 0' \
    -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE 2>/dev/null | wc -l)
echo "tshark reads $n datagrams"
[ "$n" -eq 293 ]
theirs=$(tshark -r "$capture" -T fields -e data.data 2>/dev/null | sha256sum)
ours=$(tshark -r "$work/a.pcapng" -T fields -e data.data 2>/dev/null | sha256sum)
[ "$theirs" = "$ours" ]
capinfos -c "$work/a.pcapng" | grep 'Number of packets' | grep -q 293
"$ruview" convert --quiet "$work/a.pcapng" -o "$work/b.pcapng"
cmp "$work/a.pcapng" "$work/b.pcapng"

# inputs that are not datagrams: tshark steps over them, we read all
"$ruview" convert --quiet "$data/csikit/feitcsi/VHT80_5500.csi" -o "$work/f.pcapng"
tshark -r "$work/f.pcapng" >/dev/null 2>&1
"$ruview" inspect --json "$work/f.pcapng" | grep -q '"frames_accepted":40,'
"$ruview" convert --quiet "$work/f.pcapng" -o "$work/f1.npz"
"$ruview" convert --quiet "$data/csikit/feitcsi/VHT80_5500.csi" -o "$work/f2.npz"
cmp "$work/f1.npz" "$work/f2.npz"

# what is converted reads back to the same
for source in csikit/feitcsi/VHT80_5500.csi csikit/intel/log.all_csi.6.7.6.dat \
    csikit/pico/picoscenes_ax200_example.csi csikit/esp32/example_data.csv; do
    for target in npz csv; do
        "$ruview" convert --quiet "$data/$source" -o "$work/once.$target"
        "$ruview" convert --quiet "$work/once.$target" -o "$work/twice.$target"
        cmp "$work/once.$target" "$work/twice.$target"
    done
done
"$ruview" convert --quiet "$work/once.csv" -o "$work/again.npz"
"$ruview" convert --quiet "$data/csikit/esp32/example_data.csv" -o "$work/direct.npz"
cmp "$work/again.npz" "$work/direct.npz"

# a pipe, and a packed file
cat "$work/a.pcapng" | "$ruview" inspect --json - | grep -q '"frames_accepted":293,'
if command -v zstd >/dev/null; then
    zstd -q "$work/a.pcapng" -o "$work/a.pcapng.zst"
    "$ruview" cat "$work/a.pcapng.zst" | cmp - "$work/a.pcapng"
    head -c 100000 "$work/a.pcapng.zst" >"$work/cut.zst"
    if "$ruview" inspect "$work/cut.zst" >/dev/null 2>&1; then
        echo "a cut packed file must not pass"
        exit 1
    fi
fi
for bad in /dev/null "$work"; do
    code=0
    "$ruview" inspect "$bad" >/dev/null 2>&1 || code=$?
    [ "$code" -eq 2 ] || { echo "$bad: exit $code"; exit 1; }
done
echo "recordings: all equal"
