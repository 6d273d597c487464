/* A file's lines, one after the other, in bounded memory.
 *
 * Reads up to the size that the file had when it was opened: what a server appends meanwhile is for
 * the next reading, which otherwise might never end. A line longer than LINE_MAX_BYTES is passed
 * over and handed out by its number alone. */
#ifndef CLI_LINE_READER_H
#define CLI_LINE_READER_H

#include "base/env.h"

enum { LINE_MAX_BYTES = 64 * 1024, LINE_CHUNK = 256 * 1024 };

struct line_reader {
    struct env *env;
    struct env_file *file;
    uint64_t size;   /* of the file when it was opened */
    uint64_t offset; /* up to which it has been read into `bytes` */
    char *bytes;     /* LINE_CHUNK + LINE_MAX_BYTES of them */
    size_t from, to; /* what is in `bytes` and not yet handed out */
    uint64_t number; /* of the last line handed out */
    struct err err;  /* why line_reader_next ended, when not at the end of the file */
};

struct line_piece {
    uint64_t number;  /* from 1 */
    struct str text;  /* without its line feed; valid until the next call */
    bool is_too_long; /* then `text` is empty */
};

MUST_USE struct err line_reader_open(struct line_reader *reader, struct env *env, const char *path);
void line_reader_close(struct line_reader *reader);
/* False at the end, or when reading failed (reader->err); ret_piece is then untouched. */
MUST_USE bool line_reader_next(struct line_reader *reader, struct line_piece *ret_piece);
/* Bytes handed out so far. */
uint64_t line_reader_position(const struct line_reader *reader);

#endif
