/* The name that was probably meant: the one with the least edit distance (Levenshtein), if it is
 * near at all. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include "base/str.h"

enum { NEAREST_WORD_MAX = 40 }; /* bytes; nothing is near a longer word */

struct nearest {
    struct str word;
    const char *name; /* the nearest so far; NULL: none is near */
    size_t distance;
};

struct nearest nearest_to(struct str word);
/* Takes `name` when it is nearer than what was offered before. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
