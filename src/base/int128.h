/* 128-bit integers, for products of amounts and for UUIDs. ISO C has none; GCC and Clang do, and
 * -Wpedantic is told so here, once. */
#ifndef BASE_INT128_H
#define BASE_INT128_H

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#endif
