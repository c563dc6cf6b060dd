// SPDX-License-Identifier: MIT
/**
   @file tones.h
   Lists of consecutive numbers for constant tables: RUN_n(a) is a, a+1, … a+n-1.
*/
#ifndef RV_FRAME_TONES_H
#define RV_FRAME_TONES_H

// clang-format off
#define RUN_1(a)    (a)
#define RUN_2(a)    RUN_1(a), RUN_1((a) + 1)
#define RUN_4(a)    RUN_2(a), RUN_2((a) + 2)
#define RUN_8(a)    RUN_4(a), RUN_4((a) + 4)
#define RUN_16(a)   RUN_8(a), RUN_8((a) + 8)
#define RUN_32(a)   RUN_16(a), RUN_16((a) + 16)
#define RUN_64(a)   RUN_32(a), RUN_32((a) + 32)
#define RUN_128(a)  RUN_64(a), RUN_64((a) + 64)
#define RUN_256(a)  RUN_128(a), RUN_128((a) + 128)
#define RUN_512(a)  RUN_256(a), RUN_256((a) + 256)
#define RUN_1024(a) RUN_512(a), RUN_512((a) + 512)

#define RUN_5(a) RUN_4(a), RUN_1((a) + 4)
#define RUN_6(a) RUN_4(a), RUN_2((a) + 4)
#define RUN_7(a) RUN_4(a), RUN_2((a) + 4), RUN_1((a) + 6)
#define RUN_9(a) RUN_8(a), RUN_1((a) + 8)
#define RUN_13(a) RUN_8(a), RUN_4((a) + 8), RUN_1((a) + 12)
#define RUN_18(a) RUN_16(a), RUN_2((a) + 16)
#define RUN_19(a) RUN_16(a), RUN_2((a) + 16), RUN_1((a) + 18)
#define RUN_20(a) RUN_16(a), RUN_4((a) + 16)
#define RUN_21(a) RUN_16(a), RUN_4((a) + 16), RUN_1((a) + 20)
#define RUN_25(a) RUN_16(a), RUN_8((a) + 16), RUN_1((a) + 24)
#define RUN_26(a) RUN_16(a), RUN_8((a) + 16), RUN_2((a) + 24)
#define RUN_27(a) RUN_16(a), RUN_8((a) + 16), RUN_2((a) + 24), RUN_1((a) + 26)
#define RUN_28(a) RUN_16(a), RUN_8((a) + 16), RUN_4((a) + 24)
#define RUN_35(a) RUN_32(a), RUN_2((a) + 32), RUN_1((a) + 34)
#define RUN_39(a) RUN_32(a), RUN_4((a) + 32), RUN_2((a) + 36), RUN_1((a) + 38)
#define RUN_41(a) RUN_32(a), RUN_8((a) + 32), RUN_1((a) + 40)
#define RUN_57(a) RUN_32(a), RUN_16((a) + 32), RUN_8((a) + 48), RUN_1((a) + 56)
#define RUN_65(a) RUN_64(a), RUN_1((a) + 64)
#define RUN_67(a) RUN_64(a), RUN_2((a) + 64), RUN_1((a) + 66)
#define RUN_121(a) RUN_64(a), RUN_32((a) + 64), RUN_16((a) + 96), RUN_8((a) + 112), \
    RUN_1((a) + 120)
#define RUN_242(a) RUN_128(a), RUN_64((a) + 128), RUN_32((a) + 192), \
    RUN_16((a) + 224), RUN_2((a) + 240)
#define RUN_498(a) RUN_256(a), RUN_128((a) + 256), RUN_64((a) + 384), \
    RUN_32((a) + 448), RUN_16((a) + 480), RUN_2((a) + 496)

// What Intel AX2xx radios measure: the tones of 802.11 without the pilots, whose entries
// hold no estimate (in every FeitCSI and PicoScenes recording that we have seen). One
// macro per run of tones between gaps; `o` is added to each.
#define AX_HT20_0(o) RUN_7((o) - 28), RUN_13((o) - 20), RUN_6((o) - 6)
#define AX_HT20_1(o) RUN_6((o) + 1), RUN_13((o) + 8), RUN_7((o) + 22)
#define AX_HT40_0(o) RUN_5((o) - 58), RUN_27((o) - 52), RUN_13((o) - 24), \
    RUN_9((o) - 10)
