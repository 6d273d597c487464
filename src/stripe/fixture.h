/* For the tests of this layer: a peer that answers in Stripe's place from a script, and keeps what
 * it was asked. Not part of the program. */
#ifndef STRIPE_FIXTURE_H
#define STRIPE_FIXTURE_H

#include "base/env_sim.h"
#include "base/testing.h"
#include "stripe/stripe.h"

enum { FIXTURE_STEPS_MAX = 8 };

/* One answer of the peer; status 0: none ever comes. In `body` "'" stands for a quotation mark. */
struct fixture_step {
    int status;
    const char *body;
};

typedef void fixture_look(const struct payments_answer *answer);

struct fixture {
    struct env_sim *sim;
    struct arena arena;
    struct cx cx;
    struct stripe *stripe;
    struct fixture_step steps[FIXTURE_STEPS_MAX];
    bool is_replay[FIXTURE_STEPS_MAX];
    size_t step_count;
    /* What was asked, in order: "POST /v1/prices\n" and one line per parameter, decoded. */
    struct str requests[FIXTURE_STEPS_MAX];
    struct str headers[FIXTURE_STEPS_MAX]; /* one line each */
    size_t request_count;
    fixture_look *look;
    int answer_count;
};

struct fixture *fixture_create(void);
void fixture_destroy(struct fixture *fixture);
/* What the peer will answer next, after what it was told before. */
void fixture_answer(struct fixture *fixture, int status, const char *body);
/* The same, as an answer that this key was given before. */
void fixture_replay(struct fixture *fixture, int status, const char *body);
/* Lets virtual time pass until nothing is on its way. */
void fixture_settle(struct fixture *fixture);
/* Makes a call, waits for its one answer, and shows it to `look`. */
void fixture_call(struct fixture *fixture, const struct payments_call *call, fixture_look *look);
/* As it is written, but with quotation marks for "'". */
struct str fixture_json(struct fixture *fixture, const char *text);

#endif
