/* A call under way to the payment provider, for the outbox or for a webhook, and its turn to be
 * made again. Shared by the two workers; nothing outside jobs includes this. */
#ifndef JOBS_FLIGHT_H
#define JOBS_FLIGHT_H

#include "app/app.h"

enum { FLIGHTS_MAX = 32, FLIGHT_NAME_SIZE = 256 };

enum flight_state {
    FLIGHT_FREE,
    FLIGHT_OUT,       /* the provider has it */
    FLIGHT_RECORDING, /* its answer is on its way to the store */
    FLIGHT_RESTING,   /* no answer: made again when the rest is over */
};

struct flight {
    enum flight_state state;
    char name[FLIGHT_NAME_SIZE]; /* of the row: its id */
    struct arena arena;          /* of the call and its answer */
    struct str user_id;          /* whose objects it changes or reads; empty: nobody's */
    struct payments_answer answer;
    int attempts;
    uint64_t rest_until_ns; /* monotonic */
};

struct flights {
    struct env *env;
    struct flight list[FLIGHTS_MAX];
};

void flights_init(struct flights *flights, struct env *env);
void flights_finish(struct flights *flights);
/* A flight for the row of this name, ready to go out; NULL when it is out or resting, or all are
 * taken. */
struct flight *flight_board(struct flights *flights, struct str name);
/* Whether the row of this name has a flight: out, or resting. */
bool flight_is_known(const struct flights *flights, struct str name);
/* The row is settled: the flight is free. */
void flight_land(struct flight *flight);
/* It will be made again after a pause that doubles from one second to five minutes. */
void flight_rest(struct flights *flights, struct flight *flight);
size_t flights_busy(const struct flights *flights);
/* Whether a call for this customer is under way, or its answer not yet stored. An object that is
 * read while a call changes it may be read as it was before, and be stored after: so neither begins
 * for a customer while the other is under way. */
bool flights_serve(const struct flights *flights, struct str user_id);

#endif
