/* Rotation: newer keys, and the walks that bring everything under them (docs/decisions/at-rest.md).
 */
#ifndef APP_KEYRING_H
#define APP_KEYRING_H

#include "app/app.h"
#include "store/key_walk.h"
#include "store/keyring.h"

/* The answer of a key source; valid only inside the callback. */
struct key_renewal {
    struct err err;
    const struct kek_list *keks; /* when it did not fail: all that there are, the newest first */
};
typedef void key_renewed(void *context, const struct key_renewal *renewal);

/* Where keys come from: main's. All on the loop's thread. */
struct key_source {
    /* Reads them again, and makes a newer one first where nobody else does. Calls `done` once,
     * later. */
    void (*renew)(struct key_source *source, key_renewed *done, void *context);
    /* The first key alone is needed from now on. */
    void (*settle)(struct key_source *source);
    const char *name; /* "file", "credential", "command", "data_folder" */
};

/* Begins a walk under newer keys. CREATED; KEY_WALK_RUNNING while there is one; of keys from
 * outside also KEY_SOURCE_FAILED, KEY_UNCHANGED when the first key is the same as before, and
 * EARLIER_KEY_MISSING when the key of before is not among them any more. */
struct keyring_rotate {
    struct command command;
    enum key_walk_kind kind;
};
void keyring_rotate(struct app *app, struct keyring_rotate *rotate);

/* One piece of the walk that is under way; `is_over` when it has ended, or there is none. */
struct keyring_step {
    struct command command;
    bool is_over, wants_settling;
    enum key_walk_kind kind;
};
void keyring_step(struct app *app, struct keyring_step *step);
/* For the command's `done`: tells the log, and the source, that a walk has ended. */
void keyring_step_done(struct keyring_step *step);

struct keyring_status {
    const char *source;
    struct kek_name keys[KEK_MAX];
    size_t key_count;
    int64_t generation; /* of data keys */
    int64_t customers;
    bool has_walk;
    struct key_walk_row walk; /* the newest */
};
MUST_USE struct err keyring_status(struct app *app, struct tx *tx,
                                   struct keyring_status *ret_status);
/* Whether a walk is under way. */
MUST_USE struct err keyring_is_walking(struct tx *tx, bool *ret_is);

/* At the start, after keyring_prepare(): a database from before there were keys gets a walk. */
MUST_USE struct err keyring_seal_older(struct tx *tx);

#endif
