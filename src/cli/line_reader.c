#include "cli/line_reader.h"

#include <string.h>

#include "base/check.h"

enum { BUFFER = LINE_CHUNK + LINE_MAX_BYTES };

struct err line_reader_open(struct line_reader *reader, struct env *env, const char *path) {
    *reader = (struct line_reader){.env = env, .err = OK};
    TRY(env->files.open(env, path, ENV_READ, &reader->file));
    struct err err = env->files.size(reader->file, &reader->size);
    reader->bytes = err_failed(err) ? NULL : env_alloc(env, BUFFER);
    if (reader->bytes == NULL) {
        line_reader_close(reader);
        return err_failed(err) ? err : ERR(ERR_NO_MEMORY);
    }
    return OK;
}

void line_reader_close(struct line_reader *reader) {
    if (reader->file != NULL) {
        reader->env->files.close(reader->file);
    }
    env_free(reader->env, reader->bytes);
    reader->file = NULL;
    reader->bytes = NULL;
}

uint64_t line_reader_position(const struct line_reader *reader) {
    return reader->offset - (reader->to - reader->from);
}

/* Reads more behind what is there; false when nothing more comes. */
static bool fill(struct line_reader *reader) {
    memmove(reader->bytes, reader->bytes + reader->from, reader->to - reader->from);
    reader->to -= reader->from;
    reader->from = 0;
    uint64_t left = reader->size - reader->offset;
    size_t room = BUFFER - reader->to;
    size_t wanted = left < room ? (size_t)left : room;
    size_t got = 0;
    if (wanted > 0) {
        reader->err = reader->env->files.read(reader->file, reader->offset,
                                              reader->bytes + reader->to, wanted, &got);
    }
    if (err_failed(reader->err)) {
        return false;
    }
    reader->to += got;
    reader->offset += got;
    return got > 0;
}

/* Hands out `len` bytes and passes over the line feed behind them, if there is one. */
static void hand_out(struct line_reader *reader, size_t len, struct line_piece *ret_piece) {
    bool is_too_long = len > LINE_MAX_BYTES;
    *ret_piece = (struct line_piece){
        .number = ++reader->number,
        .text = is_too_long ? STR("") : str_of(reader->bytes + reader->from, len),
        .is_too_long = is_too_long,
    };
    reader->from += len;
    reader->from += reader->from < reader->to;
}

/* Drops bytes until the line feed that ends a line that is too long is the next one. */
static bool pass_long_line(struct line_reader *reader) {
    for (;;) {
        size_t there = reader->to - reader->from;
        size_t len = str_find(str_of(reader->bytes + reader->from, there), '\n');
        reader->from += len;
        if (len < there) {
            return true;
        }
        if (!fill(reader)) {
            return !err_failed(reader->err);
        }
    }
}

bool line_reader_next(struct line_reader *reader, struct line_piece *ret_piece) {
    check(reader->bytes != NULL);
    for (;;) {
        size_t there = reader->to - reader->from;
        size_t len = str_find(str_of(reader->bytes + reader->from, there), '\n');
        if (len < there) {
            hand_out(reader, len, ret_piece);
            return true;
        }
        if (there > LINE_MAX_BYTES) {
            if (!pass_long_line(reader)) {
                return false;
            }
            hand_out(reader, 0, ret_piece);
            ret_piece->is_too_long = true;
            return true;
        }
        if (fill(reader)) {
            continue;
        }
        if (err_failed(reader->err) || there == 0) {
            return false;
        }
        hand_out(reader, there, ret_piece); /* the last line has no line feed */
        return true;
    }
}
