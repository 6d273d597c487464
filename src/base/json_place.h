/* A place in a text, as editors count: lines and characters from 1. */
#ifndef BASE_JSON_PLACE_H
#define BASE_JSON_PLACE_H

struct json_place {
    int line, column; /* of the last character that was passed */
};

static inline void json_place_pass(struct json_place *place, char c) {
    if (c == '\n') {
        *place = (struct json_place){place->line + 1, 0};
    } else if (((unsigned char)c & 0xc0u) != 0x80u) {
        place->column++; /* the later bytes of a UTF-8 sequence are not characters of their own */
    }
}

#endif