#define AX_HT40_1(o) RUN_9((o) + 2), RUN_13((o) + 12), RUN_27((o) + 26), RUN_5((o) + 54)
#define AX_VHT80_0(o) RUN_19((o) - 122), RUN_27((o) - 102), RUN_35((o) - 74), \
    RUN_27((o) - 38), RUN_9((o) - 10)
#define AX_VHT80_1(o) RUN_9((o) + 2), RUN_27((o) + 12), RUN_35((o) + 40), \
    RUN_27((o) + 76), RUN_19((o) + 104)
#define AX_HE20_0(o) RUN_6((o) - 122), RUN_25((o) - 115), RUN_41((o) - 89), \
    RUN_25((o) - 47), RUN_20((o) - 21)
#define AX_HE20_1(o) RUN_20((o) + 2), RUN_25((o) + 23), RUN_41((o) + 49), \
    RUN_25((o) + 91), RUN_6((o) + 117)
#define AX_HE40_0(o) RUN_6((o) - 244), RUN_25((o) - 237), RUN_41((o) - 211), \
    RUN_25((o) - 169), RUN_39((o) - 143), RUN_25((o) - 103), RUN_41((o) - 77), \
    RUN_25((o) - 35), RUN_7((o) - 9)
#define AX_HE40_1(o) RUN_7((o) + 3), RUN_25((o) + 11), RUN_41((o) + 37), \
    RUN_25((o) + 79), RUN_39((o) + 105), RUN_25((o) + 145), RUN_41((o) + 171), \
    RUN_25((o) + 213), RUN_6((o) + 239)
#define AX_HE80_0(o) RUN_32((o) - 500), RUN_67((o) - 467), RUN_65((o) - 399), \
    RUN_67((o) - 333), RUN_39((o) - 265), RUN_67((o) - 225), RUN_65((o) - 157), \
    RUN_67((o) - 91), RUN_21((o) - 23)
#define AX_HE80_1(o) RUN_21((o) + 3), RUN_67((o) + 25), RUN_65((o) + 93), \
    RUN_67((o) + 159), RUN_39((o) + 227), RUN_67((o) + 267), RUN_65((o) + 335), \
    RUN_67((o) + 401), RUN_32((o) + 469)
#define AX_VHT160_0(o) RUN_19((o) - 250), RUN_27((o) - 230), RUN_35((o) - 202), \
    RUN_27((o) - 166), RUN_9((o) - 138)
#define AX_VHT160_1(o) RUN_9((o) - 126), RUN_27((o) - 116), RUN_35((o) - 88), \
    RUN_27((o) - 52), RUN_19((o) - 24)
#define AX_VHT160_2(o) RUN_19((o) + 6), RUN_27((o) + 26), RUN_35((o) + 54), \
    RUN_27((o) + 90), RUN_9((o) + 118)
#define AX_VHT160_3(o) RUN_9((o) + 130), RUN_27((o) + 140), RUN_35((o) + 168), \
    RUN_27((o) + 204), RUN_19((o) + 232)
#define AX_HE160_0(o) RUN_32((o) - 1012), RUN_67((o) - 979), RUN_65((o) - 911), \
    RUN_67((o) - 845), RUN_39((o) - 777), RUN_67((o) - 737), RUN_65((o) - 669), \
    RUN_67((o) - 603), RUN_21((o) - 535)
#define AX_HE160_1(o) RUN_21((o) - 509), RUN_67((o) - 487), RUN_65((o) - 419), \
    RUN_67((o) - 353), RUN_39((o) - 285), RUN_67((o) - 245), RUN_65((o) - 177), \
    RUN_67((o) - 111), RUN_32((o) - 43)
#define AX_HE160_2(o) RUN_32((o) + 12), RUN_67((o) + 45), RUN_65((o) + 113), \
    RUN_67((o) + 179), RUN_39((o) + 247), RUN_67((o) + 287), RUN_65((o) + 355), \
    RUN_67((o) + 421), RUN_21((o) + 489)
#define AX_HE160_3(o) RUN_21((o) + 515), RUN_67((o) + 537), RUN_65((o) + 605), \
    RUN_67((o) + 671), RUN_39((o) + 739), RUN_67((o) + 779), RUN_65((o) + 847), \
    RUN_67((o) + 913), RUN_32((o) + 981)
// clang-format on

#endif // RV_FRAME_TONES_H
