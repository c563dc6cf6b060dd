#!/bin/sh
# SPDX-License-Identifier: MIT
# eval on folders that it has never seen: other chips, shapes and types, labels as text and
# numbers, broken files, nothing at all. The recordings are made here.
set -eu
ruview=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$ruview" "$work" <<'END'
import io, json, math, os, random, struct, subprocess, sys, zipfile
ruview, work = sys.argv[1:]
rng = random.Random(1)

def npy(descr, shape, data, fortran=False):
    head = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, fortran, shape)
    head += ' ' * (63 - (10 + len(head)) % 64) + '\n'
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode() + data

def word(text):
    return npy('<U%d' % max(1, len(text)), '()', text.ljust(max(1, len(text))).encode('utf-32-le'))

def values(n, k, moves):
    """[n][k] pairs (im, re): a channel, noise, and a second path when somebody moves"""
    out = []
    for i in range(n):
        row = []
        for c in range(k):
            p = 1.0 + 0.3 * c * 20 / k + (6.3 * 0.12 * i if moves else 0)
            row.append((round(40 * 0.4 * math.sin(p) + rng.gauss(0, 1.0)),
                        round(40 + 40 * 0.4 * math.cos(p) + rng.gauss(0, 1.0))))
        out.append(row)
    return out

TYPES = {'i1': lambda v: struct.pack('bb', *v), 'i2': lambda v: struct.pack('<hh', *v),
         'c8': lambda v: struct.pack('<ff', v[1], v[0]), 'c16': lambda v: struct.pack('<dd', v[1], v[0]),
         'f4': lambda v: struct.pack('<f', math.hypot(*v))}

def archive(name, kind, k, moves, n=500, pack=False, **members):
    rows = values(n, k, moves)
    columns = 2 * k if kind[0] == 'i' else k
    csi = npy('|i1' if kind == 'i1' else '<' + kind, '(%d, %d)' % (n, columns),
              b''.join(TYPES[kind](v) for r in rows for v in r))
    with zipfile.ZipFile(name, 'w', zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED) as z:
        z.writestr('csi_data.npy', csi)
        for key, value in members.items():
            z.writestr(key + '.npy', value)

time = {'duration_ms': npy('<f8', '()', struct.pack('<d', 10000.0))}
stamps = {'timestamps': npy('<u4', '(500,)', b''.join(struct.pack('<I', 20 * i) for i in range(500)))}

def folder(name):
    os.makedirs(os.path.join(work, name), exist_ok=True)
    return os.path.join(work, name) + '/'

