#include "main/catalog.h"

/* catalog.S: the file's bytes, put in by the assembler. */
extern const char catalog_begin[];
extern const char catalog_end[];

struct str catalog_text(void) {
    return str_of(catalog_begin, (size_t)(catalog_end - catalog_begin));
}
