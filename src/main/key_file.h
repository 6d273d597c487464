/* Keys as text: one a line, 64 hexadecimal digits or base64 of 32 bytes, the newest first. */
#ifndef MAIN_KEY_FILE_H
#define MAIN_KEY_FILE_H

#include "store/keyring.h"

/* ERR_FORMAT, with a sentence that names `place`, when it is none; *ret_keks is to be wiped. */
MUST_USE struct err key_text_read(struct cx *cx, const char *place, struct str text,
                                  struct kek_list *ret_keks);
/* That sentence: what the place does wrong. */
MUST_USE struct err key_text_refuse(struct cx *cx, const char *place, const char *why);
/* From a file that its owner alone can read, else ERR_PERMISSION. */
MUST_USE struct err key_file_read(struct cx *cx, const char *path, struct kek_list *ret_keks);

#endif
