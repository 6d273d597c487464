#include "cli/nearest.h"

struct nearest nearest_to(struct str word) {
    return (struct nearest){.word = word};
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Row by row over the table of distances between the words' beginnings; one row is kept. */
static size_t distance(struct str a, struct str b) {
    size_t row[NEAREST_WORD_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + (a.bytes[i - 1] != b.bytes[j - 1]);
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

void nearest_offer(struct nearest *nearest, const char *name) {
    struct str other = str_from_cstr(name);
    if (nearest->word.len > NEAREST_WORD_MAX || other.len > NEAREST_WORD_MAX) {
        return;
    }
    size_t found = distance(nearest->word, other);
    /* A third of the letters wrong is another word; of short ones, one letter. */
    size_t near = other.len < 6 ? 1 : other.len / 3;
    if (found <= near && (nearest->name == NULL || found < nearest->distance)) {
        nearest->name = name;
        nearest->distance = found;
    }
}
