/* What the files of jobs share. */
#ifndef JOBS_INSIDE_H
#define JOBS_INSIDE_H

#include "jobs/flight.h"
#include "jobs/jobs.h"

struct outbox_flight;
struct webhook_flight;
struct mail_flight;
struct delivery_flight;
struct reconcile_flight;
struct parcel_flights;
struct key_flight;
struct retention_flight;
struct what_if_flight;
struct audit_look_flight;
struct clock_advance;
struct audit_shipping;
struct usage_alert_flight;

enum { SCHEDULED_JOBS = 19 };

struct jobs {
    struct jobs_options options;
    struct app *app;
    struct flights outbox, webhooks, mails, deliveries, reconciling;
    struct outbox_flight *outbox_flights;                    /* beside flights, by index */
    struct webhook_flight *webhook_flights;                  /* beside flights, by index */
    struct mail_flight *mail_flights;                        /* beside flights, by index */
    struct delivery_flight *delivery_flights;                /* beside flights, by index */
    struct reconcile_flight *reconcile_flight;               /* of the one walk */
    struct key_flight *key_flight;                           /* the same, of keys */
    struct retention_flight *retention_flight;               /* the same, of what goes */
    struct what_if_flight *what_if_flight;                   /* the same, of another catalogue */
    struct audit_look_flight *audit_look;                    /* the same, at the audit log */
    struct key_use_flight *key_use;                          /* when API keys were used */
    size_t outbox_waiting, webhooks_waiting, mails_waiting;  /* as last seen */
    size_t deliveries_waiting;                               /* the same */
    struct audit_shipping *audit;                            /* the checkpoint on its way */
    struct usage_alert_flight *usage_alerts;                 /* whose rules are looked at */
    struct parcel_flights *parcels;                          /* files being made */
    bool is_reconciling, is_walking_keys, is_scanning_pages; /* the same */
    bool is_purging;                                         /* a plan, or is counting it */
    bool is_trying;                                          /* another catalogue */
    bool is_checking;                                        /* the audit log */
    bool is_pricing;                                         /* a turn of price changes is out */
    struct clock_advance *advance;                           /* NULL: the clock stands */
    bool starts_frozen;   /* a restored backup: it is compared at once, after the start */
    int64_t ran_until_ms; /* time up to which what was due has run */
    struct job_state scheduled[SCHEDULED_JOBS]; /* beside the table of schedule.c */
    size_t commands;                            /* of scheduled work, on their way */
    bool is_stopping;                           /* nothing is begun any more */
    bool is_stirred; /* a command of the jobs' own has ended: they want to be poked */
};

/* Nothing waits or is under way; something may be due. */
bool jobs_are_idle(struct jobs *jobs);

/* outbox.c, webhook.c: start what waits. */
MUST_USE struct err outbox_worker_create(struct jobs *jobs);
void outbox_worker_destroy(struct jobs *jobs);
void outbox_worker_poke(struct jobs *jobs);
MUST_USE struct err webhook_worker_create(struct jobs *jobs);
void webhook_worker_destroy(struct jobs *jobs);
void webhook_worker_poke(struct jobs *jobs);

/* reconcile.c: goes on with the walk that is under way. */
MUST_USE struct err reconcile_worker_create(struct jobs *jobs);
void reconcile_worker_destroy(struct jobs *jobs);
void reconcile_worker_poke(struct jobs *jobs);

/* keyring.c: goes on with the walk of keys that is under way. */
MUST_USE struct err key_walker_create(struct jobs *jobs);
void key_walker_destroy(struct jobs *jobs);
void key_walker_poke(struct jobs *jobs);

/* retention.c: goes on with the plan that is counted or carried out. */
MUST_USE struct err retention_worker_create(struct jobs *jobs);
void retention_worker_destroy(struct jobs *jobs);
void retention_worker_poke(struct jobs *jobs);

/* what_if.c: goes on with the run of another catalogue. */
MUST_USE struct err what_if_worker_create(struct jobs *jobs);
void what_if_worker_destroy(struct jobs *jobs);
void what_if_worker_poke(struct jobs *jobs);

/* audit_look.c: goes on with the look at the audit log. */
MUST_USE struct err audit_look_worker_create(struct jobs *jobs);
void audit_look_worker_destroy(struct jobs *jobs);
void audit_look_worker_poke(struct jobs *jobs);

/* parcel.c: begins a file that somebody waits for. */
MUST_USE struct err parcel_worker_create(struct jobs *jobs);
void parcel_worker_destroy(struct jobs *jobs);
void parcel_worker_poke(struct jobs *jobs);
/* Goes on with it; true when there is more to do at once. */
bool parcel_worker_turn(struct jobs *jobs);
bool parcel_worker_is_busy(const struct jobs *jobs);
/* Some files may be kept no longer: looks for what is left of them. */
void parcel_worker_drop(struct jobs *jobs);

/* key_use.c: the same, of API keys that were used. */
MUST_USE struct err key_use_create(struct jobs *jobs);
void key_use_destroy(struct jobs *jobs);
void key_use_poke(struct jobs *jobs);

/* mail.c: the same; and when the next mail is due, which the clock stops for. */
MUST_USE struct err mail_worker_create(struct jobs *jobs);
void mail_worker_destroy(struct jobs *jobs);
void mail_worker_poke(struct jobs *jobs);
int64_t mail_worker_next_due_ms(struct jobs *jobs);

/* webhook_delivery.c: the same. */
MUST_USE struct err delivery_worker_create(struct jobs *jobs);
void delivery_worker_destroy(struct jobs *jobs);
void delivery_worker_poke(struct jobs *jobs);
int64_t delivery_worker_next_due_ms(struct jobs *jobs);
/* audit.c: the same for checkpoints of the audit log. */
MUST_USE struct err audit_worker_create(struct jobs *jobs);
void audit_worker_destroy(struct jobs *jobs);
void audit_worker_poke(struct jobs *jobs);
int64_t audit_worker_next_due_ms(struct jobs *jobs);
bool audit_worker_is_busy(const struct jobs *jobs);

/* usage_alert.c: the same for rules of customers. */
MUST_USE struct err usage_alert_worker_create(struct jobs *jobs);
void usage_alert_worker_destroy(struct jobs *jobs);
void usage_alert_worker_poke(struct jobs *jobs);
int64_t usage_alert_worker_next_due_ms(struct jobs *jobs);
bool usage_alert_worker_is_busy(const struct jobs *jobs);

/* schedule.c: the table of what falls due. */
int64_t schedule_next_due_ms(struct jobs *jobs);
void schedule_run_due(struct jobs *jobs);
/* What somebody has just asked for and is done in turns does not wait for the next look. */
void schedule_poke(struct jobs *jobs);

/* clock.c: goes on with an advance when everything is quiet. */
void clock_poke(struct jobs *jobs);
/* Ends an advance that is under way with the outcome: something due could not be stored. */
void clock_fail(struct jobs *jobs, enum outcome outcome);
void clock_destroy(struct jobs *jobs);

#endif
