/* What the parts of `turnpike simulate` share.
 *
 * simulate.c           the folder, the years, the end
 * simulate_call.c      requests to the driven program, and waiting for them
 * simulate_acts.c      what accounts do, as requests
 * simulate_usage.c     what they use, as events
 * simulate_contract.c  enterprise, with the people whom it takes
 * simulate_passkey.c   with which they prove who they are
 * simulate_figures.c   what it came to */
#ifndef MAIN_SIMULATE_H
#define MAIN_SIMULATE_H

#include "base/env_seeded.h"
#include "base/json.h"
#include "cli/simulate.h"
#include "core/population.h"
#include "main/driven.h"
#include "main/simulate_passkey.h"

struct simulation {
    const struct cli_simulate *options;
    struct env_seeded seeded;
    struct program program;
    struct serve_options serve;
    struct population model;
    struct population_run run;
    int32_t slot;
    size_t pending;     /* requests that were sent and not answered */
    bool has_arrived;   /* the clock, where it was to move to */
    struct err failure; /* the first; its sentence is in cx->detail */
    struct cx *cx;      /* the command's, for failures alone */
    struct arena arena; /* of one slot */
    struct buf events;  /* of the batch that is filled */
    size_t event_count;
    int64_t event_number;                      /* within the slot */
    struct passkey passkey;                    /* of the operator who agrees to contracts */
    char shown[TIER_COUNT][LIMIT_USER_ID + 1]; /* an account of each plan; empty: none */
    struct cli_simulate_report report;
};

/* A request to the program's API, as the unix socket's owner or, with a cookie, as a person. */
struct simulate_request {
    const char *method;
    struct str target;       /* "/api/…" */
    struct str user_id;      /* on whose behalf; empty: nobody's */
    struct str body;         /* JSON; empty: none */
    struct str type;         /* of the body; empty: application/json */
    bool is_person;          /* from a browser, not from the socket's owner */
    struct str cookie, csrf; /* of a session; empty: none */
};
struct simulate_answer {
    int status;
    json_t *json;      /* owned; NULL: no JSON */
    struct str cookie; /* that it sets, "name=value"; of the slot's arena */
};

/* Sends and does not wait; a refusal becomes simulation->failure, anything else comes to `done`,
 * which may be NULL. The request is borrowed until then. */
void simulate_send(struct simulation *simulation, const struct simulate_request *request,
                   void (*done)(struct simulation *simulation, const json_t *answer));
/* Until all that was sent is answered. */
MUST_USE struct err simulate_wait(struct simulation *simulation);
/* Sends and waits. ERR_CONFLICT with the program's sentence when it refuses; the caller finishes
 * the answer, also then. */
MUST_USE struct err simulate_call(struct simulation *simulation,
                                  const struct simulate_request *request,
                                  struct simulate_answer *ret_answer);
void simulate_answer_finish(struct simulate_answer *answer);
/* The same when only whether it was done matters. */
MUST_USE struct err simulate_do(struct simulation *simulation,
                                const struct simulate_request *request);
/* Moves the clock, and lets everything happen that falls due on the way. */
MUST_USE struct err simulate_advance(struct simulation *simulation, struct instant to);

/* Of the slot's six hours; usage is reported, and accounts act, when they are over. */
struct instant simulate_slot_start(const struct simulation *simulation, int32_t slot);

/* "amber-00042": of the slot's arena. */
struct str simulate_user_id(struct simulation *simulation, int32_t account);
/* A card of the sandbox, which becomes the default; and which one, of those that pay. */
MUST_USE struct err simulate_card(struct simulation *simulation, int32_t account, const char *card);
const char *simulate_good_card(int card);
MUST_USE struct err simulate_acts(struct simulation *simulation);
MUST_USE struct err simulate_usage(struct simulation *simulation);
/* Makes the operator who agrees to contracts. */
MUST_USE struct err simulate_people_begin(struct simulation *simulation);
MUST_USE struct err simulate_contract(struct simulation *simulation, int32_t account);
MUST_USE struct err simulate_figures(struct simulation *simulation);
/* Once the program is closed: writes the databases anew, and what they are; hashes them. */
MUST_USE struct err simulate_seal(struct simulation *simulation, const char *folder);

/* What lies in the folder beside the databases, and says what they are: JSON. */
#define SIMULATION_FILE "simulation.json"

#endif
