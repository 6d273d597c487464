/* A demo of what `turnpike simulate` has left: whom to sign in as. */
#ifndef MAIN_DEMO_SIMULATION_H
#define MAIN_DEMO_SIMULATION_H

#include "client/client.h"

enum { SIMULATION_SHOWN_MAX = 8 };

struct demo_simulation {
    bool is_there;
    struct str seed, ended_at;
    struct str shown[SIMULATION_SHOWN_MAX]; /* customers, from the smallest plan on */
    size_t shown_count;
};

/* Of DIR/simulation.json, in the arena; one that is not there is none. ERR_FORMAT when it is no
 * such file. */
MUST_USE struct err demo_simulation_read(struct cx *cx, const char *data_dir,
                                         struct demo_simulation *ret_simulation);
/* Invites one more operator and prints the link of the mail. */
void demo_simulation_print_operator(struct cx *cx, const struct client *client);

#endif
