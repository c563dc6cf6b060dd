#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Frames that `ruview inspect` accepts of every recording, against its publisher's count.

usage: check_counts.py RUVIEW DATA; exit 77: not run.
"""
import json
import os
import subprocess
import sys

ruview, data = sys.argv[1], sys.argv[2]
if not os.path.isdir(data):
    print("not run: no data")
    sys.exit(77)

# file, format, accepted, refused by reason
table = [
    ("ruview-recording/pretrain-1775182186.csi.jsonl", "ruview-jsonl", 5309, {"not_csi": 474}),
    ("ruview-recording/rec_1772470567081-20260302_165607.csi.jsonl", "ruview-jsonl", 253, {}),
    ("csikit/intel/example.dat", "intel5300", 26, {}),
    ("csikit/intel/log.all_csi.6.7.6.dat", "intel5300", 29, {}),
    ("csikit/example_dat/los_5.dat", "intel5300", 1006, {}),
    ("csikit/example_dat/los_40.dat", "intel5300", 1119, {}),
    ("csikit/example_dat/los_100.dat", "intel5300", 1377, {}),
    ("csikit/nexmon/example_4339.pcap", "pcap", 2850, {}),
    # 18 packets carry an Ethernet trailer; their payload is whole
    ("csikit/nexmon/example_43455c0.pcap", "pcap", 566, {}),
    ("csikit/nexmon/example_4358.pcap", "pcap", 4, {}),
    ("csikit/nexmon/example_4366c0.pcap", "pcap", 293, {}),
    ("csikit/pico/picoscenes_ax200_example.csi", "picoscenes", 885, {}),
    ("csikit/pico/picoscenes_ax200_agcdemo.csi", "picoscenes", 3654, {}),
    ("csikit/pico/picoscenes_iwl5300_example.csi", "picoscenes", 112, {}),
    ("csikit/pico/picoscenes_iwl5300_example2.csi", "picoscenes", 840, {}),
    ("csikit/feitcsi/HT20_2452.csi", "feitcsi", 48, {}),
    ("csikit/feitcsi/HT40_2452.csi", "feitcsi", 34, {}),
    ("csikit/feitcsi/VHT20_5500.csi", "feitcsi", 28, {}),
    ("csikit/feitcsi/VHT40_5500.csi", "feitcsi", 26, {}),
    ("csikit/feitcsi/VHT80_5500.csi", "feitcsi", 40, {}),
    ("csikit/feitcsi/VHT160_5500.csi", "feitcsi", 35, {}),
    ("csikit/feitcsi/HESU20_5500.csi", "feitcsi", 28, {}),
    ("csikit/feitcsi/HESU40_5500.csi", "feitcsi", 26, {}),
    ("csikit/feitcsi/HESU80_5500.csi", "feitcsi", 28, {}),
    ("csikit/feitcsi/HESU160_5500.csi", "feitcsi", 26, {}),
    ("csikit/esp32/example_data.csv", "esp-csv", 60, {}),
    # line 19 is two rows printed over each other
    ("csikit/esp32/example_100hz_pitraffic.csv", "esp-csv", 833, {"bad_value": 1}),
    ("csikit/esp32/example_fast_100hz_pitraffic.csv", "esp-csv", 1089, {}),
    ("csikit/esp32/example_fast2_100hz_pitraffic.csv", "esp-csv", 1599, {}),
    ("csi-data/Internal/Broadcom/Example/40mhz_1600085286.pcap", "pcap", 81, {}),
    ("espectre/head/baseline/baseline_c3_64sc_20260329_130303.npz", "espectre-npz", 1017, {}),
    ("espectre/head/baseline/baseline_c5_64sc_20260310_233856.npz", "espectre-npz", 1304, {}),
    ("espectre/history/baseline/baseline_s3_001.npz", "espectre-npz", 1000, {}),
    ("ialr-motion/part_1.csv", "csv-table", 1200, {"not_stationary": 76}),
]
failed = 0
print("%-62s %-13s %6s %6s" % ("file", "format", "want", "read"))
for path, form, accepted, refused in table:
    run = subprocess.run([ruview, "inspect", "--json", "--quiet", os.path.join(data, path)],
                         stdout=subprocess.PIPE)
    found = json.loads(run.stdout)
    good = (found["format"], found["frames_accepted"], found["refused"]) == (form, accepted, refused)
    failed += not good
    print("%-62s %-13s %6d %6d %s %s" % (path, found["format"], accepted, found["frames_accepted"],
                                         found["refused"] or "", "" if good else "FAIL"))
sys.exit(1 if failed else 0)
