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

#define RUN_18(a)   RUN_16(a), RUN_2((a) + 16)
#define RUN_26(a)   RUN_16(a), RUN_8((a) + 16), RUN_2((a) + 24)
#define RUN_28(a)   RUN_16(a), RUN_8((a) + 16), RUN_4((a) + 24)
#define RUN_57(a)   RUN_32(a), RUN_16((a) + 32), RUN_8((a) + 48), RUN_1((a) + 56)
#define RUN_121(a)  RUN_64(a), RUN_57((a) + 64)
#define RUN_242(a)  RUN_121(a), RUN_121((a) + 121)
#define RUN_498(a)  RUN_256(a), RUN_242((a) + 256)
// clang-format on

#endif // RV_FRAME_TONES_H
