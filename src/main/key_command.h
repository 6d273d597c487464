/* A program that prints keys: the hook for a key management service. */
#ifndef MAIN_KEY_COMMAND_H
#define MAIN_KEY_COMMAND_H

#include "base/cx.h"

enum { KEY_COMMAND_SECONDS = 10 };

/* Runs `command` by /bin/sh and gives what it prints, at most `max` bytes. ERR_TIMEOUT when it
 * takes longer than KEY_COMMAND_SECONDS, after which it is killed; ERR_FORMAT when it prints too
 * much or does not end with status 0. With a sentence, which says nothing of what was printed. */
MUST_USE struct err key_command(struct cx *cx, const char *command, char *ret_text, size_t max,
                                size_t *ret_len);

#endif
