/* Numbers as people read them. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdint.h>

enum { NUMBER_SIZE = 32 };
void number_grouped(char out[NUMBER_SIZE], int64_t n); /* "18,402" */
void number_short(char out[NUMBER_SIZE], int64_t n);   /* "1.2k", for axes */

#endif
