#include "sandbox/request_log.h"

#include <stdio.h>
#include <string.h>

struct request_note *request_log_add(struct request_log *log, const char *id, struct str method,
                                     struct str path) {
    struct request_note *note = &log->notes[log->next];
    log->next = (log->next + 1) % REQUEST_LOG_SIZE;
    *note = (struct request_note){.status = 0};
    (void)snprintf(note->id, sizeof note->id, "%s", id);
    (void)snprintf(note->method, sizeof note->method, STR_FMT, STR_ARG(str_first(method, 7)));
    (void)snprintf(note->path, sizeof note->path, STR_FMT,
                   STR_ARG(str_first(path, sizeof note->path - 1)));
    return note;
}

struct request_note *request_log_at(struct request_log *log, size_t index) {
    if (index >= REQUEST_LOG_SIZE) {
        return NULL;
    }
    struct request_note *note =
        &log->notes[(log->next + REQUEST_LOG_SIZE - 1 - index) % REQUEST_LOG_SIZE];
    return note->id[0] == '\0' ? NULL : note;
}

struct request_note *request_log_find(struct request_log *log, const char *id) {
    for (size_t i = 0; i < REQUEST_LOG_SIZE; i++) {
        struct request_note *note = request_log_at(log, i);
        if (note != NULL && strcmp(note->id, id) == 0) {
            return note;
        }
    }
    return NULL;
}