def run(name, *more):
    done = subprocess.run([ruview, 'eval', os.path.join(work, name), '--json', '-q', *more],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode in (0, 2), (name, done)
    return json.loads(done.stdout) if done.returncode == 0 else None, done.stderr.decode()

def rows(found, part):
    return [r for r in found['motion']['rows'] if r['set'] == part]

def both(at, kind, k, chip, pack=False, names=('baseline', 'movement'), **members):
    for moves, name in enumerate(names):
        archive('%s%s_%s_%dsc_1.npz' % (at, name, chip, k), kind, k, moves, pack=pack, **members)

# any chip, any type, any number of tones
for i, (kind, k, chip) in enumerate((('i1', 64, 'c6'), ('i1', 64, 'esp32'), ('i2', 52, 'c3'),
                                     ('c8', 56, 's2'), ('c16', 114, 'p4'), ('f4', 57, 'c61'),
                                     ('i1', 256, 's3'))):
    at = folder('shape%d' % i)
    both(at, kind, k, chip, pack=i % 2 == 1, **(stamps if i % 3 == 0 else time))
    found, text = run('shape%d' % i)
    assert not text and found['unread'] == [], (kind, k, chip, text)
    row, = rows(found, 'espectre')
    assert row['f1'] > 0.9 and row['fp'] == 0, (kind, k, chip, row)

# the label inside, another name, no chip
at = folder('inside')
archive(at + 'a.npz', 'i1', 64, 0, label=word('baseline'), **time)
archive(at + 'b "x, y".npz', 'i1', 64, 1, label=word('movement'), **time)
archive(at + 'c.npz', 'i1', 64, 1, label=word('wave'), **time)
found, text = run('inside', '--html', work + '/page.html', '--windows', work + '/windows.csv')
assert not text and len(found['motion']['rows']) == 1, (found, text)
assert len([l for l in open(work + '/windows.csv') if l.count(',') != 4]) == 0
page = open(work + '/page.html').read()
assert page.count('<svg') == page.count('</svg>') and 'b _x_ y_' in page

# predictions: some lines fit
with open(work + '/some.csv', 'w') as f:
    for i, line in enumerate(open(work + '/windows.csv')):
        p = line.strip().split(',')
        f.write(','.join(p[:3] + p[4:]) + '\n' if i < 10 else 'espectre,nobody,1,1\n' if i == 10 else '')
found, text = run('inside', '--predictions', work + '/some.csv')
assert '1 lines fit no window' in text and found['motion']['rows'][0]['unknown'] > 5, (text, found)
assert run('inside', '--predictions', work + '/none.csv')[0] is None

# tables: labels as words, another name, any width, lines that are cut
def table(name, k, words, label=True, cut=False):
    with open(name, 'w') as f:
        f.write('time,%s%s\n' % ('label,' if label else '', ','.join('amp_%d' % i for i in range(k))))
        for block in range(2):
            for i, row in enumerate(values(600, k, block)):
                a = ','.join('%.1f' % math.hypot(*v) for v in row)
                line = '%.3f,%s%s' % (1 + block * 60 + i * 0.05, words[block] + ',' if label else '', a)
                f.write((line[:-40] if cut and i % 50 == 7 else line) + '\n')

for i, (k, words) in enumerate(((64, '01'), (50, ('empty', 'walking')), (128, ('0', '2')))):
    at = folder('table%d' % i)
    table(at + 'session_%d.csv' % i, k, words, cut=i == 0)
    found, text = run('table%d' % i)
    row, = rows(found, 'ialr')
    assert not text and row['f1'] > 0.9, (k, words, row, text)

# arrays: samples first, labels as text, as numbers, missing, too few
def arrays(name, samples_first, y):
    at = folder(name)
    v = [r for moves in (0, 1) for r in values(400, 57, moves)]
    a = [[math.hypot(*x) for x in r] for r in v]
    a = a if samples_first else list(zip(*a))
    open(at + 'a-x.npy', 'wb').write(npy('<f4', '(%d, %d)' % (len(a), len(a[0])),
                                         b''.join(struct.pack('<f', x) for r in a for x in r)))
    if y:
        open(at + 'a-y.npy', 'wb').write(y)

texts = ['SEATED'] * 400 + ['WALKING'] * 400
text_y = npy('<U8', '(800,)', b''.join(t.ljust(8, '\0').encode('utf-32-le') for t in texts))
number_y = npy('<i8', '(800,)', struct.pack('<800q', *[i // 400 for i in range(800)]))
arrays('array0', False, text_y)
arrays('array1', True, number_y)
for name in ('array0', 'array1'):
    found, text = run(name)
    row, = rows(found, 'geotec')
    assert not text and row['f1'] > 0.8 and row['tp'] >= 6 and row['tn'] >= 7, (name, row, text)
arrays('array2', True, None)
arrays('array3', True, npy('<i8', '(700,)', struct.pack('<700q', *[1] * 700)))

# what cannot be read is told, with the file, and nothing is scored
at = folder('broken')
both(folder('whole'), 'i1', 64, 'c3', **time)
whole = open(work + '/whole/baseline_c3_64sc_1.npz', 'rb').read()
open(at + 'baseline_c3_64sc_1.npz', 'wb').write(whole[:20000])
open(at + 'movement_c3_64sc_1.npz', 'wb').write(b'no archive')
open(at + 'part_1.csv', 'w').write('')
open(at + 'part_2.csv', 'w').write('label,amp_0,amp_1\n1,2,3\n')
open(at + 'a-x.npy', 'wb').write(b'\x93NUMPY')
open(at + 'a.jsonl', 'w').write('{"type":"nothing"}\nno json\n')
archive(at + 'movement_c3_64sc_2.npz', 'i1', 64, 1)
archive(at + 'x.npz', 'i1', 64, 1, **time)
found, text = run('broken')
assert found is None and len(text.splitlines()) == 8, text
for name in ('baseline_c3_64sc_1.npz', 'movement_c3_64sc_1.npz', 'part_1.csv', 'part_2.csv', 'a-x.npy',
             'movement_c3_64sc_2.npz', 'x.npz'):
    assert name + ': ' in text, (name, text)
for name, why in (('array2', 'no labels'), ('array3', 'labels'), ('empty', 'no labelled recording'),
                  ('nowhere', 'no folder')):
    if name == 'empty':
        folder(name)
    found, text = run(name)
    assert found is None and why in text, (name, text)

# a mixture: what can be read is scored, the rest named
for name in ('movement_c3_64sc_1.npz', 'baseline_c3_64sc_1.npz'):
    os.replace(work + '/whole/' + name, folder('mixed/deeper') + name)
os.replace(work + '/table1/session_1.csv', work + '/mixed/session_1.csv')
open(work + '/mixed/part_3.csv', 'w').write('label,amp_0,amp_1\n1,2,3\n')
found, text = run('mixed', '--html', work + '/mixed.html')
assert 'part_3.csv' in open(work + '/mixed.html').read()
assert len(found['motion']['rows']) == 2 and len(found['unread']) == 1 and 'part_3.csv' in text, (found, text)

# times that go back, or jump by a year, end nothing
at = folder('times')
for moves, name in enumerate(('baseline', 'movement')):
    t = [20 * i - (3000 if 200 < i < 300 else 0) + (31 * 10 ** 9 if i > 400 else 0) for i in range(500)]
    archive('%s%s_c3_64sc_1.npz' % (at, name), 'i1', 64, moves,
            timestamps=npy('<f8', '(500,)', struct.pack('<500d', *t)))
found, text = run('times')
assert 'not later' in text and len(found['motion']['rows']) == 1, (found, text)
print('eval_dirs: well')
END
